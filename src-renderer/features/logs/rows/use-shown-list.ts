import { useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import type { LogExtent, LogRow, LogViewName } from '../../../../src-preload/contract/log-view.ts'
import { call } from '../../../bridge.ts'
import type { SearchState } from '../search/log-search.ts'
import { ListAdvance } from './list-advance.ts'
import type { LogSource } from './log-source.ts'
import { PickedRows } from './picked-rows.ts'
import { allRows, matchingRows, type RowList } from './row-list.ts'

interface ListOptions {
  readonly key: string
  readonly view: LogViewName
  readonly source: LogSource
  readonly extent: LogExtent | null
  readonly search: SearchState
  readonly onlyMatches: boolean
  readonly context: number
  /** Rows drawn at the end; 0 while the end is not followed. Read while rendering: as it was drawn last. */
  readonly endSpan: () => number
}

export interface ShownList {
  readonly list: RowList
  readonly row: (row: number) => LogRow | undefined
  /** Asks for the rows at these positions, `to` excluded. */
  readonly want: (from: number, to: number) => void
}

const NONE = allRows(0, 0)

/** All rows of a view or, while only matches are shown, those. */
export function useShownList(options: ListOptions): ShownList {
  const { key, view, source, extent, search, onlyMatches, context, endSpan } = options
  const [picked] = useState(
    () => new PickedRows({ rows: ({ epoch, rows }) => call('logs.rows', { key, view, epoch, rows: [...rows] }) }),
  )
  const [advance] = useState(() => new ListAdvance())
  useSyncExternalStore(picked.subscribe, picked.version)

  const row = (at: number) => (onlyMatches ? (picked.row(at) ?? source.row(at)) : source.row(at))
  const first = extent?.firstRow ?? 0
  const end = extent?.endRow ?? 0
  const everything = useMemo(() => allRows(first, end), [first, end])
  const isSameLog = extent !== null && search.epoch === extent.epoch
  const matching = useMemo(
    () => (onlyMatches ? matchingRows(isSameLog ? search.rows : [], context, first, end) : NONE),
    [onlyMatches, isSameLog, search.rows, context, first, end],
  )
  const { shown, awaited } = onlyMatches
    ? advance.next(matching, endSpan(), (at) => row(at) !== undefined)
    : advance.reset(everything)

  const epoch = extent?.epoch
  useEffect(() => {
    if (onlyMatches && epoch !== undefined && awaited.length > 0) picked.want(epoch, end, awaited)
  })

  const want = (from: number, to: number) => {
    if (!onlyMatches) {
      // Both ends are rows: the list may begin anywhere.
      source.want(shown.rowAt(from), shown.rowAt(from) + Math.max(0, to - from))
      return
    }
    source.want(0, 0)
    if (epoch === undefined) return
    const rows = Array.from({ length: to - from }, (_, index) => shown.rowAt(from + index))
    picked.want(epoch, end, rows)
  }
  return { list: shown, row, want }
}
