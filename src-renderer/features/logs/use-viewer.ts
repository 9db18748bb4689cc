import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { LogViewName } from '../../../src-preload/contract/log-view.ts'
import { perform } from '../../store/actions.ts'
import { setContext, setShowTimes, setWrapped, useIsWrapped, useLogOptions } from '../../store/log-options.ts'
import { useJumps } from './jump/use-jumps.ts'
import type { LogCommand } from './log-keys.ts'
import { useNote } from './note.ts'
import type { RowList } from './rows/row-list.ts'
import { useLogSnapshot, useLogSource } from './rows/use-log-source.ts'
import { useShownList } from './rows/use-shown-list.ts'
import { isWhollySeen, seenRows } from './scroll/drawn-rows.ts'
import { LINE_HEIGHT } from './scroll/scroll-place.ts'
import { useLogScroll } from './scroll/use-log-scroll.ts'
import { useFind } from './search/use-find.ts'
import { useLogSearch } from './search/use-log-search.ts'
import { useMatchRanges } from './search/use-match-ranges.ts'
import { paint, revealColumns, unpaint } from './select/paint.ts'
import { isEmptySelection, movedHead, rangeOf, type SelectionMove } from './select/selection.ts'
import { useCopy } from './select/use-copy.ts'
import { useSelection } from './select/use-selection.ts'
import { findLinks } from './text/links.ts'
import { shownText } from './text/row-text.ts'
import { useExport } from './use-export.ts'

