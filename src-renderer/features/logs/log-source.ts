import type { LogChange, LogExtent, LogLine, LogPage, LogStreamName } from '../../../src-preload/contract/log-view.ts'
import type { Problem, Reply } from '../../../src-preload/contract/result.ts'
import { PAGE_LINES, PageCache, pageOf } from './page-cache.ts'

export interface LogApi {
  readonly open: () => Promise<Reply<LogExtent>>
  readonly close: () => void
  readonly page: (input: { epoch: number; from: number; count: number }) => Promise<Reply<LogPage>>
  readonly onChange: (listener: (change: LogChange) => void) => () => void
  readonly isVisible: () => boolean
  readonly onVisibility: (listener: (isVisible: boolean) => void) => () => void
  readonly later: (action: () => void) => void
}

/** What the viewer draws; a new object whenever something of it, or a line, changed. */
export interface LogSnapshot {
  /** As far as it is shown, which may be a moment behind what was announced. Null until the log is open. */
  readonly extent: LogExtent | null
  readonly problem: Problem | null
}

const LIMITS = { pages: 48, characters: 8_000_000 }
/** Dragging the scrollbar crosses pages faster than they come; what is passed meanwhile is never asked for. */
const MAX_REQUESTS = 4

/** One stream of one service, pulled page by page as it is looked at (DESIGN.md, D6). */
export class LogSource {
  readonly #api: LogApi
  readonly #key: string
  readonly #stream: LogStreamName
  readonly #cache = new PageCache(LIMITS)
  readonly #listeners = new Set<() => void>()
  /** Pages under way; `true` once they are known to arrive outdated. */
  readonly #requests = new Map<number, boolean>()
  /** Replies to questions of an earlier generation are dropped. */
  #generation = 0
  #snapshot: LogSnapshot = { extent: null, problem: null }
  /** What was announced last. */
  #extent: LogExtent | null = null
  /** What is drawn. */
  #shown: LogExtent | null = null
  /** What will be drawn as soon as its last lines are here; null if nothing is awaited. */
  #coming: LogExtent | null = null
  #problem: Problem | null = null
  #wanted = { from: 0, to: 0 }

  constructor(api: LogApi, key: string, stream: LogStreamName) {
    this.#api = api
    this.#key = key
    this.#stream = stream
  }

