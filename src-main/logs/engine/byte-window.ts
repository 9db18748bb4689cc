import type { LogBytes } from '../store/log-bytes.ts'
import { LogChangedError } from './counted-stream.ts'

const LINE_FEED = 0x0a

/** A piece of a stream in memory, moved along it. */
export class ByteWindow {
  readonly #bytes: LogBytes
  readonly #buffer: Buffer
  #start = 0
  #held: Buffer

  /** @param buffer where it is held */
  constructor(bytes: LogBytes, buffer: Buffer) {
    this.#bytes = bytes
    this.#buffer = buffer
    this.#held = this.#buffer.subarray(0, 0)
  }

  /** Offset after the last byte in it. */
  get end(): number {
    return this.#start + this.#held.length
  }

  has(from: number, to: number): boolean {
    return from >= this.#start && to <= this.end
  }

  /**
   * Moves it to `offset`; it then reaches up to `limit` at most.
   *
   * @throws LogChangedError
   */
  async moveTo(offset: number, limit: number): Promise<void> {
    const wanted = this.#buffer.subarray(0, Math.min(this.#buffer.length, limit - offset))
    this.#held = this.#buffer.subarray(0, 0)
    const read = await this.#bytes.read(offset, wanted)
    if (read <= 0) throw new LogChangedError()
    this.#start = offset
    this.#held = wanted.subarray(0, read)
  }

  /** Offset of the first line feed from `offset` on, which is not before the window; -1 if there is none in it. */
  lineFeedFrom(offset: number): number {
    const at = this.#held.indexOf(LINE_FEED, offset - this.#start)
    return at === -1 ? -1 : this.#start + at
  }

  /**
   * Moves on from `from`, where a line begins that is in the window or directly behind it, over up to `count` lines that end
   * in it.
   */
  skipLines(from: number, count: number): { readonly lines: number; readonly offset: number } {
    // Places in the buffer, which V8 holds as they are: of an offset behind the first gigabyte it makes an object.
    let at = from - this.#start
    let lines = 0
    for (; lines < count; lines += 1) {
      const feed = this.#held.indexOf(LINE_FEED, at)
      if (feed === -1) break
      at = feed + 1
    }
    return { lines, offset: this.#start + at }
  }

  /** The byte at an offset in the window. */
  byteAt(offset: number): number | undefined {
    return this.#held[offset - this.#start]
  }

  /** UTF-8, with U+FFFD for bytes that are none. */
  text(from: number, to: number): string {
    return this.#held.toString('utf8', from - this.#start, to - this.#start)
  }

  /** A view that holds until the window is moved. */
  slice(from: number, to: number): Buffer {
    return this.#held.subarray(from - this.#start, to - this.#start)
  }
}
