import { withoutControlSequences } from '../../core/log-level.ts'
import { ByteWindow } from './byte-window.ts'
import { LogChangedError } from './counted-stream.ts'
import type { LineSource } from './read-lines.ts'

const WINDOW_BYTES = 256 * 1024
const ESC = 0x1b
const RETURN = 0x0d
const LINE_FEED = Buffer.from('\n')
/** A control sequence that is torn by the end of a piece is not longer than this. */
const MAX_SEQUENCE_BYTES = 4096

interface Output {
  /** The bytes may be reused afterwards. */
  write(bytes: Buffer): Promise<void>
}

/** Copies lines of a stream as text, whole, in memory that does not depend on their length. */
export class LineCopier {
  readonly #source: LineSource
  readonly #window: ByteWindow
  /** Where line `#line` begins. */
  #line = -1
  #offset = 0

  constructor(source: LineSource) {
    this.#source = source
    this.#window = new ByteWindow(source.bytes, Buffer.allocUnsafe(WINDOW_BYTES))
  }

  /**
   * Copies `count` lines from `line` on, each with `prefix` in front.
   *
   * @throws LogChangedError
   */
  async copy(line: number, count: number, prefix: string, output: Output): Promise<void> {
    await this.#goTo(line)
    const end = line + count
    while (this.#line < end) {
      if (!this.#window.has(this.#offset, this.#offset + 1)) await this.#move(this.#offset)
      const from = this.#offset
      const block = this.#takeLines(end - this.#line)
      if (block === null) await this.#copyLongLine(from, prefix, output)
      else await output.write(cleaned(block, prefix))
    }
  }

  async #goTo(line: number): Promise<void> {
    if (this.#line === line) return
    const anchor = this.#source.index.seek(line)
    if (anchor === null) throw new LogChangedError()
    if (this.#line < anchor.line || this.#line > line) {
      this.#line = anchor.line
      this.#offset = anchor.offset
    }
    while (this.#line < line) {
      if (!this.#window.has(this.#offset, this.#offset + 1)) await this.#move(this.#offset)
      if (this.#takeLines(line - this.#line) === null) await this.#skipLongLine()
    }
  }

  async #move(offset: number): Promise<void> {
    const { cover } = this.#source
    if (offset >= cover.offset) throw new LogChangedError()
    await this.#window.moveTo(offset, cover.offset)
  }

  /** Moves on over up to `count` lines that end within the window; null if none does. */
  #takeLines(count: number): Buffer | null {
    const from = this.#offset
    const { lines, offset } = this.#window.skipLines(from, count)
    this.#line += lines
    this.#offset = offset
    return lines === 0 ? null : this.#window.slice(from, offset)
  }

  async #skipLongLine(): Promise<void> {
    for (let at = this.#window.end; ; at = this.#window.end) {
      await this.#move(at)
      const feed = this.#window.lineFeedFrom(at)
      if (feed === -1) continue
      this.#line += 1
      this.#offset = feed + 1
      return
    }
  }

  /** A line that goes on behind the window, or the last, which nothing ends. */
  async #copyLongLine(from: number, prefix: string, output: Output): Promise<void> {
    const limit = this.#source.cover.offset
    await output.write(Buffer.from(prefix))
    for (let at = from; ; ) {
      if (at < limit) await this.#move(at)
      const feed = at < limit ? this.#window.lineFeedFrom(at) : -1
      const isLast = feed !== -1 || at >= limit || this.#window.end >= limit
      const end = feed === -1 ? Math.min(limit, this.#window.end) : feed
      const piece = at < limit ? this.#window.slice(at, end) : LINE_FEED.subarray(0, 0)
      const kept = isLast ? piece : piece.subarray(0, wholeSequences(piece))
      const text = cleaned(kept, '')
      await output.write(isLast && text.at(-1) === RETURN ? text.subarray(0, -1) : text)
      at += kept.length
      if (!isLast) continue
      await output.write(LINE_FEED)
      this.#line += 1
      this.#offset = feed === -1 ? limit : feed + 1
      return
    }
  }
}

/** Length of a piece without what may go on in the next: a control sequence, or a CR. */
function wholeSequences(piece: Buffer): number {
  const sequence = piece.lastIndexOf(ESC)
  const end = sequence > 0 && piece.length - sequence < MAX_SEQUENCE_BYTES ? sequence : piece.length
  return piece[end - 1] === RETURN && end > 1 ? end - 1 : end
}

/** Without control sequences and CRs in front of line feeds. Latin-1 keeps every byte as it is. */
function cleaned(bytes: Buffer, prefix: string): Buffer {
  const hasEscape = bytes.includes(ESC)
  const hasReturn = bytes.includes('\r\n')
  if (!hasEscape && !hasReturn && prefix === '') return bytes
  let text = bytes.toString('latin1')
  if (hasEscape) text = withoutControlSequences(text)
  // Not only if there was one before: what stood between them may be gone.
  text = text.replaceAll('\r\n', '\n')
  // It ends with a line feed, after which no line begins.
  if (prefix !== '') text = `${prefix}${text.slice(0, -1).replaceAll('\n', `\n${prefix}`)}\n`
  return Buffer.from(text, 'latin1')
}