  /** @returns the function that closes it */
  start(): () => void {
    const ends = [
      this.#api.onChange((change) => {
        if (change.key === this.#key && change.stream === this.#stream) this.#grow(change)
      }),
      this.#api.onVisibility((isVisible) => {
        if (isVisible) this.#emit()
      }),
    ]
    void this.#open()
    return () => {
      for (const end of ends) end()
      this.#generation += 1
      this.#api.close()
    }
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  snapshot = (): LogSnapshot => this.#snapshot

  line(index: number): LogLine | undefined {
    return this.#cache.line(index)
  }

  /** The lines somebody looks at, `to` excluded. Whatever of them is missing or outdated is asked for. */
  want(from: number, to: number): void {
    this.#wanted = { from, to }
    if (this.#coming !== null && !this.#isEndInSight()) this.#emit()
    else this.#fill()
  }

  reopen(): void {
    void this.#open()
  }

  async #open(): Promise<void> {
    this.#generation += 1
    const generation = this.#generation
    this.#requests.clear()
    this.#problem = null
    const before = this.#extent
    const reply = await this.#api.open()
    if (generation !== this.#generation) return
    if (!reply.ok) this.#fail(reply.error)
    // An announcement that overtook the answer knows more than it.
    else if (this.#extent === before) this.#grow(reply.value)
  }

  #grow({ epoch, lineCount, sizeBytes }: LogExtent): void {
    const before = this.#extent
    this.#extent = { epoch, lineCount, sizeBytes }
    if (before !== null && (before.epoch !== epoch || before.lineCount > lineCount)) {
      this.#generation += 1
      this.#requests.clear()
      this.#cache.clear()
      this.#shown = this.#extent
      this.#coming = null
    } else if (before !== null && before.lineCount > 0) this.#outdate(pageOf(before.lineCount - 1))
    this.#emit()
  }

  /** The line that was the last one may have been unfinished, and its page has room for more. */
  #outdate(page: number): void {
    this.#cache.markStale(page)
    if (this.#requests.has(page)) this.#requests.set(page, true)
  }

  #fill(): void {
    if (this.#extent === null || this.#problem !== null || !this.#api.isVisible()) return
    const { from, to } = this.#coming === null ? this.#wanted : this.#lastLinesOf(this.#coming)
    const end = Math.min(to, this.#extent.lineCount)
    if (end <= from) return
    for (let page = pageOf(from); page <= pageOf(end - 1); page += 1) {
      if (this.#requests.size >= MAX_REQUESTS) return
      if (!this.#cache.isFresh(page) && !this.#requests.has(page)) void this.#request(page, this.#extent.epoch)
    }
  }

  #isEndInSight(): boolean {
    return this.#shown !== null && this.#wanted.to > this.#wanted.from && this.#wanted.to >= this.#shown.lineCount
  }

  /** As many as are in sight now. */
  #lastLinesOf({ lineCount }: LogExtent): { from: number; to: number } {
    return { from: Math.max(0, lineCount - (this.#wanted.to - this.#wanted.from)), to: lineCount }
  }

  /**
   * Whoever looks at the end sees it move only once the new lines are here; drawn at once, they would flash by as blanks
   * with every announcement. The aim stays while it is awaited, so that a log that grows faster than its pages come is
   * still shown.
   */
  #advance(): void {
    if (!this.#isEndInSight() || this.#problem !== null) {
      this.#shown = this.#extent
      this.#coming = null
      return
    }
    this.#coming ??= this.#shown === this.#extent ? null : this.#extent
    while (this.#coming !== null && this.#hasLastLinesOf(this.#coming)) {
      this.#shown = this.#coming
      this.#coming = this.#shown === this.#extent ? null : this.#extent
    }
  }

  /** A page that is fresh but shorter than announced counts as here: asking again would bring the same. */
  #hasLastLinesOf(extent: LogExtent): boolean {
    const { from, to } = this.#lastLinesOf(extent)
    for (let page = pageOf(from); page <= pageOf(Math.max(from, to - 1)); page += 1) {
      const last = Math.min(to, (page + 1) * PAGE_LINES) - 1
      if (last >= from && this.#cache.line(last) === undefined && !this.#cache.isFresh(page)) return false
    }
    return true
  }

  async #request(page: number, epoch: number): Promise<void> {
    const generation = this.#generation
    this.#requests.set(page, false)
    const reply = await this.#api.page({ epoch, from: page * PAGE_LINES, count: PAGE_LINES })
    if (generation !== this.#generation) return
    const isOutdated = this.#requests.get(page) === true
    this.#requests.delete(page)
    if (!reply.ok) {
      if (reply.error.code === 'log-changed') this.#reopenLater()
      else this.#fail(reply.error)
      return
    }
    this.#cache.put(page, reply.value.lines)
    if (isOutdated) this.#cache.markStale(page)
    this.#emit()
  }

  /** After a pause: a log that changes all the time must not be asked for in a tight loop. */
  #reopenLater(): void {
    this.#generation += 1
    this.#requests.clear()
    const generation = this.#generation
    this.#api.later(() => {
      if (generation === this.#generation) void this.#open()
    })
  }

  #fail(problem: Problem): void {
    this.#problem = problem
    this.#emit()
  }

  #emit(): void {
    if (!this.#api.isVisible()) return // Made up for when it is.
    this.#advance()
    this.#snapshot = { extent: this.#shown, problem: this.#problem }
    this.#fill()
    for (const listener of this.#listeners) listener()
  }
}
