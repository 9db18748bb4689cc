import { useCallback, useEffect, useRef, useState } from 'react'
import { setSearchFlags, useLogOptions } from '../../../store/log-options.ts'
import type { SearchQuery } from './find-text.ts'
import type { LogSearch, SearchState } from './log-search.ts'
import { type Direction, lowerBound, matchFrom } from './match-rows.ts'

/** As long as somebody types, nothing is searched for. */
const DEBOUNCE_MS = 150

interface FindWorld {
  /** The row at the upper edge. */
  readonly topRow: () => number
  readonly isSeen: (row: number) => boolean
  /** The row that is marked, such as the match gone to last. */
  readonly marked: number | null
  /** Brings a match into sight and marks it. */
  readonly goTo: (row: number) => void
  readonly focusLog: () => void
}

export interface Find {
  readonly isOpen: boolean
  readonly text: string
  readonly flags: Omit<SearchQuery, 'text'>
  readonly state: SearchState
  /** Changes with every wish to type: the bar then takes the focus. */
  readonly focusCount: number
  readonly open: () => void
  readonly close: () => void
  readonly setText: (text: string) => void
  readonly setFlags: (flags: Partial<Omit<SearchQuery, 'text'>>) => void
  readonly go: (direction: Direction) => void
  /** Which match is marked, 1-based; null if none is. */
  readonly ordinal: number | null
}

/** What the search bar does: typing searches, the first match from the reader on is gone to, others by keys. */
export function useFind(search: LogSearch, state: SearchState, world: FindWorld): Find {
  const [isOpen, setOpen] = useState(false)
  const [text, setTyped] = useState('')
  const [focusCount, setFocusCount] = useState(0)
  const flags = useLogOptions((options) => options.search)
  /** Where the reader was when the search began, while its first match is still to be gone to. */
  const origin = useRef<number | null>(null)
  const present = useRef({ world, state })
  present.current = { world, state }

  useEffect(() => {
    if (!isOpen) return undefined
    if (text === '') {
      search.clear()
      return undefined
    }
    const timer = window.setTimeout(() => {
      const { topRow, isSeen, marked } = present.current.world
      // A longer text is searched from the match of the shorter one.
      origin.current = marked !== null && isSeen(marked) ? marked : topRow()
      void search.search({ text, ...flags })
    }, DEBOUNCE_MS)
    return () => window.clearTimeout(timer)
  }, [search, isOpen, text, flags])

  useEffect(() => {
    const from = origin.current
    if (from === null || state.query === null) return
    const isDone = state.progress >= 1 || state.problem !== null
    // Until all is searched there may still be a match from here on; only then is it worth going around.
    const ahead = state.rows[lowerBound(state.rows, from)]
    const target = ahead ?? (isDone ? state.rows[0] : undefined)
    if (isDone) origin.current = null
    if (target !== undefined && target !== present.current.world.marked) present.current.world.goTo(target)
  }, [state])

  const go = useCallback((direction: Direction) => {
    const { world: reader, state: found } = present.current
    origin.current = null
    if (found.query === null) {
      setOpen(true)
      setFocusCount((count) => count + 1)
      return
    }
    const isOn = reader.marked !== null && reader.isSeen(reader.marked)
    const target = matchFrom(found.rows, isOn ? (reader.marked ?? 0) : reader.topRow(), direction, isOn)
    if (target !== null) reader.goTo(target)
  }, [])

  const close = useCallback(() => {
    origin.current = null
    setOpen(false)
    search.clear()
    present.current.world.focusLog()
  }, [search])

  const open = useCallback(() => {
    setOpen(true)
    setFocusCount((count) => count + 1)
  }, [])

  const { marked } = world
  const index = marked === null ? -1 : lowerBound(state.rows, marked)
  return {
    isOpen,
    text,
    flags,
    state,
    focusCount,
    open,
    close,
    setText: setTyped,
    setFlags: setSearchFlags,
    go,
    ordinal: index >= 0 && state.rows[index] === marked ? index + 1 : null,
  }
}
