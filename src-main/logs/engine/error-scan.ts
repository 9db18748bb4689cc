import { ANCHOR_BYTES, type Anchor } from '../../core/line-index.ts'
import { LEVEL_BYTES, levelOf, nextErrorHint } from '../../core/log-level.ts'
import { LogChangedError } from './counted-stream.ts'
import { type LineSource, wholeCharacters } from './read-lines.ts'

/** All lines of a stretch between two anchors begin within so many bytes, and their levels are within some more. */
const STRETCH_BYTES = ANCHOR_BYTES + LEVEL_BYTES

/** Looks for the nearest line that is an error, a stretch of at most 1024 lines at a time. */
export class ErrorScan {
  readonly #source: LineSource
  readonly #direction: 'next' | 'previous'
  /** The next line to be looked at; null at the end. */
  #position: number | null
  #found: number | null = null

  /** `line` is looked at first. */
  constructor(source: LineSource, line: number, direction: 'next' | 'previous') {
    this.#source = source
    this.#direction = direction
    this.#position = this.#within(line)
  }

  get position(): number | null {
    return this.#position
  }

  get found(): number | null {
    return this.#found
  }

  /** @throws LogChangedError */
  async step(): Promise<void> {
    if (this.#position === null) return
    const { index, cover, bytes } = this.#source
    const from = index.seek(this.#position)
    if (from === null) throw new LogChangedError()
    const next = index.anchorAfter(this.#position)
    const end = next === null || next.offset > cover.offset ? { offset: cover.offset, line: cover.begun } : next
    const buffer = Buffer.allocUnsafe(Math.min(end.offset - from.offset, STRETCH_BYTES))
    const read = await bytes.read(from.offset, buffer)
    if (read <= 0) throw new LogChangedError()
    this.#found = this.#errorIn(buffer.subarray(0, read), from, this.#position)
    if (this.#found !== null) this.#position = null
    else this.#position = this.#within(this.#direction === 'next' ? end.line : from.line - 1)
  }

  #errorIn(stretch: Buffer, from: Anchor, position: number): number | null {
    const isNext = this.#direction === 'next'
    const text = stretch.toString('latin1')
    // From the line to be looked at first, or up to it.
    const middle = placeOfLine(text, position - from.line + (isNext ? 0 : 1))
    const end = isNext ? text.length : middle
    let found: number | null = null
    for (let at = isNext ? middle : 0; at < end; ) {
      const hint = nextErrorHint(text, at)
      if (hint === -1 || hint >= end) break
      const begin = text.lastIndexOf('\n', hint) + 1
      const feed = text.indexOf('\n', hint)
      const stop = feed === -1 ? text.length : feed
      if (hint < begin + LEVEL_BYTES && isError(stretch.subarray(begin, Math.min(stop, begin + LEVEL_BYTES)))) {
        found = begin
        if (isNext) break
      }
      at = stop + 1
    }
    return found === null ? null : from.line + lineFeedsBefore(text, found)
  }

  #within(line: number): number | null {
    const { index, cover } = this.#source
    return line >= index.firstLine && line < cover.begun ? line : null
  }
}

function isError(head: Buffer): boolean {
  return levelOf(head.toString('utf8', 0, wholeCharacters(head))) === 'error'
}

/** Where the line with this 0-based number begins; the text's length if it has no such line. */
function placeOfLine(text: string, line: number): number {
  let at = 0
  for (let skipped = 0; skipped < line; skipped += 1) {
    const feed = text.indexOf('\n', at)
    if (feed === -1) return text.length
    at = feed + 1
  }
  return at
}

function lineFeedsBefore(text: string, place: number): number {
  let count = 0
  for (let feed = text.indexOf('\n'); feed !== -1 && feed < place; feed = text.indexOf('\n', feed + 1)) count += 1
  return count
}
