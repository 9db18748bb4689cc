import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from 'react'
import { type LogFrame, rowInFrame } from '../rows/log-frame.ts'
import type { RowList } from '../rows/row-list.ts'
import { drawnHeights, drawnRow, isWhollySeen } from './drawn-rows.ts'
import {
  isCompressed,
  isFree,
  type LogLayout,
  layoutOf,
  normalizedIfFlat,
  physicalOf,
  positionIn,
  type RowPlace,
  settledPlace,
} from './log-layout.ts'
import {
  endPlace,
  fromPhysical,
  type Geometry,
  LINE_HEIGHT,
  normalized,
  type Place,
  pixelsBelow,
  type Track,
  trackLength,
} from './scroll-place.ts'
import { useViewport } from './use-viewport.ts'
import { useWheel } from './use-wheel.ts'

/** The scrollbar follows the average height of wrapped rows only in steps, or its thumb would tremble. */
const AVERAGE_STEP = 1.25

export interface LogScroll {
  readonly element: RefObject<HTMLDivElement | null>
  readonly isFollowing: boolean
  readonly setFollowing: (isFollowing: boolean) => void
  /** Moves by so many pixels, as if by hand. */
  readonly scrollBy: (pixels: number) => void
  readonly toStart: () => void
  /** Brings a row into sight, with what is around it, if it is not in sight. */
  readonly reveal: (row: number) => void
  /** Moves only as far as it takes to see all of a row. */
  readonly scrollIntoView: (row: number) => void
  /** Puts a row into the middle, or the one that comes next in the list. */
  readonly center: (row: number) => void
  readonly onScroll: () => void
  readonly layout: LogLayout
}

interface Present {
  list: RowList
  isWrapped: boolean
  average: number
  place: RowPlace | null
  /** The element's own `scrollTop`, as this code left it. */
  physical: number
  /** The person holds the scrollbar: setting `scrollTop` now would fight over it. */
  isHeld: boolean
  /** Kept as wide as it was while it is scrolled sideways: long lines come and go. 0 while it is not. */
  width: number
}

