import { drawnRows, rowOf } from '../scroll/drawn-rows.ts'
import { LINE_HEIGHT } from '../scroll/scroll-place.ts'
import { textNodes } from './paint.ts'
import type { TextPoint } from './selection.ts'

/** The place in the text nearest to a point of the window; null if no row is drawn. */
export function pointAt(log: HTMLElement, x: number, y: number): TextPoint | null {
  const frame = log.getBoundingClientRect()
  const top = Math.min(Math.max(y, frame.top + 1), frame.top + log.clientHeight - 1)
  const rows = drawnRows(log)
  const element = rows.find((row) => row.getBoundingClientRect().bottom > top) ?? rows.at(-1)
  if (element === undefined) return null
  const row = rowOf(element)
  // Below the last row: its end.
  if (element.getBoundingClientRect().bottom <= top) return { row, column: Number.POSITIVE_INFINITY }
  const text = element.querySelector('.line-text')
  return { row, column: text === null ? 0 : columnAt(text, x, top) }
}

function columnAt(text: Element, x: number, y: number): number {
  const nodes = textNodes(text)
  const whole = new Range()
  whole.selectNodeContents(text)
  const boxes = [...whole.getClientRects()]
  const length = nodes.reduce((sum, node) => sum + node.length, 0)
  if (boxes.length === 0) return 0
  // A wrapped row has several lines; boxes are as tall as their glyphs and leave gaps between.
  const line = boxes.filter(({ top, bottom }) => Math.abs((top + bottom) / 2 - y) <= LINE_HEIGHT / 2)
  const inLine = line.length > 0 ? line : boxes.slice(-1)
  const left = Math.min(...inLine.map((box) => box.left))
  const right = Math.max(...inLine.map((box) => box.right))
  const middle = ((inLine[0]?.top ?? y) + (inLine[0]?.bottom ?? y)) / 2
  const isLastLine = inLine.includes(boxes.at(-1) as DOMRect)
  if (x >= right && isLastLine) return length
  const caret = document.caretRangeFromPoint(Math.min(Math.max(x, left + 0.5), right - 0.5), middle)
  if (caret === null || !text.contains(caret.startContainer)) return x <= left ? 0 : length
  const index = nodes.indexOf(caret.startContainer as Text)
  const before = nodes.slice(0, Math.max(0, index)).reduce((sum, node) => sum + node.length, 0)
  return before + (index === -1 ? 0 : caret.startOffset)
}
