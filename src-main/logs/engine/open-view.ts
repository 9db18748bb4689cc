import { LineIndex } from '../../core/line-index.ts'
import type { LogExtent, LogStream, LogView } from '../../core/log-row.ts'
import { LogRows, tailOf } from '../../core/log-rows.ts'
import type { Timeline } from '../../core/timeline.ts'
import { beginsLine, CountedStream, linesBegunBefore } from './counted-stream.ts'
import type { LineSource } from './read-lines.ts'
import type { StreamLog } from './stream-log.ts'

export interface ViewPart extends LineSource {
  readonly stream: LogStream
  readonly log: StreamLog
  readonly counted: CountedStream
}

/** A view that somebody looks at: its rows under one epoch. Either all of them, or for the time being the last. */
export class OpenView {
  readonly view: LogView
  readonly epoch: number
  readonly timeline: Timeline
  readonly parts: readonly ViewPart[]
  readonly rows: LogRows
  /** Rows are of the end only. */
  readonly isTail: boolean
  readonly #fromEntry: number
  #moved: LogExtent['moved'] = null

  private constructor(
    view: LogView,
    epoch: number,
    timeline: Timeline,
    parts: readonly ViewPart[],
    tail: { readonly fromEntry: number } | null,
  ) {
    this.view = view
    this.epoch = epoch
    this.timeline = timeline
    this.parts = parts
    this.isTail = tail !== null
    this.#fromEntry = tail?.fromEntry ?? 0
    const begun = Object.fromEntries(parts.map(({ stream, counted }) => [stream, counted.begun]))
    this.rows = new LogRows(timeline, view, begun, this.#fromEntry)
    this.commit()
  }

  /** The whole log. Its streams must have been caught up with. */
  static ofAll(view: LogView, epoch: number, timeline: Timeline, logs: readonly StreamLog[]): OpenView {
    const parts = logs.map((log) => partOf(log, log.all))
    return new OpenView(view, epoch, timeline, parts, null)
  }

  /**
   * The end of the log: about its last `bytes`.
   *
   * @throws LogChangedError
   */
  static async ofTail(
    view: LogView,
    epoch: number,
    timeline: Timeline,
    logs: readonly StreamLog[],
    bytes: number,
  ): Promise<OpenView> {
    const reaches = logs.map((log) => ({ stream: log.stream, first: log.extent.first, end: log.target }))
    for (let size = bytes; ; size *= 8) {
      const tail = tailOf(timeline, reaches, size)
      const parts: ViewPart[] = []
      for (const log of logs) {
        const { first } = log.extent
        const offset = tail.offsets[log.stream] ?? first
        const index = LineIndex.from(offset, await beginsLine(log.bytes, offset, first))
        const counted = new CountedStream(index, timeline.offsets(log.stream))
        await counted.scanAll(log.bytes, log.target)
        parts.push(partOf(log, counted))
      }
      const isEmpty = parts.every(({ counted }) => counted.index.begun === 0)
      const isWhole = parts.every(({ counted, log }) => counted.index.base <= log.extent.first)
      // One endless line at the end: what begins before it is shown too.
      if (!isEmpty || isWhole) return new OpenView(view, epoch, timeline, parts, tail)
    }
  }

  get streams(): readonly LogStream[] {
    return this.parts.map(({ stream }) => stream)
  }

  get firstRow(): number {
    if (this.isTail) return 0
    const firsts = this.parts.map(({ stream, index }) => this.rows.firstRowFrom(stream, index.base, index.firstLine))
    return Math.min(this.rows.endRow, Math.max(0, ...firsts))
  }

  get extent(): LogExtent {
    const { parts, epoch, firstRow, rows } = this
    const sizeBytes = sum(parts, ({ cover, log }) => Math.max(0, cover.offset - log.extent.first))
    return { epoch, firstRow, endRow: rows.endRow, sizeBytes, counting: this.#countedShare(), moved: this.#moved }
  }

  part(stream: LogStream): ViewPart | undefined {
    return this.parts.find((part) => part.stream === stream)
  }

  /** Shows what is counted by now: up to the newest entry in all streams at once. */
  commit(): void {
    for (const { counted } of this.parts) counted.commit()
    this.rows.grow()
  }

  /** Takes the place of a tail, whose rows are among these. */
  async replace(tail: OpenView): Promise<void> {
    const shift = await tail.#shiftTo(this)
    if (shift !== null) this.#moved = { fromEpoch: tail.epoch, shift }
  }

  /** What a row of this tail has to be shifted by to be the same in `whole`; null if there is no such number. */
  async #shiftTo(whole: OpenView): Promise<number | null> {
    const marks = this.timeline.marksBefore(this.#fromEntry)
    const before = new Map<LogStream, number>()
    for (const { stream, bytes, counted } of whole.parts) {
      const base = this.part(stream)?.index.base ?? 0
      before.set(stream, await linesBegunBefore(bytes, counted.index, base))
    }
    const shift = marks + sum([...before.values()], (lines) => lines)
    return this.#isShift(whole, before, shift) ? shift : null
  }

  /** Whether it holds for the first and the last line of each stream. */
  #isShift(whole: OpenView, before: ReadonlyMap<LogStream, number>, shift: number): boolean {
    return this.parts.every(({ stream, cover }) =>
      [0, cover.begun - 1].every((line) => {
        const row = this.rows.rowOfLine(stream, line)
        return row === null || row + shift === whole.rows.rowOfLine(stream, line + (before.get(stream) ?? 0))
      }),
    )
  }

  #countedShare(): number | null {
    if (!this.isTail) return null
    const total = sum(this.parts, ({ log }) => log.target - log.extent.first)
    const remaining = sum(this.parts, ({ log }) => log.remaining)
    return total <= 0 ? 1 : Math.max(0, 1 - remaining / total)
  }
}

function partOf(log: StreamLog, counted: CountedStream): ViewPart {
  return {
    stream: log.stream,
    log,
    counted,
    bytes: log.bytes,
    index: counted.index,
    get cover() {
      return counted.cover
    },
  }
}

function sum<T>(values: readonly T[], of: (value: T) => number): number {
  return values.reduce((total, value) => total + of(value), 0)
}
