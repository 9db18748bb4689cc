import { useEffect, useRef } from 'react'
import type { LogExtent } from '../../../../src-preload/contract/log-view.ts'
import { markedPixels } from './match-rows.ts'

interface ScrollMarksProps {
  /** Matching rows, sorted. */
  readonly rows: readonly number[]
  readonly extent: LogExtent
  readonly height: number
  readonly marked: number | null
}

const WIDTH = 5
/** Thick enough to be seen, thin enough to tell neighbours apart. */
const THICKNESS = 2

/** Where the matches are in the whole log, beside the scrollbar. */
export function ScrollMarks({ rows, extent, height, marked }: ScrollMarksProps) {
  const { firstRow, endRow } = extent
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    const node = canvas.current
    const context = node?.getContext('2d') ?? null
    if (node === null || context === null || height === 0) return
    const scale = window.devicePixelRatio
    node.width = WIDTH * scale
    node.height = height * scale
    context.scale(scale, scale)
    const look = getComputedStyle(node)
    const draw = (sorted: readonly number[], color: string, thickness: number) => {
      context.fillStyle = look.getPropertyValue(color)
      markedPixels(sorted, firstRow, endRow, height).forEach((isMarked, pixel) => {
        if (isMarked === 1) context.fillRect(0, pixel - (thickness - THICKNESS) / 2, WIDTH, thickness)
      })
    }
    draw(rows, '--match-mark', THICKNESS)
    if (marked !== null) draw([marked], '--current-mark', THICKNESS + 2)
  }, [rows, firstRow, endRow, height, marked])
  // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a canvas cannot be focused; the count in the search bar says it in words.
  return <canvas ref={canvas} className="scroll-marks" aria-hidden="true" />
}
