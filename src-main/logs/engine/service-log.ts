import { join } from 'node:path'
import type { LogExtent, LogStream, LogView } from '../../core/log-row.ts'
import { streamsOf } from '../../core/log-rows.ts'
import { Timeline } from '../../core/timeline.ts'
import type { TimelineEntry } from '../../core/timeline-entry.ts'
import type { LogBytes } from '../store/log-bytes.ts'
import { LogChangedError } from './counted-stream.ts'
import { OpenView } from './open-view.ts'
import { StreamLog } from './stream-log.ts'

export interface LogChange extends LogExtent {
  readonly key: string
  readonly view: LogView
}

export interface ServiceLogOptions {
  readonly key: string
  readonly folder: string
  readonly openBytes: (stream: LogStream) => LogBytes
  readonly loadTimeline: () => Promise<readonly TimelineEntry[]>
  readonly nextEpoch: () => number
  readonly onChange: (change: LogChange) => void
  readonly countAtOnceBytes: number
  readonly tailBytes: number
}

/** The most often that it is told how far counting is: 20 times a second. */
const PROGRESS_MS = 50
/** How often a log may change under one call before that is an error. */
const MAX_ATTEMPTS = 4

/**
 * One service's output while somebody looks at it. What changes something is done one after another; reading is not, so
 * that a page is answered while lines are counted.
 */
export class ServiceLog {
  readonly #options: ServiceLogOptions
  readonly #logs: Record<LogStream, StreamLog>
  readonly #views = new Map<LogView, OpenView>()
  /** What was told last of each view. */
  readonly #told = new Map<LogView, LogExtent>()
  #timeline: Timeline | null = null
  #isStale = false
  #progressToldAt = 0
  #queue: Promise<unknown> = Promise.resolve()

  constructor(options: ServiceLogOptions) {
    this.#options = options
    const log = (stream: LogStream) =>
      new StreamLog(stream, options.openBytes(stream), join(options.folder, `${stream}.index.json`))
    this.#logs = { stdout: log('stdout'), stderr: log('stderr') }
  }

