import type { LogExtent, LogPage, LogRow, LogStream, LogTarget, LogView } from '../../core/log-row.ts'
import type { TimelineEntry } from '../../core/timeline-entry.ts'
import type { LogBytes } from '../store/log-bytes.ts'
import { LogQueries, type LogSpan } from './log-queries.ts'
import { type LogChange, ServiceLog } from './service-log.ts'

export interface LogEngineOptions {
  readonly openBytes: (key: string, stream: LogStream) => LogBytes
  /** Where a service's logs are, and where its line index is kept. */
  readonly folderOf: (key: string) => string
  /** All entries that are on disk. */
  readonly loadTimeline: (key: string) => Promise<readonly TimelineEntry[]>
  /** What changes without a call that could answer with it: counting goes on, or is done. */
  readonly onChange: (change: LogChange) => void
  /** So much is counted before a view is answered; if it is more, the log's end is shown meanwhile. Default 8 MB. */
  readonly countAtOnceBytes?: number
  /** How much that end is. Default 2 MB. */
  readonly tailBytes?: number
}

const MB = 1024 * 1024

/**
 * Answers what the log viewer asks: rows of views, and where to find them (docs/logs.md). It never looks at files by
 * itself: a view goes as far as the newest entry that `advance` was given. One per thread.
 *
 * Rows are asked for with the epoch of their view; an answer to another one is null. Calls reject with the file system's
 * errors.
 */
export class LogEngine {
  readonly #options: LogEngineOptions
  readonly #services = new Map<string, { readonly log: ServiceLog; readonly queries: LogQueries }>()
  // Not from 0: the epochs of an engine that takes the place of one that crashed are others.
  #epoch = Date.now()

  constructor(options: LogEngineOptions) {
    this.#options = options
  }

  /** Begins to show a view. Idempotent. */
  open(key: string, view: LogView): Promise<LogExtent> {
    return this.#log(key).open(view)
  }

  /** Lets go of a view; with a service's last one of its files and memory. */
  async close(key: string, view: LogView): Promise<void> {
    await this.#services.get(key)?.log.close(view)
  }

  /** Takes in the newest entries of a service's timeline. Answers with the extents of its open views that changed. */
  async advance(key: string, entries: readonly TimelineEntry[]): Promise<LogChange[]> {
    return (await this.#services.get(key)?.log.advance(entries)) ?? []
  }

  /** Rows `from` up to `from + count`; fewer at both ends of what is there, so `from` may be another in the answer. */
  async page(key: string, view: LogView, epoch: number, from: number, count: number): Promise<LogPage | null> {
    return (await this.#services.get(key)?.queries.page(view, epoch, from, count)) ?? null
  }

  /** In the order asked for; null for rows that are not there (any longer). */
  async rows(key: string, view: LogView, epoch: number, rows: readonly number[]): Promise<(LogRow | null)[] | null> {
    return (await this.#services.get(key)?.queries.rows(view, epoch, rows)) ?? null
  }

  /** The row of a target; for errors and marks the nearest from `row` on, which counts itself. Null if there is none. */
  async find(
    key: string,
    view: LogView,
    epoch: number,
    row: number,
    target: LogTarget,
  ): Promise<number | null | 'log-changed'> {
    const service = this.#services.get(key)
    return service === undefined ? 'log-changed' : await service.queries.find(view, epoch, row, target)
  }

  /** Writes rows `from` up to `to` as text into `file`. */
  async export(
    key: string,
    view: LogView,
    epoch: number,
    from: number,
    to: number,
    file: string,
    options: { readonly withTimes: boolean },
  ): Promise<{ rows: number } | null> {
    return (await this.#services.get(key)?.queries.export(view, epoch, from, to, file, options.withTimes)) ?? null
  }

  /** What a search of the view has to look through. */
  async spans(key: string, view: LogView, epoch: number): Promise<readonly LogSpan[] | null> {
    return this.#services.get(key)?.queries.spans(view, epoch) ?? null
  }

  /** The rows of lines, numbered as in `spans`, without those that have none (any longer). */
  async rowsOf(
    key: string,
    view: LogView,
    epoch: number,
    stream: LogStream,
    lines: readonly number[],
  ): Promise<number[] | null> {
    return this.#services.get(key)?.queries.rowsOf(view, epoch, stream, lines) ?? null
  }

  /** Closes everything. */
  async release(): Promise<void> {
    const views: readonly LogView[] = ['stdout', 'stderr', 'merged']
    for (const { log } of this.#services.values()) for (const view of views) await log.close(view)
  }

  #log(key: string): ServiceLog {
    const known = this.#services.get(key)
    if (known !== undefined) return known.log
    const { openBytes, folderOf, loadTimeline, onChange } = this.#options
    const { countAtOnceBytes = 8 * MB, tailBytes = 2 * MB } = this.#options
    const log = new ServiceLog({
      key,
      folder: folderOf(key),
      openBytes: (stream) => openBytes(key, stream),
      loadTimeline: () => loadTimeline(key),
      nextEpoch: () => ++this.#epoch,
      onChange,
      countAtOnceBytes,
      tailBytes,
    })
    this.#services.set(key, { log, queries: new LogQueries(log) })
    return log
  }
}
