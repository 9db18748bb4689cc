import type { Failure } from '../core/failure.ts'
import type { LogExtent, LogStream, LogView } from '../core/log-row.ts'
import type { LogReaderClient } from './engine/log-reader-client.ts'
import type { LogChange } from './engine/service-log.ts'
import { compilePattern, type SearchPattern } from './search/pattern.ts'
import type { SearchSpan } from './search/scan.ts'
import { SearchClient, type SearchEvent } from './search/search-client.ts'
import type { RangesReply } from './search/search-thread.ts'

/** Found since the event before; with another epoch than before, earlier rows are void. */
export interface FoundRows {
  readonly searchId: number
  readonly epoch: number
  readonly rows: readonly number[]
  /** Matching lines so far, also those that are not listed. */
  readonly count: number
  /** From 0 to 1. */
  readonly progress: number
  readonly isCapped: boolean
  readonly problem: string | null
}

export type SearchStarted =
  | { readonly ok: true; readonly searchId: number }
  | { readonly ok: false; readonly problem: Failure }

export interface LogSearchesOptions {
  readonly reader: Pick<LogReaderClient, 'spans' | 'rowsOf'>
  /** The file of search/search-worker.ts, as it is or bundled. */
  readonly entry: string
  readonly folderOf: (key: string) => string
}

interface Search {
  readonly key: string
  readonly view: LogView
  readonly pattern: SearchPattern
  readonly found: (rows: FoundRows) => void
  /** The view as it was when the search began or went on last. */
  extent: LogExtent
  /** The search as its thread knows it; null while lines are still counted, and once it has failed. */
  thread: number | null
  /** Its pattern took too long, or the like: that does not get better. */
  hasFailed: boolean
  /** How far each stream is handed over. */
  readonly searchedTo: Map<LogStream, number>
  /** Rests of spans whose beginning was rotated away before it was searched. */
  gone: readonly SearchSpan[]
  /** What is to be done one after another: results come in their order. */
  turn: Promise<void>
}

const NOTHING = { rows: [], count: 0, progress: 0, isCapped: false, problem: null }

/**
 * The searches that go on: each looks through what a view holds, and then through what is printed. Threads find line
 * numbers; the reader knows which rows those are.
 */
export class LogSearches {
  readonly #options: LogSearchesOptions
  readonly #client: SearchClient
  readonly #searches = new Map<number, Search>()
  #lastId = 0

  constructor(options: LogSearchesOptions) {
    this.#options = options
    const { entry, folderOf } = options
    this.#client = new SearchClient({ entry, folderOf, onEvent: (event) => this.#receive(event) })
  }

  /** Begins a search of a view that is open. `found` is called first for what is there, then for what is printed. */
  start(
    target: { readonly key: string; readonly view: LogView; readonly extent: LogExtent },
    pattern: SearchPattern,
    found: (rows: FoundRows) => void,
  ): SearchStarted {
    const search: Search = {
      ...target,
      pattern,
      found,
      thread: null,
      hasFailed: false,
      searchedTo: new Map(),
      gone: [],
      turn: Promise.resolve(),
    }
    const compiled = compilePattern(pattern)
    if (!compiled.ok) return { ok: false, problem: compiled.error }
    this.#lastId += 1
    const searchId = this.#lastId
    this.#searches.set(searchId, search)
    this.#extend(searchId, search)
    return { ok: true, searchId }
  }

  /** A view has changed: its searches go on in what is new, or begin anew. */
  changed(change: LogChange): void {
    for (const [id, search] of this.#searches) {
      if (search.key !== change.key || search.view !== change.view) continue
      const isOther = search.extent.epoch !== change.epoch
      search.extent = change
      if (isOther) this.#restart(id, search)
      else this.#extend(id, search)
    }
  }

  /** Where the matches lie in texts as they are shown. */
  ranges(searchId: number, texts: readonly string[]): Promise<RangesReply> {
    // An id that is no search's is answered as one that is over.
    return this.#client.ranges(this.#searches.get(searchId)?.thread ?? 0, texts)
  }

