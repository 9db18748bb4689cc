import type { Failure } from '../core/failure.ts'
import type { LogExtent, LogPage, LogRow, LogTarget, LogView } from '../core/log-row.ts'
import type { TimelineEntry } from '../core/timeline-entry.ts'
import { LogReaderClient } from './engine/log-reader-client.ts'
import type { LogChange } from './engine/service-log.ts'
import { type FoundRows, LogSearches, type SearchStarted } from './log-searches.ts'
import type { SearchPattern } from './search/pattern.ts'
import type { Ranges } from './search/search-messages.ts'
import type { ServiceLogs } from './service-logs.ts'

export interface LogDeskOptions {
  readonly logs: ServiceLogs
  /** The files of engine/log-worker.ts and search/search-worker.ts, as they are or bundled. */
  readonly readerEntry: string
  readonly searchEntry: string
}

/** What somebody who looks at logs is told without asking. */
export interface LogListener {
  changed(change: LogChange): void
  matched(rows: FoundRows): void
}

export type LogRefusal = 'log-changed' | 'search-over' | 'too-slow'

export type LogAnswer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly why: LogRefusal }

interface InView {
  readonly key: string
  readonly view: LogView
  readonly epoch: number
}

/** What is opened by at least one seat. */
interface OpenedView {
  readonly key: string
  readonly view: LogView
  readonly seats: Set<LogSeat>
  extent: LogExtent
}

/** A service that is looked at, and its entries on their way to the reader. */
interface Watch {
  /** Ends the keeper's frequent looks. */
  readonly end: () => void
  /** The reader works on what it was given last. */
  isBusy: boolean
  /** What came meanwhile. */
  waiting: readonly TimelineEntry[]
}

/**
 * Where logs are looked at (docs/logs.md). Everybody who looks has a seat; the files are read in a thread of their own,
 * which is there while somebody looks.
 */
export class LogDesk {
  readonly #options: LogDeskOptions
  readonly #reader: LogReaderClient
  readonly #searches: LogSearches
  readonly #views = new Map<string, OpenedView>()
  readonly #watches = new Map<string, Watch>()
  readonly #stopListening: () => void