/** Where the viewer stands in a list of rows, and whether it sticks to their end. */
export function useLogScroll(list: RowList, frame: LogFrame, isWrapped: boolean): LogScroll {
  const element = useRef<HTMLDivElement>(null)
  const { height: viewport, width } = useViewport(element)
  /** Null while it follows the end. */
  const [stored, setStored] = useState<RowPlace | null>(null)
  const [placeFrame, setPlaceFrame] = useState(frame)
  const [average, setAverage] = useState(LINE_HEIGHT)
  let place = stored
  // While rendering, as React advises for state derived from what was: an effect would draw a wrong part first.
  if (placeFrame !== frame) {
    const row = place === null ? null : rowInFrame(place.row, placeFrame, frame)
    place = place === null || row === null ? null : { ...place, row }
    setPlaceFrame(frame)
    setStored(place)
  }
  const usedAverage = isWrapped ? average : LINE_HEIGHT
  // What event handlers see: they are set up once and must know the present.
  const present = useRef<Present>({
    list,
    isWrapped,
    average: usedAverage,
    place,
    physical: 0,
    isHeld: false,
    width: 0,
  })
  Object.assign(present.current, { list, isWrapped, average: usedAverage, place })

  const geometry = useCallback((): Geometry => {
    const { list: rows, isWrapped: wraps } = present.current
    const heights = wraps ? drawnHeights(element.current) : null
    return {
      count: rows.count,
      // Measured now: when the window grows, the browser scrolls before anybody hears of the new height.
      viewport: element.current?.clientHeight ?? 0,
      heightOf: (position) => (heights === null ? LINE_HEIGHT : heights.get(rows.rowAt(position))),
    }
  }, [])

  const setPlace = useCallback((next: Place | null) => {
    const { current } = present
    current.isHeld = false
    current.place = next === null ? null : { row: current.list.rowAt(next.position), offset: next.offset }
    setStored(current.place)
  }, [])

  const now = useCallback((space: Geometry): Place => {
    const { list: rows, place: at } = present.current
    return at === null ? endPlace(space) : positionIn(rows, at)
  }, [])

  const setFollowing = useCallback(
    (follow: boolean) => {
      if (follow) setPlace(null)
      else if (present.current.place === null) setPlace(now(geometry()))
    },
    [geometry, now, setPlace],
  )

  const scrollBy = useCallback(
    (pixels: number) => {
      const space = geometry()
      const before = now(space)
      if (pixels > 0 && present.current.place === null) return
      const after = normalized({ position: before.position, offset: before.offset + pixels }, space)
      const isAtEnd = pixels > 0 && pixelsBelow(after, space) <= space.viewport + LINE_HEIGHT / 2
      setPlace(isAtEnd ? null : after)
    },
    [geometry, now, setPlace],
  )

  const onScroll = useCallback(() => {
    const node = element.current
    const { current } = present
    if (node === null) return
    current.width = node.scrollLeft > 0 ? node.scrollWidth : 0
    const before = current.physical
    const physical = node.scrollTop
    if (Math.abs(physical - before) < 1) return // Our own doing.
    current.physical = physical
    const space = geometry()
    const track: Track = { count: space.count, viewport: space.viewport, average: current.average }
    if (physical >= trackLength(track) - LINE_HEIGHT / 2) {
      setPlace(null)
    } else if (isFree(track, current.isWrapped)) {
      if (current.place === null && physical > before) return
      setPlace({ position: Math.floor(physical / LINE_HEIGHT), offset: physical % LINE_HEIGHT })
    } else if (isCompressed(track) && Math.abs(physical - before) <= 2 * space.viewport) {
      // A step by hand, such as a click beside the thumb: it goes as far as it looks.
      scrollBy(physical - before)
    } else {
      setPlace(fromPhysical(physical, track, space.heightOf))
      current.isHeld = true
    }
  }, [geometry, scrollBy, setPlace])

  const reveal = useCallback(
    (row: number) => {
      if (isWhollySeen(element.current, row)) return
      const space = geometry()
      setPlace(normalizedIfFlat({ position: present.current.list.positionOf(row), offset: -space.viewport / 3 }, space))
    },
    [geometry, setPlace],
  )

  const center = useCallback(
    (row: number) => {
      const space = geometry()
      const offset = -Math.floor((space.viewport - LINE_HEIGHT) / 2)
      setPlace(normalizedIfFlat({ position: present.current.list.positionOf(row), offset }, space))
    },
    [geometry, setPlace],
  )

  const scrollIntoView = useCallback(
    (row: number) => {
      if (isWhollySeen(element.current, row)) return
      const space = geometry()
      const position = present.current.list.positionOf(row)
      const height = drawnRow(element.current, row)?.offsetHeight ?? LINE_HEIGHT
      const isBelow = position > now(space).position
      setPlace(normalizedIfFlat({ position, offset: isBelow ? Math.min(0, height - space.viewport) : 0 }, space))
    },
    [geometry, now, setPlace],
  )

  const toStart = useCallback(() => setPlace({ position: 0, offset: 0 }), [setPlace])

  useWheel(element, {
    isByHand: () => {
      const { clientHeight } = element.current ?? { clientHeight: 0 }
      const { list: rows, isWrapped: wraps, average: each } = present.current
      return !isFree({ count: rows.count, viewport: clientHeight, average: each }, wraps)
    },
    scrollBy,
    // At once, not with the scroll event: a new row in between would pull the view back to the end.
    release: () => {
      const space = geometry()
      const { position, offset } = now(space)
      if (position > 0 || offset > 0) setFollowing(false)
    },
  })

  const track: Track = { count: list.count, viewport, average: usedAverage }
  const layout = layoutOf(list, place, track, isWrapped)

  // biome-ignore lint/correctness/useExhaustiveDependencies: whatever changes what is drawn may move it.
  useLayoutEffect(() => {
    const node = element.current
    const { current } = present
    if (node === null) return
    // Before anything is measured: the browser would move it first.
    keepWidth(node, isWrapped ? 0 : current.width)
    const space = geometry()
    const settled = settledPlace(current.place === null ? null : positionIn(list, current.place), space)
    if (settled !== null && current.place !== null) {
      const { isHeld } = current
      setPlace(settled)
      current.isHeld = isHeld
    }
    if (isWrapped) {
      const measured = averageHeight(element.current)
      const ratio = measured / average
      if (measured > 0 && (ratio > AVERAGE_STEP || ratio < 1 / AVERAGE_STEP)) setAverage(measured)
    }
    if (current.isHeld) return
    const target = physicalOf(current.place === null ? null : positionIn(list, current.place), track, isWrapped, space)
    if (Math.abs(node.scrollTop - target) >= 1) node.scrollTop = target
    // Read back: the browser rounds it to what the screen can show.
    current.physical = node.scrollTop
  }, [list, place, viewport, width, isWrapped, average, layout.from, layout.to])

  return {
    element,
    isFollowing: place === null,
    setFollowing,
    scrollBy,
    toStart,
    reveal,
    scrollIntoView,
    center,
    onScroll,
    layout,
  }
}

function keepWidth(log: HTMLElement, width: number): void {
  const space = log.firstElementChild
  if (space instanceof HTMLElement) space.style.minWidth = width === 0 ? '' : `${width}px`
}

function averageHeight(log: HTMLElement | null): number {
  const heights = [...drawnHeights(log).values()]
  return heights.length === 0 ? 0 : heights.reduce((sum, height) => sum + height, 0) / heights.length
}
