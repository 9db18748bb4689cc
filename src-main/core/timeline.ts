import type { LogStream } from './log-row.ts'
import { firstAtLeast } from './sorted.ts'
import type { RunMark, TimelineEntry } from './timeline-entry.ts'

/** What became of an entry: `gap` if some before it are missing, `conflict` if it contradicts what is known. */
export type Appended = 'added' | 'known' | 'gap' | 'conflict'

/** A service's entries in memory: arrays of numbers, since there may be 100 000 (docs/logs.md). */
export class Timeline {
  readonly #numbers: number[] = []
  readonly #times: number[] = []
  readonly #offsets: Record<LogStream, number[]> = { stdout: [], stderr: [] }
  readonly #untimed = new Set<number>()
  /** Indexes of entries that have a mark, and these marks. */
  readonly #markEntries: number[] = []
  readonly #marks: RunMark[] = []
  /** Marks in front of each entry. */
  readonly #marksBefore: number[] = []

  static of(entries: readonly TimelineEntry[]): Timeline {
    const timeline = new Timeline()
    for (const entry of entries) timeline.append(entry, true)
    return timeline
  }

  get length(): number {
    return this.#numbers.length
  }

  /** The newest entry's `n`, 0 if there is none. */
  get lastNumber(): number {
    return this.#numbers.at(-1) ?? 0
  }

  /** Adds the next entry; with `mayGap` also if others before it are missing. Only `added` changes anything. */
  append(entry: TimelineEntry, mayGap = false): Appended {
    if (entry.n <= this.lastNumber) return this.#isKnown(entry) ? 'known' : 'conflict'
    const isEarlier =
      entry.time < (this.#times.at(-1) ?? 0) ||
      entry.stdout < this.endOf('stdout') ||
      entry.stderr < this.endOf('stderr')
    if (isEarlier) return 'conflict'
    if (!mayGap && entry.n !== this.lastNumber + 1) return 'gap'
    this.#add(entry)
    return 'added'
  }

  /** The stream's length at each entry. */
  offsets(stream: LogStream): readonly number[] {
    return this.#offsets[stream]
  }

  /** The stream's length at the newest entry. */
  endOf(stream: LogStream): number {
    return this.#offsets[stream].at(-1) ?? 0
  }

  timeOf(entry: number): number {
    return this.#times[entry] ?? 0
  }

  /** What was printed before this entry and after the one before has no time. */
  isUntimed(entry: number): boolean {
    return this.#untimed.has(entry)
  }

  /** The first entry that is not before `time`; the number of entries if there is none. */
  entryFrom(time: number): number {
    return firstAtLeast(this.#times, time)
  }

  /** Marks of the entries in front of this one. */
  marksBefore(entry: number): number {
    return this.#marksBefore[entry] ?? this.#marks.length
  }

  markOf(entry: number): RunMark | null {
    const index = this.marksBefore(entry)
    return this.#markEntries[index] === entry ? (this.#marks[index] ?? null) : null
  }

  /** The entry of the mark with this 0-based number; undefined if there is none. */
  entryOfMark(mark: number): number | undefined {
    return this.#markEntries[mark]
  }

  #isKnown(entry: TimelineEntry): boolean {
    const index = firstAtLeast(this.#numbers, entry.n)
    // One before the oldest, or missing in the file, says nothing new.
    if (this.#numbers[index] !== entry.n) return true
    return (
      this.#times[index] === entry.time &&
      this.#offsets.stdout[index] === entry.stdout &&
      this.#offsets.stderr[index] === entry.stderr
    )
  }

  #add(entry: TimelineEntry): void {
    const index = this.length
    this.#marksBefore.push(this.#marks.length)
    this.#numbers.push(entry.n)
    this.#times.push(entry.time)
    this.#offsets.stdout.push(entry.stdout)
    this.#offsets.stderr.push(entry.stderr)
    if (entry.untimed === true) this.#untimed.add(index)
    if (entry.mark === undefined) return
    this.#markEntries.push(index)
    this.#marks.push(entry.mark)
  }
}
