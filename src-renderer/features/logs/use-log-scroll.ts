import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import {
  clampVirtual,
  type Geometry,
  isCompressed,
  maxVirtual,
  type ScrollPosition,
  scrolledTo,
  toPhysical,
} from './scroll-map.ts'

/** Fixed, so that any line's place is known without measuring. The style sheet uses the same (`--line-height`). */
export const LINE_HEIGHT = 18

export interface LogScroll {
  readonly element: RefObject<HTMLDivElement | null>
  readonly position: ScrollPosition
  readonly geometry: Geometry
  readonly isFollowing: boolean
  readonly setFollowing: (isFollowing: boolean) => void
  /** Moves by so many pixels, as if by hand. */
  readonly scrollBy: (pixels: number) => void
  readonly onScroll: () => void
}

const START: ScrollPosition = { virtual: 0, physical: 0 }

/** Where the viewer stands in `lineCount` lines, and whether it sticks to their end. */
export function useLogScroll(lineCount: number): LogScroll {
  const element = useRef<HTMLDivElement>(null)
  const viewport = useViewportHeight(element)
  const [position, setPosition] = useState(START)
  const [isFollowing, setFollowing] = useState(true)
  const geometry: Geometry = { total: lineCount * LINE_HEIGHT, viewport }
  // What event handlers see: they are set up once and must know the present.
  const current = useRef({ position, total: 0 })
  current.current.total = geometry.total

  /** Measured now: when the window grows, the browser scrolls before anybody hears of the new height. */
  const measure = useCallback(
    (): Geometry => ({ total: current.current.total, viewport: element.current?.clientHeight ?? 0 }),
    [],
  )

  const place = useCallback(
    (virtual: number) => {
      if (element.current === null) return
      const now = measure()
      const target = clampVirtual(now, virtual)
      element.current.scrollTop = toPhysical(now, target)
      // Read back: the browser rounds it to what the screen can show.
      current.current.position = { virtual: target, physical: element.current.scrollTop }
      setPosition(current.current.position)
    },
    [measure],
  )

  /** Reaching the end follows it; moving up lets go. */
  const follow = useCallback(
    (virtual: number) => {
      const now = measure()
      if (virtual >= maxVirtual(now) - LINE_HEIGHT / 2) setFollowing(true)
      else if (virtual < current.current.position.virtual) setFollowing(false)
    },
    [measure],
  )

  const onScroll = useCallback(() => {
    if (element.current === null) return
    const before = current.current.position
    const physical = element.current.scrollTop
    if (Math.abs(physical - before.physical) < 1) return // Our own doing.
    const { virtual, isStep } = scrolledTo(measure(), before, physical)
    follow(virtual)
    if (isStep) return place(virtual)
    // The person holds the thumb: setting scrollTop now would fight over it.
    current.current.position = { virtual, physical }
    setPosition(current.current.position)
  }, [follow, place, measure])

  const scrollBy = useCallback(
    (pixels: number) => {
      const virtual = clampVirtual(measure(), current.current.position.virtual + pixels)
      follow(virtual)
      place(virtual)
    },
    [follow, place, measure],
  )

  useWheel(element, measure, scrollBy, setFollowing)

  // biome-ignore lint/correctness/useExhaustiveDependencies: the place to go to depends on the lines and on the height.
  useLayoutEffect(() => {
    if (isFollowing) place(Number.POSITIVE_INFINITY)
  }, [isFollowing, lineCount, viewport, place])

  return { element, position, geometry, isFollowing, setFollowing, scrollBy, onScroll }
}

function useViewportHeight(element: RefObject<HTMLDivElement | null>): number {
  const [height, setHeight] = useState(0)
  useLayoutEffect(() => {
    const node = element.current
    if (node === null) return undefined
    const measure = () => setHeight(node.clientHeight)
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(node)
    return () => observer.disconnect()
  }, [element])
  return height
}

/** In a compressed log a turn of the wheel would skip thousands of lines, so there it is carried out by hand. */
function useWheel(
  element: RefObject<HTMLDivElement | null>,
  measure: () => Geometry,
  scrollBy: (pixels: number) => void,
  setFollowing: (isFollowing: boolean) => void,
): void {
  useEffect(() => {
    const node = element.current
    if (node === null) return undefined
    const onWheel = (event: WheelEvent) => {
      if (event.ctrlKey || event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) return
      const geometry = measure()
      // At once, not with the scroll event: a new line in between would pull the view back to the end.
      if (event.deltaY < 0 && maxVirtual(geometry) > 0) setFollowing(false)
      if (!isCompressed(geometry)) return
      event.preventDefault()
      const unit = [1, LINE_HEIGHT, geometry.viewport][event.deltaMode] ?? 1
      scrollBy(event.deltaY * unit)
    }
    node.addEventListener('wheel', onWheel, { passive: false })
    return () => node.removeEventListener('wheel', onWheel)
  }, [element, measure, scrollBy, setFollowing])
}
