import { type RefObject, useEffect, useRef } from 'react'
import { LINE_HEIGHT } from './scroll-place.ts'

interface WheelActions {
  /** Whether a turn of the wheel has to be carried out here: the browser would skip thousands of rows. */
  readonly isByHand: () => boolean
  readonly scrollBy: (pixels: number) => void
  /** The wheel is turned upwards. */
  readonly release: () => void
}

export function useWheel(element: RefObject<HTMLElement | null>, actions: WheelActions): void {
  const latest = useRef(actions)
  latest.current = actions
  useEffect(() => {
    const node = element.current
    if (node === null) return undefined
    const onWheel = (event: WheelEvent) => {
      if (event.ctrlKey || event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) return
      if (event.deltaY < 0) latest.current.release()
      if (!latest.current.isByHand()) return
      event.preventDefault()
      const unit = [1, LINE_HEIGHT, node.clientHeight][event.deltaMode] ?? 1
      latest.current.scrollBy(event.deltaY * unit)
    }
    node.addEventListener('wheel', onWheel, { passive: false })
    return () => node.removeEventListener('wheel', onWheel)
  }, [element])
}
