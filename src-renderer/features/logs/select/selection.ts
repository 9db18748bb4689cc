import type { RowList } from '../rows/row-list.ts'

/** A place between two characters of the shown text of a row. */
export interface TextPoint {
  readonly row: number
  /** UTF-16 units before it; `Infinity` is the end of the row, also of one whose text is not here. */
  readonly column: number
}

/** From where the selection began to where it was drawn; the one may be before or after the other. */
export interface TextSelection {
  readonly anchor: TextPoint
  readonly head: TextPoint
}

export interface TextRange {
  readonly from: TextPoint
  readonly to: TextPoint
}

/** By what a selection grows while the mouse is drawn: a double click selects words, a triple click rows. */
export type SelectionUnit = 'character' | 'word' | 'row'

export function comparePoints(one: TextPoint, other: TextPoint): number {
  if (one.row !== other.row) return one.row - other.row
  // Infinity minus itself is no number.
  return one.column === other.column ? 0 : one.column - other.column
}

export function rangeOf({ anchor, head }: TextSelection): TextRange {
  return comparePoints(anchor, head) <= 0 ? { from: anchor, to: head } : { from: head, to: anchor }
}

export function isEmptySelection({ anchor, head }: TextSelection): boolean {
  return comparePoints(anchor, head) === 0
}

/** The columns of a row that a range covers; null if none of it. An empty row in the middle is covered from 0 to 0. */
export function columnsIn(range: TextRange, row: number, length: number): readonly [number, number] | null {
  if (row < range.from.row || row > range.to.row) return null
  const from = row === range.from.row ? Math.min(range.from.column, length) : 0
  const to = row === range.to.row ? Math.min(range.to.column, length) : length
  return [from, to]
}

/** What a click with this unit selects around a point of a row with this text. */
export function unitAt({ row, column }: TextPoint, text: string, unit: SelectionUnit): TextRange {
  if (unit === 'row') return { from: { row, column: 0 }, to: { row, column: Number.POSITIVE_INFINITY } }
  const at = Math.min(column, text.length)
  if (unit === 'character') return { from: { row, column: at }, to: { row, column: at } }
  const [from, to] = wordAt(text, at)
  return { from: { row, column: from }, to: { row, column: to } }
}

/** The selection that began with `origin` (a word, a row, a place) and was drawn to `target`, whole units of both. */
export function drawn(origin: TextRange, target: TextRange): TextSelection {
  return comparePoints(target.from, origin.from) < 0
    ? { anchor: origin.to, head: target.from }
    : { anchor: origin.from, head: comparePoints(target.to, origin.to) > 0 ? target.to : origin.to }
}

/** The word at a column, or the run of blanks or of signs; what programs print is full of names with dots and dashes. */
function wordAt(text: string, column: number): readonly [number, number] {
  const runs = text.matchAll(/[\p{L}\p{N}\p{M}_]+|\s+|[^\p{L}\p{N}\p{M}_\s]+/gu)
  for (const { 0: run, index } of runs) {
    if (column < index + run.length) return [index, index + run.length]
  }
  return [text.length, text.length]
}

/** Where a key moves the head of a selection. */
export type SelectionMove =
  | { readonly by: 'column'; readonly step: 1 | -1 }
  | { readonly by: 'row'; readonly step: number }
  | { readonly by: 'edge'; readonly edge: 'start' | 'end' }
  | { readonly by: 'log'; readonly edge: 'start' | 'end' }

/** The head after a move; `textOf` is undefined for a row that is not here. It stays among the listed rows, and never in the middle of a character. */
export function movedHead(
  head: TextPoint,
  move: SelectionMove,
  list: RowList,
  textOf: (row: number) => string | undefined,
): TextPoint {
  const last = list.count - 1
  if (last < 0) return head
  const position = Math.min(list.positionOf(head.row), last)
  switch (move.by) {
    case 'log':
      return move.edge === 'start'
        ? { row: list.rowAt(0), column: 0 }
        : { row: list.rowAt(last), column: Number.POSITIVE_INFINITY }
    case 'edge':
      return { row: head.row, column: move.edge === 'start' ? 0 : Number.POSITIVE_INFINITY }
    case 'row': {
      const target = position + move.step
      if (target < 0) return { row: list.rowAt(0), column: 0 }
      if (target > last) return { row: list.rowAt(last), column: Number.POSITIVE_INFINITY }
      return { row: list.rowAt(target), column: head.column }
    }
    case 'column':
      return movedColumn(head, move.step, position, list, textOf(head.row) ?? '')
  }
}

function movedColumn(head: TextPoint, step: 1 | -1, position: number, list: RowList, text: string): TextPoint {
  const column = Math.min(head.column, text.length)
  if (step === 1) {
    if (column < text.length) return { row: head.row, column: column + characterLength(text, column) }
    return position < list.count - 1 ? { row: list.rowAt(position + 1), column: 0 } : head
  }
  if (column > 0) return { row: head.row, column: column - lengthBefore(text, column) }
  return position > 0 ? { row: list.rowAt(position - 1), column: Number.POSITIVE_INFINITY } : head
}

function characterLength(text: string, column: number): number {
  return (text.codePointAt(column) ?? 0) > 0xffff ? 2 : 1
}

function lengthBefore(text: string, column: number): number {
  return column > 1 && (text.codePointAt(column - 2) ?? 0) > 0xffff ? 2 : 1
}
