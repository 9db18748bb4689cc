import type { MatchRanges } from '../../../../src-preload/contract/log-view.ts'
import { drawnRow, drawnRows, rowOf } from '../scroll/drawn-rows.ts'
import { columnsIn, type TextRange } from './selection.ts'

/** Kept free beside what was scrolled into sight, in pixels. */
const MARGIN = 24

/** Names in the style sheet: `::highlight(log-match)` and so on. A page shows one log. */
const NAMES = ['log-match', 'log-current', 'log-selection'] as const

export interface Painting {
  readonly selection: TextRange | null
  /** Where matches lie in the shown text of a row; null while nothing is searched for. */
  readonly matchesIn: ((row: number) => MatchRanges) | null
  /** The row of the match that was gone to. */
  readonly current: number | null
}

/** Marks ranges of what is drawn, without changing it: cheap enough for every drawing and every move of the mouse. */
export function paint(log: HTMLElement, painting: Painting): void {
  if (painting.selection === null && painting.matchesIn === null) unpaint()
  else markRanges(log, painting)
}

function markRanges(log: HTMLElement, { selection, matchesIn, current }: Painting): void {
  const ranges: Record<(typeof NAMES)[number], Range[]> = { 'log-match': [], 'log-current': [], 'log-selection': [] }
  for (const element of drawnRows(log)) {
    const row = rowOf(element)
    const text = element.querySelector('.line-text')
    if (text === null) continue
    const nodes = textNodes(text)
    const length = nodes.reduce((sum, node) => sum + node.length, 0)
    for (const [from, to] of matchesIn?.(row) ?? []) {
      ranges[row === current ? 'log-current' : 'log-match'].push(rangeIn(nodes, from, Math.min(to, length)))
    }
    const columns = selection === null ? null : columnsIn(selection, row, length)
    if (selection === null || columns === null) continue
    ranges['log-selection'].push(rangeIn(nodes, columns[0], columns[1]))
    // The end of a line is selected too, and an empty line has nothing else to show that it is.
    const end = element.querySelector('.line-end')
    if (end !== null && (row < selection.to.row || selection.to.column > length)) {
      const range = new Range()
      range.selectNodeContents(end)
      ranges['log-selection'].push(range)
    }
  }
  NAMES.forEach((name, priority) => {
    const highlight = new Highlight(...ranges[name])
    highlight.priority = priority
    CSS.highlights.set(name, highlight)
  })
}

export function unpaint(): void {
  for (const name of NAMES) CSS.highlights.delete(name)
}

/** Scrolls sideways, as little as it takes, until these columns of a drawn row are seen. @returns whether it is drawn */
export function revealColumns(log: HTMLElement, row: number, [from, to]: readonly [number, number]): boolean {
  const element = drawnRow(log, row)
  const text = element?.querySelector('.line-text') ?? null
  if (element === null || text === null) return false
  const box = rangeIn(textNodes(text), from, to).getBoundingClientRect()
  const frame = log.getBoundingClientRect()
  const left = frame.left + (element.querySelector<HTMLElement>('.line-side')?.offsetWidth ?? 0) + MARGIN
  const right = frame.left + log.clientWidth - MARGIN
  if (box.left < left || box.width > right - left) log.scrollLeft += box.left - left
  else if (box.right > right) log.scrollLeft += box.right - right
  return true
}

export function textNodes(element: Element): Text[] {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT)
  const nodes: Text[] = []
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) nodes.push(node as Text)
  return nodes
}

function rangeIn(nodes: readonly Text[], from: number, to: number): Range {
  const range = new Range()
  const [first, last] = [pointIn(nodes, from), pointIn(nodes, to)]
  if (first === null || last === null) return range
  range.setStart(...first)
  range.setEnd(...last)
  return range
}

function pointIn(nodes: readonly Text[], column: number): [Text, number] | null {
  let rest = column
  for (const node of nodes) {
    if (rest <= node.length) return [node, rest]
    rest -= node.length
  }
  const last = nodes.at(-1)
  return last === undefined ? null : [last, last.length]
}
