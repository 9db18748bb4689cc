import { type RefObject, useLayoutEffect, useState } from 'react'

export interface Viewport {
  readonly height: number
  readonly width: number
}

/** What is seen of an element's content, in pixels. */
export function useViewport(element: RefObject<HTMLElement | null>): Viewport {
  const [size, setSize] = useState<Viewport>({ height: 0, width: 0 })
  useLayoutEffect(() => {
    const node = element.current
    if (node === null) return undefined
    const measure = () => {
      const { clientHeight: height, clientWidth: width } = node
      setSize((before) => (before.height === height && before.width === width ? before : { height, width }))
    }
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(node)
    return () => observer.disconnect()
  }, [element])
  return size
}
