import { type LineCounts, LineIndex } from '../../core/line-index.ts'
import { SpareBuffers } from '../spare-buffers.ts'
import type { LogBytes } from '../store/log-bytes.ts'

/** Nothing that was known of a log holds any longer: it was truncated, cleared, or rotated away under our eyes. */
export class LogChangedError extends Error {
  constructor() {
    super('The log was truncated, cleared or rotated away while it was read.')
    this.name = 'LogChangedError'
  }
}

/** How far a stream is shown. */
export interface Cover {
  readonly offset: number
  /** Lines that begin before it. */
  readonly begun: number
  readonly atLineStart: boolean
}

/** Counting takes about a quarter of a millisecond for so much, which is what a page waits for at most. */
const CHUNK_BYTES = 1024 * 1024
const spare = new SpareBuffers(CHUNK_BYTES)

/** The lines of a stream from some offset on, and how many of them begin before each entry of the timeline. */
export class CountedStream implements LineCounts {
  readonly index: LineIndex
  readonly offsets: readonly number[]
  readonly begun: number[]
  #cover: Cover

  /** `offsets` are the timeline's, and grow with it. `begun` holds what is known already. */
  constructor(index: LineIndex, offsets: readonly number[], begun: number[] = []) {
    this.index = index
    this.offsets = offsets
    this.begun = begun
    this.#cover = coverOf(index)
  }

  get cover(): Cover {
    return this.#cover
  }

  /**
   * Counts the next piece up to `target`.
   *
   * @returns whether there is more to count
   * @throws LogChangedError
   */
  async scan(bytes: LogBytes, target: number): Promise<boolean> {
    const from = this.index.scanned
    this.index.answer(this)
    if (from >= target) return false
    await spare.lend(async (buffer) => {
      const read = await bytes.read(from, buffer.subarray(0, target - from))
      if (read <= 0) throw new LogChangedError()
      // Somebody else may have counted the same piece meanwhile.
      if (this.index.scanned === from) this.index.extend(buffer.subarray(0, read), this)
    })
    return this.index.scanned < target
  }

  /** @throws LogChangedError */
  async scanAll(bytes: LogBytes, target: number): Promise<void> {
    let isMore = true
    while (isMore) isMore = await this.scan(bytes, target)
  }

  /** Shows what is counted. An entry that claims more bytes than there are gets what there is. */
  commit(): void {
    while (this.begun.length < this.offsets.length) this.begun.push(this.index.begun)
    this.#cover = coverOf(this.index)
  }
}

function coverOf(index: LineIndex): Cover {
  return { offset: index.scanned, begun: index.begun, atLineStart: index.atLineStart }
}

/** How many lines begin before `offset`, which the index has come to. */
export async function linesBegunBefore(bytes: LogBytes, index: LineIndex, offset: number): Promise<number> {
  const anchor = index.anchorBefore(offset - 1)
  if (anchor === null) return index.firstLine
  const counter = LineIndex.from(anchor.offset, true)
  await new CountedStream(counter, []).scanAll(bytes, offset)
  return anchor.line + counter.begun
}

/** Whether a line begins at `offset`, as far as bytes from `first` on can tell. */
export async function beginsLine(bytes: LogBytes, offset: number, first: number): Promise<boolean> {
  if (offset <= first) return true
  const before = Buffer.alloc(1)
  if ((await bytes.read(offset - 1, before)) !== 1) throw new LogChangedError()
  return before[0] === 0x0a
}
