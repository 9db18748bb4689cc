import { ANCHOR_BYTES, type Anchor } from '../../core/line-index.ts'
import { LEVEL_BYTES, levelOf, mayBeError } from '../../core/log-level.ts'
import { LogChangedError } from './counted-stream.ts'
import { type LineSource, wholeCharacters } from './read-lines.ts'

const LINE_FEED = 0x0a
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
    this.#found = this.#errorIn(buffer.subarray(0, read), from, end.line, this.#position)
    if (this.#found !== null) this.#position = null
    else this.#position = this.#within(this.#direction === 'next' ? end.line : from.line - 1)
  }

  #errorIn(stretch: Buffer, from: Anchor, endLine: number, position: number): number | null {
    const isNext = this.#direction === 'next'
    const lastLine = isNext ? endLine - 1 : Math.min(position, endLine - 1)
    let found: number | null = null
    let at = 0
    for (let line = from.line; line <= lastLine && at < stretch.length; line += 1) {
      const feed = stretch.indexOf(LINE_FEED, at)
      const end = feed === -1 ? stretch.length : feed
      if ((!isNext || line >= position) && isError(stretch.subarray(at, Math.min(end, at + LEVEL_BYTES)))) {
        if (isNext) return line
        found = line
      }
      at = end + 1
    }
    return found
  }

  #within(line: number): number | null {
    const { index, cover } = this.#source
    return line >= index.firstLine && line < cover.begun ? line : null
  }
}

function isError(head: Buffer): boolean {
  return mayBeError(head.toString('latin1')) && levelOf(head.toString('utf8', 0, wholeCharacters(head))) === 'error'
}