  open(view: LogView): Promise<LogExtent> {
    return this.#inTurn(async () => {
      try {
        const opened = await this.#onFreshLog(view, async () => this.#views.get(view) ?? (await this.#make(view)))
        const isNew = !this.#views.has(view)
        this.#views.set(view, opened)
        const { extent } = opened
        // Who opened it before is still to be told.
        if (isNew) this.#told.set(view, extent)
        this.#tell()
        return extent
      } catch (error) {
        await this.#retireUnneeded()
        throw error
      }
    })
  }

  close(view: LogView): Promise<void> {
    return this.#inTurn(async () => {
      this.#views.delete(view)
      this.#told.delete(view)
      await this.#retireUnneeded()
    })
  }

  /** Takes in new entries of the timeline. Gives the extents of the views that changed. */
  advance(entries: readonly TimelineEntry[]): Promise<LogChange[]> {
    return this.#inTurn(async () => {
      if (this.#views.size === 0) return []
      let attempt = 0
      await this.#onFreshLog(null, async () => {
        attempt += 1
        await this.#append(entries, attempt > 1)
        await this.#catchUp()
      })
      return this.#changes()
    })
  }

  /** The view, if this is its epoch. */
  current(view: LogView, epoch: number): OpenView | null {
    const open = this.#views.get(view)
    return open?.epoch === epoch ? open : null
  }

  /**
   * Reads what may be rotated away meanwhile: then again, with what is left. Null if the epoch is not, or no longer,
   * current.
   */
  async read<T>(view: LogView, epoch: number, work: (open: OpenView) => Promise<T>): Promise<T | null> {
    for (let attempt = 1; ; attempt += 1) {
      const open = this.current(view, epoch)
      if (open === null) return null
      try {
        const result = await work(open)
        // What was read of a log that was replaced meanwhile is of neither.
        return this.isCurrent(open) || !this.#wasReplaced(open) ? result : null
      } catch (error) {
        if (!(error instanceof LogChangedError)) throw error
        if (attempt === MAX_ATTEMPTS) return null
        await this.#refresh()
      } finally {
        // Reading may have opened a file again after the last view was closed.
        if (this.#views.size === 0) for (const log of Object.values(this.#logs)) await log.bytes.release()
      }
    }
  }

  isCurrent(open: OpenView): boolean {
    return this.#views.get(open.view) === open
  }

  /** Waits until the lines of the view's streams are counted, and shown. */
  async counted(open: OpenView): Promise<void> {
    await Promise.all(open.parts.map(({ log }) => log.counting))
    await this.#inTurn(async () => undefined)
  }

  /** Whether the bytes that this view showed are others now, and not only counted anew. */
  #wasReplaced(open: OpenView): boolean {
    const now = this.#views.get(open.view)
    return now !== undefined && now.extent.moved?.fromEpoch !== open.epoch
  }

  #refresh(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#views.size === 0) return
      await this.#onFreshLog(null, () => this.#catchUp())
      this.#tell()
    })
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work)
    this.#queue = result.catch(() => undefined)
    return result
  }

  /** Does `work` with a look at the log that holds; again if the log changes meanwhile. `opening` is a view to come. */
  async #onFreshLog<T>(opening: LogView | null, work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        if (this.#isStale) await this.#begin(opening)
        else for (const log of this.#neededLogs(opening)) await log.look()
        return await work()
      } catch (error) {
        if (!(error instanceof LogChangedError) || attempt === MAX_ATTEMPTS) throw error
        this.#isStale = true
      }
    }
  }

  /** All views anew: nothing known before holds. */
  async #begin(opening: LogView | null): Promise<void> {
    this.#timeline = null
    for (const log of Object.values(this.#logs)) log.forget()
    for (const log of this.#neededLogs(opening)) await log.look()
    for (const view of this.#views.keys()) this.#views.set(view, await this.#make(view))
    this.#isStale = false
  }

  async #retireUnneeded(): Promise<void> {
    const needed = this.#neededLogs()
    for (const log of Object.values(this.#logs)) if (!needed.includes(log)) await log.retire()
    if (this.#views.size === 0) this.#timeline = null
  }

  #neededLogs(opening: LogView | null = null): readonly StreamLog[] {
    const views = opening === null ? [...this.#views.keys()] : [...this.#views.keys(), opening]
    const needed = new Set(views.flatMap(streamsOf))
    return Object.values(this.#logs).filter((log) => needed.has(log.stream))
  }

  async #make(view: LogView): Promise<OpenView> {
    this.#timeline ??= Timeline.of(await this.#options.loadTimeline())
    const timeline = this.#timeline
    const { nextEpoch, countAtOnceBytes, tailBytes } = this.#options
    const logs = streamsOf(view).map((stream) => this.#logs[stream])
    for (const log of logs) await log.prepare(timeline.offsets(log.stream))
    const remaining = logs.reduce((total, log) => total + (log.isReady ? 0 : log.remaining), 0)
    if (remaining > countAtOnceBytes || logs.some((log) => log.counting !== null)) {
      const tail = await OpenView.ofTail(view, nextEpoch(), timeline, logs, tailBytes)
      this.#startCounting(logs)
      return tail
    }
    for (const log of logs) await log.catchUp()
    return OpenView.ofAll(view, nextEpoch(), timeline, logs)
  }

  async #append(entries: readonly TimelineEntry[], mayConflict: boolean): Promise<void> {
    const timeline = this.#timeline
    if (timeline === null) return
    for (const entry of entries) {
      let appended = timeline.append(entry)
      if (appended === 'gap') {
        for (const known of await this.#options.loadTimeline()) timeline.append(known, true)
        appended = timeline.append(entry, true)
      }
      // Another timeline than the one we know; if it is again after that was read anew, the entry is left out.
      if (appended === 'conflict' && !mayConflict) throw new LogChangedError()
    }
  }

  /** Counts what is new in everything that is shown, and shows it. */
  async #catchUp(): Promise<void> {
    for (const log of this.#neededLogs()) if (log.isReady) await log.catchUp()
    for (const open of this.#views.values()) {
      if (!open.isTail) continue
      for (const { counted, log, index } of open.parts) {
        if (index.base < log.extent.first) throw new LogChangedError()
        await counted.scanAll(log.bytes, log.target)
      }
      // It ended if reading failed.
      this.#startCounting(open.parts.map(({ log }) => log))
    }
    for (const open of this.#views.values()) open.commit()
    await this.#showAll()
  }

  #startCounting(logs: readonly StreamLog[]): void {
    for (const log of logs) {
      log.startCounting({
        progressed: () => this.#tellProgress(),
        finished: () => this.#finishLater(log),
        failed: (error) => {
          // Anything but a change is the file system's; the next entry begins it again.
          if (error instanceof LogChangedError) this.#later(() => this.#refresh())
        },
      })
    }
  }

  #finishLater(log: StreamLog): void {
    const { all } = log
    this.#later(() =>
      this.#inTurn(async () => {
        if (log.all !== all || this.#views.size === 0) return
        await this.#onFreshLog(null, async () => {
          if (log.all === all) await log.catchUp()
          await this.#catchUp()
        })
        this.#tell()
      }),
    )
  }

  /** Views of the end become views of everything, once all is counted. */
  async #showAll(): Promise<void> {
    for (const [view, open] of this.#views) {
      const logs = open.parts.map(({ log }) => log)
      if (!open.isTail || logs.some((log) => !log.isReady)) continue
      const whole = OpenView.ofAll(view, this.#options.nextEpoch(), open.timeline, logs)
      await whole.replace(open)
      this.#views.set(view, whole)
    }
  }

  /** Work that nobody waits for. What goes wrong with it goes wrong with the next call too, which can tell. */
  #later(work: () => Promise<void>): void {
    work().catch(() => undefined)
  }

  #tellProgress(): void {
    const now = performance.now()
    if (now - this.#progressToldAt < PROGRESS_MS) return
    this.#progressToldAt = now
    this.#tell()
  }

  #tell(): void {
    for (const change of this.#changes()) this.#options.onChange(change)
  }

  #changes(): LogChange[] {
    const changes: LogChange[] = []
    for (const [view, open] of this.#views) {
      const { extent } = open
      if (isSame(extent, this.#told.get(view))) continue
      this.#told.set(view, extent)
      changes.push({ key: this.#options.key, view, ...extent })
    }
    return changes
  }
}

function isSame(extent: LogExtent, told: LogExtent | undefined): boolean {
  return (
    told !== undefined &&
    extent.epoch === told.epoch &&
    extent.firstRow === told.firstRow &&
    extent.endRow === told.endRow &&
    extent.sizeBytes === told.sizeBytes &&
    extent.counting === told.counting
  )
}
