import type { LogStream, LogView } from './log-row.ts'
import { firstAtLeast, firstIndex } from './sorted.ts'
import type { Timeline } from './timeline.ts'

/** What a row is: a line of a stream, or the mark of an entry. A line belongs to the first entry that covers it. */
export type RowItem =
  | { readonly kind: 'line'; readonly stream: LogStream; readonly line: number; readonly entry: number }
  | { readonly kind: 'mark'; readonly entry: number }

/** Rows that follow on each other: `count` lines of one stream and one entry, or a mark. */
export type RowRun =
  | {
      readonly kind: 'lines'
      readonly stream: LogStream
      readonly line: number
      readonly count: number
      readonly entry: number
    }
  | { readonly kind: 'mark'; readonly entry: number }

/** For each entry, how many lines of a stream begin before it. */
export type BegunCounts = Readonly<Partial<Record<LogStream, readonly number[]>>>

export function streamsOf(view: LogView): readonly LogStream[] {
  return view === 'merged' ? ['stdout', 'stderr'] : [view]
}

/**
 * The rows of a view (docs/logs.md, "Rows of a view"): entry by entry the new lines of stdout, those of stderr, the mark.
 * Everything is found by binary search over the entries.
 */
export class LogRows {
  readonly #timeline: Timeline
  readonly #begun: BegunCounts
  readonly #streams: readonly LogStream[]
  readonly #fromEntry: number
  #entries = 0

  /** `fromEntry`: rows begin with this entry. For the end of a log whose lines are not all counted yet. */
  constructor(timeline: Timeline, view: LogView, begun: BegunCounts, fromEntry = 0) {
    this.#timeline = timeline
    this.#begun = begun
    this.#streams = streamsOf(view)
    this.#fromEntry = fromEntry
    this.#entries = fromEntry
  }

  /** Takes in the entries that are counted in all streams of the view. */
  grow(): void {
    this.#entries = Math.max(
      this.#fromEntry,
      Math.min(this.#timeline.length, ...this.#streams.map((stream) => this.#begun[stream]?.length ?? 0)),
    )
  }

  get endRow(): number {
    return this.#rowsBefore(this.#entries)
  }

  /** Rows `from` up to `to`, as far as there are any. */
  items(from: number, to: number): RowItem[] {
    const items: RowItem[] = []
    for (const run of this.runs(from, to)) {
      if (run.kind === 'mark') items.push(run)
      else {
        const { stream, entry } = run
        for (let line = run.line; line < run.line + run.count; line += 1) {
          items.push({ kind: 'line', stream, line, entry })
        }
      }
    }
    return items
  }

  /** Rows `from` up to `to`, as far as there are any; what belongs together at once. */
  *runs(from: number, to: number): Generator<RowRun> {
    const end = Math.min(to, this.endRow)
    for (let row = Math.max(0, from); row < end; ) {
      const run = this.#runAt(row, end)
      yield run
      row += run.kind === 'mark' ? 1 : run.count
    }
  }

