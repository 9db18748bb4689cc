import type { LogExtent, LogRow, LogStream, LogView } from '../../src-main/core/log-row.ts'
import type { RunMark, TimelineEntry } from '../../src-main/core/timeline-entry.ts'
import { LogEngine, type LogEngineOptions } from '../../src-main/logs/engine/log-engine.ts'
import type { LogChange } from '../../src-main/logs/engine/service-log.ts'
import { linesOf, modelRows } from './log-model.ts'
import { PlainLogBytes } from './plain-log-bytes.ts'

export const VIEWS: readonly LogView[] = ['stdout', 'stderr', 'merged']
export const KEY = 'demo:one'

export interface TickOptions {
  readonly mark?: RunMark
  readonly untimed?: boolean
  /** Since the entry before; default 1. */
  readonly wait?: number
}

/** A service whose output is in memory, an engine that shows it, and the plain model of what that should show. */
export class EngineWorld {
  readonly bytes: Record<LogStream, PlainLogBytes> = { stdout: new PlainLogBytes(), stderr: new PlainLogBytes() }
  /** What the timeline file holds. */
  entries: TimelineEntry[] = []
  readonly changes: LogChange[] = []
  readonly folder: string
  engine: LogEngine
  readonly #options: Partial<LogEngineOptions>
  #time = 1000

  /** `folder` is where the engine keeps its index. */
  constructor(folder: string, options: Partial<LogEngineOptions> = {}) {
    this.folder = folder
    this.#options = options
    this.engine = this.#newEngine()
  }

  /** As after a restart of the app. */
  restart(): void {
    this.engine = this.#newEngine()
  }

  print(stream: LogStream, data: Buffer | string): void {
    this.bytes[stream].append(data)
  }

  /** Writes an entry of the timeline, which the engine does not know yet. */
  tick({ mark, untimed, wait = 1 }: TickOptions = {}): TimelineEntry {
    this.#time += wait
    const entry: TimelineEntry = {
      n: (this.entries.at(-1)?.n ?? 0) + 1,
      time: this.#time,
      stdout: this.bytes.stdout.printed.length,
      stderr: this.bytes.stderr.printed.length,
      ...(untimed === true ? { untimed } : {}),
      ...(mark === undefined ? {} : { mark }),
    }
    this.entries.push(entry)
    return entry
  }

  async advance(options: TickOptions = {}): Promise<LogChange[]> {
    return await this.engine.advance(KEY, [this.tick(options)])
  }

  open(view: LogView): Promise<LogExtent> {
    return this.engine.open(KEY, view)
  }

  close(view: LogView): Promise<void> {
    return this.engine.close(KEY, view)
  }

  /** All rows there are, by pages of `size`. */
  async rows(view: LogView, size = 1000): Promise<LogRow[]> {
    const { epoch, firstRow, endRow } = await this.open(view)
    const rows: LogRow[] = []
    for (let from = firstRow; from < endRow; from += size) {
      const page = await this.engine.page(KEY, view, epoch, from, size)
      if (page === null) throw new Error('the epoch of a view is not current')
      rows.push(...page.rows)
    }
    return rows
  }

  /** What there has ever been, up to the newest entry. */
  model(view: LogView): LogRow[] {
    return modelRows(view, this.entries, this.covered())
  }

  covered(): Record<LogStream, Buffer> {
    const last = this.entries.at(-1)
    return {
      stdout: this.bytes.stdout.printed.subarray(0, last?.stdout ?? 0),
      stderr: this.bytes.stderr.printed.subarray(0, last?.stderr ?? 0),
    }
  }

  /**
   * The first row of the model that shows nothing of what is lost. That a line begins exactly where the bytes do is
   * known of places in the timeline; an engine that looked at them before some were lost may know it of others too.
   */
  modelFirstRows(view: LogView): number[] {
    const streams: LogStream[] = view === 'merged' ? ['stdout', 'stderr'] : [view]
    const [first = [], second = [0]] = streams.map((stream) =>
      [false, true].map((isKnown) => this.#firstRowOf(view, stream, isKnown)),
    )
    return first.flatMap((row) => second.map((other) => Math.max(row, other)))
  }

  #firstRowOf(view: LogView, stream: LogStream, isBeginKnown: boolean): number {
    const covered = this.covered()
    const { first } = this.bytes[stream]
    if (first === 0) return 0
    const entry = this.entries.findIndex((other) => other[stream] >= first)
    const isKnown = isBeginKnown || this.entries.some((other) => other[stream] === first)
    const lost = linesOf(covered[stream]).filter(({ begin }) => begin < first || (begin === first && !isKnown)).length
    const rows = this.model(view)
    const lastLost = rows.findIndex((row) => row.kind === 'line' && row.stream === stream && row.line === lost - 1)
    return Math.max(modelRows(view, this.entries.slice(0, entry), covered).length, lastLost + 1)
  }

  #newEngine(): LogEngine {
    return new LogEngine({
      openBytes: (_key, stream) => this.bytes[stream],
      folderOf: () => this.folder,
      loadTimeline: async () => [...this.entries],
      onChange: (change) => this.changes.push(change),
      ...this.#options,
    })
  }
}
