import type { LineIndex } from '../../core/line-index.ts'
import { SpareBuffers } from '../spare-buffers.ts'
import type { LogBytes } from '../store/log-bytes.ts'
import { ByteWindow } from './byte-window.ts'
import { type Cover, LogChangedError } from './counted-stream.ts'

/** What is shown of one line; the rest is on disk. */
export const MAX_LINE_BYTES = 16 * 1024
const RETURN = 0x0d
const WINDOW_BYTES = 128 * 1024
const spare = new SpareBuffers(WINDOW_BYTES)

/** Lines of a stream, where to find them, and how far they are shown. */
export interface LineSource {
  readonly bytes: LogBytes
  readonly index: LineIndex
  readonly cover: Cover
}

export interface LineText {
  readonly text: string
  readonly cutFromBytes: number | null
}

/**
 * The texts of lines, given in ascending order. A line of any length costs what is shown of it: where it ends is known
 * from the index if that is far away.
 *
 * @throws LogChangedError if one is not there any longer
 */
export async function readLines(source: LineSource, lines: readonly number[]): Promise<Map<number, LineText>> {
  const found = new Map<number, LineText>()
  if (lines.length === 0) return found
  await spare.lend(async (buffer) => {
    const reader = new LineReader(source, buffer)
    // Waiting for each line would cost many times what reading it does.
    for (const line of lines) found.set(line, reader.readHeld(line) ?? (await reader.read(line)))
  })
  return found
}

class LineReader {
  readonly #source: LineSource
  readonly #window: ByteWindow
  /** A line and where it begins. */
  #line = -1
  #offset = 0

  constructor(source: LineSource, buffer: Buffer) {
    this.#source = source
    this.#window = new ByteWindow(source.bytes, buffer)
  }

  /** A line that ends in what was read for the lines before it; null for any other. */
  readHeld(line: number): LineText | null {
    if (!this.#skipHeld(line)) return null
    const feed = this.#window.lineFeedFrom(this.#offset)
    return feed === -1 ? null : this.#take(feed)
  }

  async read(line: number): Promise<LineText> {
    await this.#goTo(line)
    const from = this.#offset
    const end = await this.#lineEnd()
    const to = Math.min(end, from + MAX_LINE_BYTES)
    if (to > from && !this.#window.has(from, to)) await this.#window.moveTo(from, to)
    return this.#take(end)
  }

  async #goTo(line: number): Promise<void> {
    const anchor = this.#line === line ? null : this.#source.index.seek(line)
    if (anchor === null && this.#line !== line) throw new LogChangedError()
    if (anchor !== null && (this.#line < anchor.line || this.#line > line)) {
      this.#line = anchor.line
      this.#offset = anchor.offset
    }
    while (!this.#skipHeld(line)) {
      this.#offset = (await this.#lineEnd()) + 1
      this.#line += 1
    }
  }

  /** Moves on over lines that end in the window. @returns whether that leads to `line` */
  #skipHeld(line: number): boolean {
    if (this.#line < line && this.#window.has(this.#offset, this.#offset)) {
      const { lines, offset } = this.#window.skipLines(this.#offset, line - this.#line)
      this.#line += lines
      this.#offset = offset
    }
    return this.#line === line
  }

  /** The line here, which ends at `end` and of which the window holds what is shown; goes on to the next. */
  #take(end: number): LineText {
    const from = this.#offset
    const length = end - from
    this.#line += 1
    this.#offset = end + 1
    if (length > MAX_LINE_BYTES) {
      const shown = this.#window.slice(from, from + MAX_LINE_BYTES)
      return { text: this.#window.text(from, from + wholeCharacters(shown)), cutFromBytes: length }
    }
    if (length <= 0) return { text: '', cutFromBytes: null }
    const hasReturn = this.#window.byteAt(end - 1) === RETURN
    return { text: this.#window.text(from, hasReturn ? end - 1 : end), cutFromBytes: null }
  }

  /** Where the line ends that begins at `#offset`: its line feed, or the end of what is shown. */
  async #lineEnd(): Promise<number> {
    const { offset: limit } = this.#source.cover
    let at = this.#offset
    while (at < limit) {
      if (!this.#window.has(at, at + 1)) {
        const known = at > this.#offset ? this.#knownEnd() : null
        if (known !== null) return known
        await this.#window.moveTo(at, limit)
      }
      const feed = this.#window.lineFeedFrom(at)
      if (feed !== -1) return Math.min(feed, limit)
      at = this.#window.end
    }
    return limit
  }

  #knownEnd(): number | null {
    const { index, cover } = this.#source
    const next = index.anchorAfter(this.#line)
    if (next?.line === this.#line + 1) return Math.min(next.offset - 1, cover.offset)
    if (this.#line === cover.begun - 1) return cover.atLineStart ? cover.offset - 1 : cover.offset
    return null
  }
}

/** How much of a cut line is whole characters. */
export function wholeCharacters(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0
    if (byte >= 0x80 && byte < 0xc0) continue
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1
    return length > back ? bytes.length - back : bytes.length
  }
  return bytes.length
}