/** Everything the viewer of one view knows and does. */
export function useViewer(key: string, view: LogViewName) {
  const source = useLogSource(key, view)
  const { extent, frame, problem } = useLogSnapshot(source)
  const { search, state: searchState } = useLogSearch(key, view)
  const isWrapped = useIsWrapped(key)
  const showTimes = useLogOptions((options) => options.showTimes)
  const context = useLogOptions((options) => options.context)
  const [onlyMatches, setOnlyMatches] = useState(false)
  const [panel, setPanel] = useState<'go-to' | 'help' | null>(null)
  const { note, say } = useNote()

  const isFiltered = onlyMatches && searchState.query !== null
  const endSpan = useRef(0)
  const shown = useShownList({
    key,
    view,
    source,
    extent,
    search: searchState,
    onlyMatches: isFiltered,
    context,
    endSpan: () => endSpan.current,
  })
  const { list } = shown
  const scroll = useLogScroll(list, frame, isWrapped)
  const { element, isFollowing, setFollowing } = scroll
  useLayoutEffect(() => {
    endSpan.current = isFollowing ? scroll.layout.to - scroll.layout.from : 0
  })

  const topRow = () => seenRows(element.current)?.first ?? list.rowAt(0)
  const isSeen = (row: number) => isWhollySeen(element.current, row)
  const textOf = (row: number) => {
    const here = shown.row(row)
    return here === undefined ? undefined : shownText(here, Date.now())
  }

  /** Only what is listed can be gone to; the row to show once the list holds it. */
  const [toShow, setToShow] = useState<number | null>(null)
  const show = (row: number) => {
    if (isListed(list, row)) scroll.reveal(row)
    else {
      setOnlyMatches(false)
      setToShow(row)
    }
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: whatever changes the list may have brought the row.
  useLayoutEffect(() => {
    if (toShow === null || !isListed(list, toShow)) return
    scroll.reveal(toShow)
    setToShow(null)
  }, [list, toShow])

  const jumps = useJumps({ key, view, extent, frame, topRow, isSeen, show, say: (text) => say({ text }) })
  const { marked, mark } = jumps
  const focusLog = () => element.current?.focus({ preventScroll: true })
  /** What is to be scrolled into sight sideways once it is drawn; columns of a match are found only then. */
  const sideways = useRef<{ readonly row: number; readonly columns: readonly [number, number] | null } | null>(null)
  const goToMatch = (row: number) => {
    if (isListed(list, row)) scroll.reveal(row)
    else setToShow(row)
    mark(row)
    sideways.current = { row, columns: null }
  }
  const find = useFind(search, searchState, { topRow, isSeen, marked, goTo: goToMatch, focusLog })
  const matches = useMatchRanges(search, searchState)

  const { selection, select, onMouseDown } = useSelection(element, frame, {
    textOf,
    scrollBy: scroll.scrollBy,
    onSelect: () => setFollowing(false),
  })
  const range = selection === null || isEmptySelection(selection) ? null : rangeOf(selection)
  const exportRows = useExport({ key, view, extent, say })
  const exportSelection = (withTimes: boolean) => {
    if (range !== null) exportRows({ from: range.from.row, to: range.to.row + 1 }, withTimes)
  }
  const copyRange = useCopy({ key, view, extent, list, say, exportSelection: () => exportSelection(false) })
  const copy = () => range !== null && void copyRange(range)

  const [middle, setMiddle] = useState<number | null>(null)
  /** Before another list is shown: the row in the middle stays there, or the one that is next to it. */
  const keepMiddle = () => {
    const seen = seenRows(element.current)
    if (!isFollowing && seen !== null) setMiddle(list.rowAt(middleOf(list, seen)))
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: once the other list is there.
  useLayoutEffect(() => {
    if (middle === null) return
    scroll.center(middle)
    setMiddle(null)
  }, [isFiltered, context, middle])
  const filterBy = (next: boolean) => {
    keepMiddle()
    setOnlyMatches(next)
  }
  const showContext = (rows: number) => {
    keepMiddle()
    setContext(rows)
  }
  useEffect(() => {
    if (!find.isOpen) setOnlyMatches(false)
  }, [find.isOpen])

  useLayoutEffect(() => {
    const node = element.current
    if (node === null) return
    const isSearching = searchState.query !== null
    const matchesIn = (row: number) => matches.of(textOf(row) ?? '')
    paint(node, { selection: range, matchesIn: isSearching ? matchesIn : null, current: isSearching ? marked : null })
    const target = sideways.current
    const columns = target === null ? undefined : (target.columns ?? matchesIn(target.row)[0])
    if (target !== null && columns !== undefined && revealColumns(node, target.row, columns)) sideways.current = null
  })
  useEffect(() => unpaint, [])
  useEffect(() => {
    if (searchState.query?.isPattern !== true) return
    const { from, to } = scroll.layout
    const texts = Array.from({ length: to - from }, (_, index) => textOf(list.rowAt(from + index)))
    matches.want(texts.filter((text) => text !== undefined && text !== '') as string[])
  })

  const extend = (move: SelectionMove) => {
    const row = marked !== null && isSeen(marked) ? marked : topRow()
    const from = selection ?? { anchor: { row, column: 0 }, head: { row, column: 0 } }
    const head = movedHead(from.head, move, { ...list, textOf })
    select({ anchor: from.anchor, head })
    scroll.scrollIntoView(head.row)
    if (Number.isFinite(head.column)) sideways.current = { row: head.row, columns: [head.column, head.column] }
  }

  /** Of a row with several links the next one each time. */
  const opened = useRef({ row: -1, count: 0 })
  const openLink = () => {
    const row = selection?.head.row ?? marked ?? -1
    const links = findLinks(textOf(row) ?? '')
    const count = opened.current.row === row ? opened.current.count : 0
    const link = links[count % Math.max(1, links.length)]
    opened.current = { row, count: count + 1 }
    if (link === undefined) say({ text: 'The marked row holds no link.' })
    else void perform('app.openLink', { url: link.url })
  }

  const pageRows = () => Math.max(1, Math.floor(scroll.layout.viewport / LINE_HEIGHT) - 1)
  const run = (command: LogCommand): void => {
    if (note?.action === undefined) say(null)
    switch (command.kind) {
      case 'scroll':
        scroll.scrollBy((command.lines ?? 0) * LINE_HEIGHT + (command.pages ?? 0) * pageRows() * LINE_HEIGHT)
        return
      case 'start':
        scroll.toStart()
        return
      case 'end':
        setFollowing(true)
        return
      case 'search':
        find.open()
        return
      case 'match':
        find.go(command.direction)
        return
      case 'error':
      case 'mark':
        void jumps.toNext(command.kind, command.direction)
        return
      case 'go-to':
      case 'help':
        setPanel(command.kind)
        return
      case 'copy':
        copy()
        return
      case 'select-all':
        if (list.count > 0) {
          const anchor = { row: list.rowAt(0), column: 0 }
          select({ anchor, head: { row: list.rowAt(list.count - 1), column: Number.POSITIVE_INFINITY } })
        }
        return
      case 'select':
        extend(command.move)
        return
      case 'select-page':
        extend({ by: 'row', step: command.direction * pageRows() })
        return
      case 'open-link':
        openLink()
        return
      case 'wrap':
        setWrapped(key, !isWrapped)
        return
      case 'times':
        setShowTimes(!showTimes)
        return
      case 'only-matches':
        if (find.isOpen) filterBy(!onlyMatches)
        else find.open()
        return
      case 'escape':
        select(null)
        if (range !== null) return
        if (find.isOpen) find.close()
        else mark(null)
    }
  }

  return {
    source,
    extent,
    problem,
    shown,
    scroll,
    find,
    searchState,
    jumps,
    note,
    run,
    copy,
    exportRows,
    exportSelection,
    onMouseDown,
    range,
    marked,
    isWrapped,
    showTimes,
    isFiltered,
    onlyMatches,
    filterBy,
    context,
    showContext,
    panel,
    setPanel,
    focusLog,
    referenceTime: () => timeNear(shown.row, topRow()),
  }
}

export type Viewer = ReturnType<typeof useViewer>

function isListed(
  list: { rowAt(position: number): number; positionOf(row: number): number; count: number },
  row: number,
) {
  const position = list.positionOf(row)
  return position < list.count && list.rowAt(position) === row
}

/** The position in the middle of what is seen. */
function middleOf(list: RowList, { first, last }: { readonly first: number; readonly last: number }): number {
  return Math.round((list.positionOf(first) + list.positionOf(last)) / 2)
}

/** The time of a row or of one after it; now if none has one. */
function timeNear(rowOf: Viewer['shown']['row'], row: number): number {
  for (let at = row; at < row + 100; at += 1) {
    const time = rowOf(at)?.time
    if (time !== null && time !== undefined) return time
  }
  return Date.now()
}
