import type { LogMatches, MatchRanges } from '../../../../src-preload/contract/log-view.ts'
import type { Reply } from '../../../../src-preload/contract/result.ts'
import type { SearchQuery } from './find-text.ts'
import { mergeSorted } from './match-rows.ts'

export interface SearchApi {
  readonly search: (query: SearchQuery) => Promise<Reply<{ searchId: number }>>
  readonly end: (searchId: number) => void
  readonly ranges: (input: {
    searchId: number
    texts: readonly string[]
  }) => Promise<Reply<{ ranges: readonly MatchRanges[] }>>
  readonly onMatches: (listener: (matches: LogMatches) => void) => () => void
}

export interface SearchState {
  /** What is searched for; null if nothing is. */
  readonly query: SearchQuery | null
  /** Of the log that `rows` belong to; null until something was found or said. */
  readonly epoch: number | null
  /** Matching rows, sorted. */
  readonly rows: readonly number[]
  /** Matching rows, also those that are not listed. */
  readonly count: number
  /** From 0 to 1. At 1 it goes on with what is printed. */
  readonly progress: number
  readonly isCapped: boolean
  /** Why there is no search, or why it ended early. */
  readonly problem: string | null
}

const NOTHING: SearchState = {
  query: null,
  epoch: null,
  rows: [],
  count: 0,
  progress: 0,
  isCapped: false,
  problem: null,
}

/** One search of one view at a time; what it finds comes by and by, and goes on coming while the service prints. */
export class LogSearch {
  readonly #api: SearchApi
  readonly #listeners = new Set<() => void>()
  #state = NOTHING
  /** Null while the answer that brings it is under way, or nothing is searched for. */
  #id: number | null = null
  /** Found by searches whose number is not known yet: the first matches may overtake the answer. */
  #early: LogMatches[] = []
  #generation = 0

  constructor(api: SearchApi) {
    this.#api = api
  }

  /** @returns the function that ends it */
  start(): () => void {
    const stopListening = this.#api.onMatches((matches) => {
      if (matches.searchId === this.#id) this.#take(matches)
      else if (this.#id === null && this.#state.query !== null) this.#early.push(matches)
    })
    return () => {
      stopListening()
      this.clear()
    }
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  state = (): SearchState => this.#state

  /** Searches for something else, or again. */
  async search(query: SearchQuery): Promise<void> {
    this.#generation += 1
    const generation = this.#generation
    this.#id = null
    this.#early = []
    this.#set({ ...NOTHING, query })
    const reply = await this.#api.search(query)
    if (generation !== this.#generation) {
      // Cleared meanwhile; a later search has ended it already.
      if (reply.ok && this.#state.query === null) this.#api.end(reply.value.searchId)
      return
    }
    if (!reply.ok) {
      this.#set({ ...NOTHING, query, problem: reply.error.message })
      return
    }
    this.#id = reply.value.searchId
    const early = this.#early.filter(({ searchId }) => searchId === this.#id)
    this.#early = []
    for (const matches of early) this.#take(matches)
  }

  clear(): void {
    this.#generation += 1
    if (this.#id !== null) this.#api.end(this.#id)
    this.#id = null
    this.#early = []
    if (this.#state.query !== null) this.#set(NOTHING)
  }

  /** Where the matches of a pattern lie in these texts; null if that cannot be told. */
  async ranges(texts: readonly string[]): Promise<readonly MatchRanges[] | null> {
    if (this.#id === null) return null
    const reply = await this.#api.ranges({ searchId: this.#id, texts })
    return reply.ok ? reply.value.ranges : null
  }

  #take({ epoch, rows, count, progress, isCapped, problem }: LogMatches): void {
    const known = epoch === this.#state.epoch ? this.#state.rows : []
    this.#set({ ...this.#state, epoch, rows: mergeSorted(known, rows), count, progress, isCapped, problem })
  }

  #set(state: SearchState): void {
    this.#state = state
    for (const listener of this.#listeners) listener()
  }
}
