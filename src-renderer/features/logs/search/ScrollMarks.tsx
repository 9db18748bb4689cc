import { useEffect, useRef } from 'react'
import type { RowList } from '../rows/row-list.ts'
import { markedPixels } from './match-rows.ts'

interface ScrollMarksProps {
  /** Matching rows, sorted. */
  readonly rows: readonly number[]
  readonly list: RowList
  readonly height: number
  readonly marked: number | null
}

const WIDTH = 5
/** Thick enough to be seen, thin enough to tell neighbours apart. */
const THICKNESS = 2

/** Where the matches are in the whole log, beside the scrollbar. */
export function ScrollMarks({ rows, list, height, marked }: ScrollMarksProps) {
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
    context.fillStyle = look.getPropertyValue('--match-mark')
    for (const pixel of markedPixels(positionsOf(rows, list), list.count, height)) {
      context.fillRect(0, pixel, WIDTH, THICKNESS)
    }
    if (marked === null) return
    context.fillStyle = look.getPropertyValue('--current-mark')
    for (const pixel of markedPixels([list.positionOf(marked)], list.count, height)) {
      context.fillRect(0, pixel - 1, WIDTH, THICKNESS + 2)
    }
  }, [rows, list, height, marked])
  // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a canvas cannot be focused; the count in the search bar says it in words.
  return <canvas ref={canvas} className="scroll-marks" aria-hidden="true" />
}

function* positionsOf(rows: readonly number[], list: RowList): Iterable<number> {
  for (const row of rows) {
    const position = list.positionOf(row)
    if (position < list.count && list.rowAt(position) === row) yield position
  }
}
