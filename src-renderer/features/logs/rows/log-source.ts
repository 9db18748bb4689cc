import type { LogChange, LogExtent, LogPage, LogRow, LogViewName } from '../../../../src-preload/contract/log-view.ts'
import type { Problem, Reply } from '../../../../src-preload/contract/result.ts'
import { ExtentAdvance } from './extent-advance.ts'
import { followFrame, type LogFrame, START_FRAME } from './log-frame.ts'
import { OpenLines } from './open-lines.ts'
import { PAGE_ROWS, PageCache, pageOf } from './page-cache.ts'

export interface LogApi {
  readonly open: () => Promise<Reply<LogExtent>>
  readonly close: () => void
  readonly page: (input: { epoch: number; from: number; count: number }) => Promise<Reply<LogPage>>
  readonly onChange: (listener: (change: LogChange) => void) => () => void
  readonly isVisible: () => boolean
  readonly onVisibility: (listener: (isVisible: boolean) => void) => () => void
  readonly later: (action: () => void) => void
}

/** What the viewer draws; a new object whenever something of it, or a row, changed. */
export interface LogSnapshot {
  /** As far as it is shown, which may be a moment behind what was announced. Null until the log is open. */
  readonly extent: LogExtent | null
  readonly frame: LogFrame
  readonly problem: Problem | null
}

const LIMITS = { pages: 48, characters: 8_000_000 }
/** Dragging the scrollbar crosses pages faster than they come; what is passed meanwhile is never asked for. */
const MAX_REQUESTS = 4

/** One view of one service's output, pulled page by page as it is looked at (DESIGN.md, D6). */
export class LogSource {
  readonly #api: LogApi
  readonly #key: string
  readonly #view: LogViewName
  readonly #listeners = new Set<() => void>()
  #cache = new PageCache(LIMITS)
  /** Rows of the epoch before, shown where they moved to until the new ones are here. */
  #moved: { readonly cache: PageCache; readonly shift: number } | null = null
  #openLines = new OpenLines()
  /** Pages under way; `true` once they are known to arrive outdated. */
  readonly #requests = new Map<number, boolean>()
  /** Replies to questions of an earlier generation are dropped. */
  #generation = 0
  #snapshot: LogSnapshot = { extent: null, frame: START_FRAME, problem: null }
  #frame = START_FRAME
  /** What was announced last. */
  #extent: LogExtent | null = null
  readonly #advance = new ExtentAdvance((rows) => this.#isHere(rows))
  #problem: Problem | null = null
  #wanted = { from: 0, to: 0 }
  #isResting = false

  constructor(api: LogApi, key: string, view: LogViewName) {
    this.#api = api
    this.#key = key
    this.#view = view
  }

  /** @returns the function that closes it */
  start(): () => void {
    const ends = [
      this.#api.onChange((change) => {
        if (change.key === this.#key && change.view === this.#view) this.#grow(change)
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

  /** While it rests it stays open, but nothing is asked for and nobody told, as while the page is hidden. */
  setResting(isResting: boolean): void {
    this.#isResting = isResting
    if (!isResting) this.#emit()
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  snapshot = (): LogSnapshot => this.#snapshot

  /** Undefined until its page is here. */
  row(row: number): LogRow | undefined {
    return this.#cache.row(row) ?? (this.#moved === null ? undefined : this.#moved.cache.row(row - this.#moved.shift))
  }

  /** The rows somebody looks at, `to` excluded. Whatever of them is missing or outdated is asked for. */
  want(from: number, to: number): void {
    this.#wanted = { from, to }
    if (this.#advance.isWaiting && !this.#advance.isEndIn(this.#wanted)) this.#emit()
    else this.#fill()
  }

  reopen(): void {
    void this.#open()
  }

  get #isSeen(): boolean {
    return this.#api.isVisible() && !this.#isResting
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

  #grow({ epoch, firstRow, endRow, sizeBytes, counting, moved }: LogExtent): void {
    const before = this.#extent
    const extent: LogExtent = { epoch, firstRow, endRow, sizeBytes, counting, moved }
    this.#extent = extent
    this.#frame = followFrame(this.#frame, before, extent)
    if (before !== null && (before.epoch !== epoch || before.endRow > endRow)) this.#startAnew(before)
    else if (before !== null && (before.endRow !== endRow || before.sizeBytes !== sizeBytes)) this.#outdate(before)
    this.#emit()
  }

  #startAnew(before: LogExtent): void {
    this.#generation += 1
    this.#requests.clear()
    const moved = this.#extent?.moved ?? null
    const isSame = moved !== null && moved.fromEpoch === before.epoch
    this.#moved = isSame ? { cache: this.#cache, shift: moved.shift } : null
    // Whoever looks at rows goes on looking at them.
    if (isSame) this.#wanted = { from: this.#wanted.from + moved.shift, to: this.#wanted.to + moved.shift }
    this.#cache = new PageCache(LIMITS)
    this.#openLines = new OpenLines()
    this.#advance.reset(this.#extent)
  }

  /** The page of the last row has room for more, and lines that were unfinished may be longer now. */
  #outdate({ endRow }: LogExtent): void {
    const rows = [...this.#openLines.rows(), ...(endRow > 0 ? [endRow - 1] : [])]
    for (const page of new Set(rows.map(pageOf))) {
      this.#cache.markStale(page)
      if (this.#requests.has(page)) this.#requests.set(page, true)
    }
  }

  #fill(): void {
    if (this.#extent === null || this.#problem !== null || !this.#isSeen) return
    const { from, to } = this.#advance.target(this.#wanted)
    const first = Math.max(from, this.#extent.firstRow)
    const end = Math.min(to, this.#extent.endRow)
    if (end <= first) return
    for (let page = pageOf(first); page <= pageOf(end - 1); page += 1) {
      if (this.#requests.size >= MAX_REQUESTS) return
      if (!this.#cache.isFresh(page) && !this.#requests.has(page)) void this.#request(page, this.#extent)
    }
  }

  /** A page that is fresh but shorter than announced counts as here: asking again would bring the same. */
  #isHere({ from, to }: { readonly from: number; readonly to: number }): boolean {
    for (let page = pageOf(from); page <= pageOf(Math.max(from, to - 1)); page += 1) {
      const last = Math.min(to, (page + 1) * PAGE_ROWS) - 1
      if (last >= from && this.#cache.row(last) === undefined && !this.#cache.isFresh(page)) return false
    }
    return true
  }

  async #request(page: number, { epoch, firstRow }: LogExtent): Promise<void> {
    const generation = this.#generation
    this.#requests.set(page, false)
    const from = Math.max(page * PAGE_ROWS, firstRow)
    const reply = await this.#api.page({ epoch, from, count: (page + 1) * PAGE_ROWS - from })
    if (generation !== this.#generation) return
    const isOutdated = this.#requests.get(page) === true
    this.#requests.delete(page)
    if (!reply.ok) {
      if (reply.error.code === 'log-changed') this.#reopenLater()
      else this.#fail(reply.error)
      return
    }
    this.#cache.put(page, reply.value.from, reply.value.rows)
    this.#openLines.see(reply.value)
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
    if (!this.#isSeen) return // Made up for when it is.
    const extent = this.#advance.next(this.#extent, this.#wanted, this.#problem === null)
    this.#snapshot = { extent, frame: this.#frame, problem: this.#problem }
    this.#fill()
    for (const listener of this.#listeners) listener()
  }
}
