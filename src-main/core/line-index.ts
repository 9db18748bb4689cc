import { firstAbove } from './sorted.ts'

/** A line is found by reading at most this many lines from an anchor on, ... */
export const ANCHOR_LINES = 1024
/** ... all of which begin within so many bytes after it: what lies behind a line longer than that is an anchor. */
export const ANCHOR_BYTES = 512 * 1024

const LINE_FEED = 0x0a

/** Where a line begins. */
export interface Anchor {
  readonly offset: number
  readonly line: number
}

export interface LineIndexState {
  /** Bytes before it are unknown. */
  readonly base: number
  /** Number of the first line that begins at `base` or after it. */
  readonly baseLine: number
  /** Bytes before it have been looked at. */
  readonly scanned: number
  /** One more than the number of the last line that begins before `scanned`. */
  readonly begun: number
  /** The next byte, whenever it comes, begins a line. */
  readonly atLineStart: boolean
  /** In ascending order; the first is the first line that begins at or after the base. */
  readonly anchorOffsets: readonly number[]
  readonly anchorLines: readonly number[]
}

/** How many lines begin before each of some offsets: one answer per offset, in their order. */
export interface LineCounts {
  /** Ascending; may grow at its end. */
  readonly offsets: readonly number[]
  /** For as many of the offsets as the index has come to. */
  readonly begun: number[]
}

/**
 * A sparse index over a growing text, in offsets and line numbers that count from the text's first byte (docs/logs.md).
 * Ten million lines of 100 bytes cost 160 KB.
 */
export class LineIndex {
  #base: number
  #baseLine: number
  #scanned: number
  #begun: number
  #atLineStart: boolean
  #offsets: number[]
  #lines: number[]

  constructor(state: LineIndexState) {
    this.#base = state.base
    this.#baseLine = state.baseLine
    this.#scanned = state.scanned
    this.#begun = state.begun
    this.#atLineStart = state.atLineStart
    this.#offsets = [...state.anchorOffsets]
    this.#lines = [...state.anchorLines]
  }

  /** Knows nothing yet: counting begins at `offset`, with the number 0 for the first line that begins there or after it. */
  static from(offset: number, atLineStart: boolean): LineIndex {
    return new LineIndex({
      base: offset,
      baseLine: 0,
      scanned: offset,
      begun: 0,
      atLineStart,
      anchorOffsets: [],
      anchorLines: [],
    })
  }

  get base(): number {
    return this.#base
  }

  get scanned(): number {
    return this.#scanned
  }

  get begun(): number {
    return this.#begun
  }

  get atLineStart(): boolean {
    return this.#atLineStart
  }

  /** The first line whose beginning is known; it may only begin in future. */
  get firstLine(): number {
    return this.#lines[0] ?? this.#begun
  }

  /** Where the first line begins; where the scan is if there is none. */
  get firstOffset(): number {
    return this.#offsets[0] ?? this.#scanned
  }

  /** A view of what is known, for saving; it changes when the index does. */
  get state(): LineIndexState {
    return {
      base: this.#base,
      baseLine: this.#baseLine,
      scanned: this.#scanned,
      begun: this.#begun,
      atLineStart: this.#atLineStart,
      anchorOffsets: this.#offsets,
      anchorLines: this.#lines,
    }
  }

  /** Takes in `chunk`, which follows directly on what was scanned, and answers those of `counts` that it comes to. */
  extend(chunk: Uint8Array, counts?: LineCounts): void {
    if (counts !== undefined) this.answer(counts)
    if (chunk.length === 0) return
    const start = this.#scanned
    const last = chunk.length - 1
    if (this.#atLineStart) this.#begin(start)
    // Buffer's indexOf is several times faster than a loop over bytes.
    let feed = chunk.indexOf(LINE_FEED)
    for (;;) {
      const wanted = counts?.offsets[counts.begun.length] ?? Number.POSITIVE_INFINITY
      // The line after a line feed begins one byte later, and counts for what is wanted only if that is before it.
      const limit = Math.min(wanted - start - 1, last)
      while (feed !== -1 && feed < limit) {
        this.#begin(start + feed + 1)
        feed = chunk.indexOf(LINE_FEED, feed + 1)
      }
      if (counts === undefined || wanted > start + chunk.length) break
      counts.begun.push(this.#begun)
    }
    // What is left is at most a line feed at the very end: its line begins with the next byte.
    this.#atLineStart = feed !== -1
    this.#scanned = start + chunk.length
  }

  /** Answers those of `counts` that lie in front of what is scanned, or before the base. */
  answer(counts: LineCounts): void {
    for (;;) {
      const wanted = counts.offsets[counts.begun.length]
      if (wanted === undefined || wanted > this.#scanned) return
      counts.begun.push(wanted <= this.#base ? this.#baseLine : this.#begun)
    }
  }

  /** The last anchor that is not after `line`: where to begin reading to find it. Null if the line is before the first. */
  seek(line: number): Anchor | null {
    return this.#anchor(firstAbove(this.#lines, line) - 1)
  }

  /** The first anchor after `line`. */
  anchorAfter(line: number): Anchor | null {
    return this.#anchor(firstAbove(this.#lines, line))
  }

  /** The last anchor that is not after `offset`. */
  anchorBefore(offset: number): Anchor | null {
    return this.#anchor(firstAbove(this.#offsets, offset) - 1)
  }

  /** The first anchor at `offset` or after it. */
  anchorFrom(offset: number): Anchor | null {
    return this.#anchor(firstAbove(this.#offsets, offset - 1))
  }

  /** Forgets what is before `base`. `first` is the first line from there on; null if none begins there yet. */
  trim(base: number, first: Anchor | null): void {
    const keep = firstAbove(this.#offsets, first === null ? this.#scanned : first.offset)
    this.#offsets = this.#offsets.slice(keep)
    this.#lines = this.#lines.slice(keep)
    if (first !== null) {
      this.#offsets.unshift(first.offset)
      this.#lines.unshift(first.line)
    }
    this.#base = base
    this.#baseLine = first === null ? this.#begun : first.line
  }

  #begin(offset: number): void {
    const count = this.#lines.length
    if (
      count === 0 ||
      this.#begun - (this.#lines[count - 1] ?? 0) >= ANCHOR_LINES ||
      offset - (this.#offsets[count - 1] ?? 0) >= ANCHOR_BYTES
    ) {
      this.#offsets.push(offset)
      this.#lines.push(this.#begun)
    }
    this.#begun += 1
  }

  #anchor(index: number): Anchor | null {
    const offset = this.#offsets[index]
    const line = this.#lines[index]
    return offset === undefined || line === undefined ? null : { offset, line }
  }
}
