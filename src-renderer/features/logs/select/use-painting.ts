import { type RefObject, useEffect, useLayoutEffect, useRef } from 'react'
import type { SearchState } from '../search/log-search.ts'
import type { MatchFinder } from '../search/use-match-ranges.ts'
import { paint, revealColumns, unpaint } from './paint.ts'
import type { TextRange } from './selection.ts'

interface PaintedLog {
  readonly element: RefObject<HTMLElement | null>
  /** The rows that are drawn. */
  readonly drawn: () => readonly number[]
  readonly textOf: (row: number) => string | undefined
  readonly range: TextRange | null
  readonly searchState: SearchState
  readonly matches: MatchFinder
  readonly marked: number | null
}

/** Null for the first match of the row: where that lies may be known only once it is drawn. */
type Columns = readonly [number, number] | null

/**
 * Marks selection and matches in what was drawn, after every drawing.
 * @returns a function that scrolls sideways, once a row is drawn, until some of its columns are seen
 */
export function usePainting(log: PaintedLog): (row: number, columns: Columns) => void {
  const { element, drawn, textOf, range, searchState, matches, marked } = log
  const { query } = searchState
  const sideways = useRef<{ readonly row: number; readonly columns: Columns } | null>(null)

  useLayoutEffect(() => {
    const node = element.current
    if (node === null) return
    const matchesIn = (row: number) => matches.of(textOf(row) ?? '')
    const isSearching = query !== null
    paint(node, { selection: range, matchesIn: isSearching ? matchesIn : null, current: isSearching ? marked : null })
    const target = sideways.current
    const columns = target === null ? undefined : (target.columns ?? matchesIn(target.row)[0])
    if (target !== null && columns !== undefined && revealColumns(node, target.row, columns)) sideways.current = null
  })
  useEffect(() => unpaint, [])
  useEffect(() => {
    if (query?.isPattern !== true) return
    const texts = drawn().map(textOf)
    matches.want(texts.filter((text) => text !== undefined && text !== '') as string[])
  })

  return (row, columns) => {
    sideways.current = { row, columns }
  }
}