  constructor(options: LogDeskOptions) {
    this.#options = options
    const { logs, readerEntry, searchEntry } = options
    this.#reader = new LogReaderClient({
      workerPath: readerEntry,
      logDir: logs.directory,
      onChange: (change) => this.#tell(change),
    })
    this.#searches = new LogSearches({
      reader: this.#reader,
      entry: searchEntry,
      folderOf: (key) => logs.folder(key),
    })
    this.#stopListening = logs.keeper.onEntries((key, entries) => this.#advance(key, entries))
  }

  seat(listener: LogListener): LogSeat {
    return new LogSeat(this, this.#reader, this.#searches, listener)
  }

  async open(seat: LogSeat, key: string, view: LogView): Promise<LogExtent> {
    // Before the reader reads the timeline, so that it finds all there is.
    if (!this.#watches.has(key)) {
      this.#watches.set(key, { end: this.#options.logs.keeper.watch(key), isBusy: false, waiting: [] })
    }
    let extent: LogExtent
    try {
      extent = await this.#reader.open(key, view)
    } catch (error) {
      this.#letGo(key)
      throw error
    }
    const id = idOf(key, view)
    const opened = this.#views.get(id) ?? { key, view, seats: new Set(), extent }
    opened.seats.add(seat)
    opened.extent = extent
    this.#views.set(id, opened)
    return extent
  }

  close(seat: LogSeat, key: string, view: LogView): void {
    const id = idOf(key, view)
    const opened = this.#views.get(id)
    if (opened?.seats.delete(seat) !== true || opened.seats.size > 0) return
    this.#views.delete(id)
    void this.#reader.close(key, view)
    this.#letGo(key)
  }

  closeAll(seat: LogSeat): void {
    for (const { key, view } of [...this.#views.values()]) this.close(seat, key, view)
  }

  /** How far an open view goes; null if it is not open. */
  extentOf(key: string, view: LogView): LogExtent | null {
    return this.#views.get(idOf(key, view))?.extent ?? null
  }

  async dispose(): Promise<void> {
    this.#stopListening()
    for (const { end } of this.#watches.values()) end()
    this.#watches.clear()
    this.#views.clear()
    await Promise.all([this.#searches.dispose(), this.#reader.dispose()])
  }

  #letGo(key: string): void {
    if ([...this.#views.values()].some((opened) => opened.key === key)) return
    this.#watches.get(key)?.end()
    this.#watches.delete(key)
  }

  /** What comes while the reader works waits for it and is then given to it at once. */
  #advance(key: string, entries: readonly TimelineEntry[]): void {
    const watch = this.#watches.get(key)
    if (watch?.isBusy === true) watch.waiting = [...watch.waiting, ...entries]
    else if (watch !== undefined) void this.#hand(key, watch, entries)
  }

  async #hand(key: string, watch: Watch, entries: readonly TimelineEntry[]): Promise<void> {
    watch.isBusy = true
    try {
      for (const change of await this.#reader.advance(key, entries)) this.#tell(change)
    } catch {
      // The files cannot be read at the moment, or the thread has ended: the next entries try again.
    }
    watch.isBusy = false
    const { waiting } = watch
    watch.waiting = []
    // Whoever opened the service anew meanwhile has read these with its timeline.
    if (waiting.length > 0 && this.#watches.get(key) === watch) this.#advance(key, waiting)
  }

  #tell(change: LogChange): void {
    const opened = this.#views.get(idOf(change.key, change.view))
    if (opened === undefined) return
    opened.extent = change
    for (const seat of opened.seats) seat.listener.changed(change)
    this.#searches.changed(change)
  }
}

const idOf = (key: string, view: LogView) => `${view} ${key}`

const changed = { ok: false, why: 'log-changed' } as const
const answer = <T>(value: T | null): LogAnswer<T> => (value === null ? changed : { ok: true, value })
const noView: Failure = { code: 'log-changed', message: 'This log is not open.', hint: 'Open it again.' }

/** One window's place at the desk: what it has opened, and its search. */
export class LogSeat {
  readonly listener: LogListener
  readonly #desk: LogDesk
  readonly #reader: LogReaderClient
  readonly #searches: LogSearches
  #searchId: number | null = null

  constructor(desk: LogDesk, reader: LogReaderClient, searches: LogSearches, listener: LogListener) {
    this.#desk = desk
    this.#reader = reader
    this.#searches = searches
    this.listener = listener
  }

  /** Begins to announce changes of this view, from the returned extent on. Idempotent. */
  open(key: string, view: LogView): Promise<LogExtent> {
    return this.#desk.open(this, key, view)
  }

  close(key: string, view: LogView): void {
    this.#desk.close(this, key, view)
  }

  /** Rows `from` up to `from + count`, fewer at the end. */
  async page({ key, view, epoch, from, count }: InView & { from: number; count: number }): Promise<LogAnswer<LogPage>> {
    return answer(await this.#reader.page(key, view, epoch, from, count))
  }

  /** Rows picked one by one; null for those that are gone. */
  async rows(
    picked: InView & { rows: readonly number[] },
  ): Promise<LogAnswer<{ epoch: number; rows: readonly (LogRow | null)[] }>> {
    const { key, view, epoch } = picked
    const rows = await this.#reader.rows(key, view, epoch, picked.rows)
    return answer(rows === null ? null : { epoch, rows })
  }

  async find(question: InView & { row: number; target: LogTarget }): Promise<LogAnswer<{ row: number | null }>> {
    const { key, view, epoch, row, target } = question
    const found = await this.#reader.find(key, view, epoch, row, target)
    return found === 'log-changed' ? changed : { ok: true, value: { row: found } }
  }

  /** Begins a search of a view that this seat has open, and ends the one before. */
  async search(key: string, view: LogView, pattern: SearchPattern): Promise<SearchStarted> {
    if (this.#searchId !== null) this.endSearch(this.#searchId)
    const extent = this.#desk.extentOf(key, view)
    if (extent === null) return { ok: false, problem: noView }
    const started = this.#searches.start({ key, view, extent }, pattern, (rows) => this.listener.matched(rows))
    if (started.ok) this.#searchId = started.searchId
    return started
  }

  endSearch(searchId: number): void {
    if (searchId !== this.#searchId) return
    this.#searchId = null
    this.#searches.end(searchId)
  }

  /** Where a search's matches lie in texts as they are shown. */
  async ranges(searchId: number, texts: readonly string[]): Promise<LogAnswer<{ ranges: readonly Ranges[] }>> {
    const reply = await this.#searches.ranges(searchId, texts)
    if (reply.ok) return { ok: true, value: { ranges: reply.ranges } }
    return { ok: false, why: reply.error.code === 'too-slow' ? 'too-slow' : 'search-over' }
  }

  /** Writes rows `from` up to `to` as text into a file. @throws the file system's error */
  async exportRows(
    range: InView & { from: number; to: number; file: string; withTimes: boolean },
  ): Promise<LogAnswer<{ rows: number }>> {
    const { key, view, epoch, from, to, file, withTimes } = range
    return answer(await this.#reader.export(key, view, epoch, from, to, file, { withTimes }))
  }

  /** Whoever sat here is gone: everything that was asked for ends. */
  reset(): void {
    if (this.#searchId !== null) this.endSearch(this.#searchId)
    this.#desk.closeAll(this)
  }
}
