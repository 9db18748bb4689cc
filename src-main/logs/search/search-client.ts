import type { Failure } from '../../core/failure.ts'
import { compilePattern, type SearchPattern } from './pattern.ts'
import type { SearchSpan } from './scan.ts'
import type { SearchProgress } from './search-messages.ts'
import { type RangesReply, SEARCH_OVER, SearchThread } from './search-thread.ts'

/** Of one search, at most twenty a second. */
export interface SearchEvent extends SearchProgress {
  readonly id: number
  /** Why the search ended too early; null otherwise. After that nothing else comes. */
  readonly problem: Failure | null
}

export type SearchStart = { readonly ok: true; readonly id: number } | { readonly ok: false; readonly error: Failure }

interface SearchClientOptions {
  /** The file of search-worker.ts, as it is or bundled. */
  readonly entry: string | URL
  /** Where a service's logs lie. */
  readonly folderOf: (key: string) => string
  readonly onEvent: (event: SearchEvent) => void
}

interface Search {
  readonly thread: SearchThread
  last: SearchProgress
}

const NO_LINES = { stdout: [], stderr: [] }
const NOTHING_YET: SearchProgress = {
  lines: NO_LINES,
  count: 0,
  isCapped: false,
  scannedBytes: 0,
  totalBytes: 0,
  gone: [],
}

/** The searches that go on, each in a thread of its own. They keep no process alive. */
export class SearchClient {
  readonly #options: SearchClientOptions
  readonly #searches = new Map<number, Search>()
  #lastId = 0

  constructor(options: SearchClientOptions) {
    this.#options = options
  }

  /**
   * Begins a search of a service's logs.
   *
   * @param spans searched in this order. Within a stream each but the furthest ends where a line does
   * @returns the failure `bad-pattern` for a regular expression that is none
   */
  start(spans: readonly SearchSpan[], pattern: SearchPattern, key: string): SearchStart {
    const compiled = compilePattern(pattern)
    if (!compiled.ok) return compiled
    this.#lastId += 1
    const id = this.#lastId
    const thread = new SearchThread({
      entry: this.#options.entry,
      folder: this.#options.folderOf(key),
      pattern,
      onProgress: (progress) => this.#progress(id, progress),
      onFailure: (failure) => this.#failure(id, failure),
    })
    this.#searches.set(id, { thread, last: NOTHING_YET })
    thread.search(spans)
    return { ok: true, id }
  }

  /** Searches also these: what was printed since. Nothing if the search has ended. */
  extend(id: number, spans: readonly SearchSpan[]): void {
    this.#searches.get(id)?.thread.search(spans)
  }

  /**
   * Where the matches lie in texts as they are shown, the first thousand of each. Fails with `search-over`, or, if that
   * takes too long, with `too-slow`, and then the search has ended.
   */
  ranges(id: number, texts: readonly string[]): Promise<RangesReply> {
    const search = this.#searches.get(id)
    return search === undefined ? Promise.resolve({ ok: false, error: SEARCH_OVER }) : search.thread.ranges(texts)
  }

  /** Ends a search at once; no event follows. Nothing if it has ended. */
  async end(id: number): Promise<void> {
    const search = this.#searches.get(id)
    this.#searches.delete(id)
    await search?.thread.end()
  }

  /** Ends all searches. */
  async dispose(): Promise<void> {
    await Promise.all([...this.#searches.keys()].map((id) => this.end(id)))
  }

  #progress(id: number, progress: SearchProgress): void {
    const search = this.#searches.get(id)
    if (search === undefined) return
    search.last = progress
    this.#options.onEvent({ ...progress, id, problem: null })
  }

  #failure(id: number, problem: Failure): void {
    const search = this.#searches.get(id)
    if (search === undefined) return
    this.#searches.delete(id)
    this.#options.onEvent({ ...search.last, lines: NO_LINES, gone: [], id, problem })
  }
}