  end(searchId: number): void {
    const search = this.#searches.get(searchId)
    this.#searches.delete(searchId)
    if (search?.thread != null) void this.#client.end(search.thread)
  }

  async dispose(): Promise<void> {
    this.#searches.clear()
    await this.#client.dispose()
  }

  #restart(id: number, search: Search): void {
    if (search.hasFailed) return
    if (search.thread !== null) void this.#client.end(search.thread)
    search.thread = null
    search.searchedTo.clear()
    search.gone = []
    search.found({ ...NOTHING, searchId: id, epoch: search.extent.epoch })
    this.#extend(id, search)
  }

  /** Hands over what the view holds beyond what was handed over. Lines get their numbers when all are counted. */
  #extend(id: number, search: Search): void {
    if (search.hasFailed || search.extent.counting !== null) return
    this.#inTurn(search, async () => {
      const { key, view, extent } = search
      const spans = await this.#options.reader.spans(key, view, extent.epoch)
      if (spans === null || search.extent.epoch !== extent.epoch || !this.#searches.has(id)) return
      const fresh = spans.flatMap((span): SearchSpan[] => {
        const from = search.searchedTo.get(span.stream) ?? span.fromOffset
        search.searchedTo.set(span.stream, span.toOffset)
        // A span that goes on where the one before ended knows its line itself.
        return span.toOffset > from ? [{ ...span, fromOffset: Math.max(from, span.fromOffset) }] : []
      })
      fresh.push(...restsOf(search, spans))
      if (search.thread !== null) {
        if (fresh.length > 0) this.#client.extend(search.thread, fresh)
      } else {
        const started = this.#client.start(fresh, search.pattern, key)
        if (started.ok) search.thread = started.id
      }
    })
  }

  #receive(event: SearchEvent): void {
    const [id, search] = [...this.#searches].find(([, { thread }]) => thread === event.id) ?? []
    if (id === undefined || search === undefined) return
    search.gone = [...search.gone, ...event.gone]
    if (event.problem !== null) {
      search.thread = null
      search.hasFailed = true
    }
    this.#inTurn(search, async () => {
      const { key, view, extent } = search
      const rows: number[] = []
      for (const stream of ['stdout', 'stderr'] as const) {
        const lines = event.lines[stream]
        if (lines.length === 0) continue
        const found = await this.#options.reader.rowsOf(key, view, extent.epoch, stream, lines)
        // Another epoch: the search begins anew as soon as that is told.
        if (found === null) return
        rows.push(...found)
      }
      if (!this.#searches.has(id) || search.extent.epoch !== extent.epoch) return
      const { count, isCapped, scannedBytes, totalBytes, problem } = event
      const progress = totalBytes === 0 ? 1 : Math.min(1, scannedBytes / totalBytes)
      const said = problem === null ? null : `${problem.message} ${problem.hint}`.trim()
      search.found({ searchId: id, epoch: extent.epoch, rows, count, progress, isCapped, problem: said })
      if (event.gone.length > 0) this.#extend(id, search)
    })
  }

  /** A failure of the reader thread ends nothing: the next change of the view goes on. */
  #inTurn(search: Search, work: () => Promise<void>): void {
    search.turn = search.turn.then(work).catch(() => undefined)
  }
}

/** What is left of spans whose beginning is gone, as far as the reader knows by now where the log begins. */
function restsOf(search: Search, spans: readonly SearchSpan[]): SearchSpan[] {
  const waiting: SearchSpan[] = []
  const rests = search.gone.flatMap((rest) => {
    const span = spans.find(({ stream }) => stream === rest.stream)
    if (span === undefined) return []
    // It has not noticed yet; the next change of the view tells.
    if (span.fromOffset <= rest.fromOffset) waiting.push(rest)
    else if (span.fromOffset < rest.toOffset) return [{ ...span, toOffset: rest.toOffset }]
    return []
  })
  search.gone = waiting
  return rests
}