  /** Null if the view has no such line (yet). */
  rowOfLine(stream: LogStream, line: number): number | null {
    const begun = this.#begun[stream]
    if (begun === undefined || !this.#streams.includes(stream)) return null
    const entry = firstIndex(this.#fromEntry, this.#entries, (index) => (begun[index] ?? 0) > line)
    const inEntry = line - this.#begunBefore(stream, entry)
    if (entry >= this.#entries || inEntry < 0) return null
    return this.#startIn(entry, stream) + inEntry
  }

  /** Lines of the stream that are in rows before this one. */
  linesBefore(stream: LogStream, row: number): number {
    if (row >= this.endRow) return this.#begunBefore(stream, this.#entries)
    const entry = this.#entryOfRow(row)
    const inEntry = row - this.#startIn(entry, stream)
    return this.#begunBefore(stream, entry) + Math.max(0, Math.min(inEntry, this.#newLines(stream, entry)))
  }

  /** The first row that is not before `time`; null if there is none. */
  rowOfTime(time: number): number | null {
    const entry = Math.max(this.#fromEntry, this.#timeline.entryFrom(time))
    const row = entry >= this.#entries ? this.endRow : this.#rowsBefore(entry)
    return row < this.endRow ? row : null
  }

  /** The nearest mark at `row` or after it (or before it); null if there is none. */
  rowOfMark(row: number, direction: 'next' | 'previous'): number | null {
    const first = this.#timeline.marksBefore(this.#fromEntry)
    const end = this.#timeline.marksBefore(this.#entries)
    const rowOf = (mark: number) => this.#rowsBefore((this.#timeline.entryOfMark(mark) ?? 0) + 1) - 1
    const next = firstIndex(first, end, (mark) => rowOf(mark) >= row)
    if (direction === 'next') return next < end ? rowOf(next) : null
    if (next < end && rowOf(next) === row) return row
    return next > first ? rowOf(next - 1) : null
  }

  /**
   * The first row that shows nothing of what this stream has lost: of its bytes before `firstOffset`, with `firstLine` as
   * the first line that is left.
   */
  firstRowFrom(stream: LogStream, firstOffset: number, firstLine: number): number {
    if (firstOffset === 0) return 0
    // The entry at whose time the last lost byte was there.
    const entry = Math.max(this.#fromEntry, firstAtLeast(this.#timeline.offsets(stream), firstOffset))
    if (entry >= this.#entries) return this.endRow
    const lost = Math.min(firstLine - this.#begunBefore(stream, entry), this.#newLines(stream, entry))
    return lost <= 0 ? this.#rowsBefore(entry) : this.#startIn(entry, stream) + lost
  }

  #runAt(row: number, end: number): RowRun {
    const entry = this.#entryOfRow(row)
    for (const stream of this.#streams) {
      const inStream = row - this.#startIn(entry, stream)
      const left = this.#newLines(stream, entry) - inStream
      if (left <= 0) continue
      const line = this.#begunBefore(stream, entry) + inStream
      return { kind: 'lines', stream, line, count: Math.min(left, end - row), entry }
    }
    return { kind: 'mark', entry }
  }

  #entryOfRow(row: number): number {
    return firstIndex(this.#fromEntry, this.#entries, (entry) => this.#rowsBefore(entry + 1) > row)
  }

  /** Row of the first line of this stream that belongs to the entry, if it has any. */
  #startIn(entry: number, stream: LogStream): number {
    const before = this.#rowsBefore(entry)
    const isSecond = stream === 'stderr' && this.#streams.length > 1
    return isSecond ? before + this.#newLines('stdout', entry) : before
  }

  #rowsBefore(entry: number): number {
    if (entry <= this.#fromEntry) return 0
    let rows = this.#timeline.marksBefore(entry) - this.#timeline.marksBefore(this.#fromEntry)
    for (const stream of this.#streams) rows += this.#begun[stream]?.[entry - 1] ?? 0
    return rows
  }

  #newLines(stream: LogStream, entry: number): number {
    return (this.#begun[stream]?.[entry] ?? 0) - this.#begunBefore(stream, entry)
  }

  #begunBefore(stream: LogStream, entry: number): number {
    return entry <= this.#fromEntry ? 0 : (this.#begun[stream]?.[entry - 1] ?? 0)
  }
}

/** The end of a view, so many bytes long, cut where rows are cut: between two rows in the view's order. */
export interface ViewTail {
  readonly fromEntry: number
  /** Where each stream of the view begins. */
  readonly offsets: Readonly<Partial<Record<LogStream, number>>>
}

/** What of a stream can be shown. */
export interface StreamReach {
  readonly stream: LogStream
  readonly first: number
  readonly end: number
}

/** The tail of a view of these streams (stdout before stderr) that holds its last `size` bytes. */
export function tailOf(timeline: Timeline, reaches: readonly StreamReach[], size: number): ViewTail {
  const at = (reach: StreamReach, entry: number) =>
    Math.min(reach.end, Math.max(reach.first, timeline.offsets(reach.stream)[entry] ?? reach.first))
  const bytesFrom = (entry: number) => reaches.reduce((sum, reach) => sum + reach.end - at(reach, entry), 0)
  // The first entry from which on there is less than that; the cut is in what belongs to it.
  const fromEntry = firstIndex(0, Math.max(0, timeline.length - 1), (entry) => bytesFrom(entry) < size)
  let wanted = size - bytesFrom(fromEntry)
  const offsets: Partial<Record<LogStream, number>> = {}
  // What belongs to an entry is shown stdout first, so its end is stderr's.
  for (const reach of [...reaches].reverse()) {
    const end = at(reach, fromEntry)
    const begin = fromEntry === 0 ? reach.first : at(reach, fromEntry - 1)
    const taken = Math.max(0, Math.min(end - begin, wanted))
    offsets[reach.stream] = end - taken
    wanted -= taken
  }
  return { fromEntry, offsets }
}
