import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { LogViewName } from '../../../src-preload/contract/log-view.ts'
import { useIsWrapped, useLogOptions } from '../../store/log-options.ts'
import { useJumps } from './jump/use-jumps.ts'
import { useShowing } from './jump/use-showing.ts'
import type { LogCommand } from './log-keys.ts'
import { useNote } from './note.ts'
import { isListed } from './rows/row-list.ts'
import { useFilter, useFilterChange } from './rows/use-filter.ts'
import { useLogSnapshot, useLogSource } from './rows/use-log-source.ts'
import { type ShownList, useShownList } from './rows/use-shown-list.ts'
import { isWhollySeen, seenRows } from './scroll/drawn-rows.ts'
import { useLogScroll } from './scroll/use-log-scroll.ts'
import { useFind } from './search/use-find.ts'
import { useLogSearch } from './search/use-log-search.ts'
import { useMatchRanges } from './search/use-match-ranges.ts'
import { isEmptySelection, movedHead, rangeOf, type SelectionMove } from './select/selection.ts'
import { useCopy } from './select/use-copy.ts'
import { usePainting } from './select/use-painting.ts'
import { useSelection } from './select/use-selection.ts'
import { shownText } from './text/row-text.ts'
import { useLinkOpening } from './text/use-link-opening.ts'
import { useExport } from './use-export.ts'
import { runCommand } from './viewer-commands.ts'

/** Everything the viewer of one view knows and does. */
export function useViewer(key: string, view: LogViewName) {
  const source = useLogSource(key, view)
  const { extent, frame, problem } = useLogSnapshot(source)
  const { search, state: searchState } = useLogSearch(key, view)
  const isWrapped = useIsWrapped(key)
  const showTimes = useLogOptions((options) => options.showTimes)
  const [panel, setPanel] = useState<'go-to' | 'help' | null>(null)
  const { note, say } = useNote()

  // What is listed, and which part of it is looked at.
  const filter = useFilter()
  const { onlyMatches, setOnlyMatches, context } = filter
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
  const { element, isFollowing, setFollowing, layout } = scroll
  useLayoutEffect(() => {
    endSpan.current = isFollowing ? layout.to - layout.from : 0
  })

  const topRow = () => seenRows(element.current)?.first ?? list.rowAt(0)
  const isSeen = (row: number) => isWhollySeen(element.current, row)
  const textOf = (row: number) => textIn(shown, row)
  const focusLog = () => element.current?.focus({ preventScroll: true })

  // Going places.
  const showOnceListed = useShowing(list, frame, scroll)
  const show = (row: number) => {
    if (!isListed(list, row)) setOnlyMatches(false)
    showOnceListed(row)
  }
  const jumps = useJumps({ key, view, extent, frame, topRow, isSeen, show, say: (text) => say({ text }) })
  const { marked, mark } = jumps
  const { filterBy, showContext } = useFilterChange(filter, isFiltered, list, scroll, marked)
  const goToMatch = (row: number) => {
    showOnceListed(row)
    mark(row)
    revealSideways(row, null)
  }
  const find = useFind(search, searchState, { topRow, isSeen, marked, goTo: goToMatch, focusLog })
  useEffect(() => {
    if (!find.isOpen) setOnlyMatches(false)
  }, [find.isOpen, setOnlyMatches])

  // Selecting and copying.
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
  const copy = () => {
    if (range !== null) void copyRange(range)
  }
  const extend = (move: SelectionMove) => {
    const row = marked !== null && isSeen(marked) ? marked : topRow()
    const from = selection ?? { anchor: { row, column: 0 }, head: { row, column: 0 } }
    const head = movedHead(from.head, move, list, textOf)
    select({ anchor: from.anchor, head })
    scroll.scrollIntoView(head.row)
    if (Number.isFinite(head.column)) revealSideways(head.row, [head.column, head.column])
  }

  const revealSideways = usePainting({
    element,
    drawn: () => Array.from({ length: layout.to - layout.from }, (_, index) => list.rowAt(layout.from + index)),
    textOf,
    range,
    searchState,
    matches: useMatchRanges(search, searchState),
    marked,
  })

  const openLink = useLinkOpening({
    marked,
    selected: selection?.head.row ?? null,
    textOf,
    say: (text) => say({ text }),
  })

  const run = (command: LogCommand): void => {
    if (note?.action === undefined) say(null)
    const what = { key, list, scroll, find, jumps, range, isWrapped, showTimes, onlyMatches }
    runCommand(command, { ...what, select, extend, copy, openLink, openPanel: setPanel, filterBy })
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
    referenceTime: () => timeNear(shown, topRow()),
  }
}

export type Viewer = ReturnType<typeof useViewer>

function textIn({ row }: ShownList, number: number): string | undefined {
  const here = row(number)
  return here === undefined ? undefined : shownText(here, Date.now())
}

/** The time of a row or of one after it; now if none has one. */
function timeNear({ row }: ShownList, from: number): number {
  for (let at = from; at < from + 100; at += 1) {
    const time = row(at)?.time
    if (time !== null && time !== undefined) return time
  }
  return Date.now()
}
