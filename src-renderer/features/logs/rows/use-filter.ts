import { type RefObject, useLayoutEffect, useState } from 'react'
import { setContext, useLogOptions } from '../../../store/log-options.ts'
import { isWhollySeen, seenRows } from '../scroll/drawn-rows.ts'
import type { LogScroll } from '../scroll/use-log-scroll.ts'
import type { RowList } from './row-list.ts'

export interface Filter {
  /** Whether only matching rows are to be shown, once something is searched for. */
  readonly onlyMatches: boolean
  readonly setOnlyMatches: (onlyMatches: boolean) => void
  /** Rows shown around each match. */
  readonly context: number
}

export function useFilter(): Filter {
  const [onlyMatches, setOnlyMatches] = useState(false)
  const context = useLogOptions((options) => options.context)
  return { onlyMatches, setOnlyMatches, context }
}

/**
 * Changing the filter, so that the marked row stays in sight or, if it is not, the row in the middle; or the one that is
 * next to it.
 */
export function useFilterChange(
  filter: Filter,
  isFiltered: boolean,
  list: RowList,
  scroll: LogScroll,
  marked: number | null,
) {
  const { setOnlyMatches, context } = filter
  const [middle, setMiddle] = useState<number | null>(null)
  const keepMiddle = () => {
    if (scroll.isFollowing) return
    const isMarkedSeen = marked !== null && isWhollySeen(scroll.element.current, marked)
    setMiddle(isMarkedSeen ? marked : middleRow(scroll.element, list))
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: once the other list is there.
  useLayoutEffect(() => {
    if (middle === null) return
    scroll.center(middle)
    setMiddle(null)
  }, [isFiltered, context, middle])
  return {
    filterBy: (onlyMatches: boolean) => {
      keepMiddle()
      setOnlyMatches(onlyMatches)
    },
    showContext: (rows: number) => {
      keepMiddle()
      setContext(rows)
    },
  }
}

/** The row in the middle of what is seen; null if nothing is. */
function middleRow(log: RefObject<HTMLElement | null>, list: RowList): number | null {
  const seen = seenRows(log.current)
  if (seen === null) return null
  return list.rowAt(Math.round((list.positionOf(seen.first) + list.positionOf(seen.last)) / 2))
}
