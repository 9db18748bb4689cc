import type { LogStream } from '../../core/log-row.ts'
import type { LogBytes } from '../store/log-bytes.ts'
import { countLineEnds, lineFinder, withoutLineEnd } from './find-lines.ts'
import { type ChunkRange, type ChunkSizes, lineChunks } from './line-chunks.ts'
import type { Matcher } from './matcher.ts'
import { shownBeginning, shownText } from './shown-text.ts'

/** A part of a stream that is to be searched. */
export interface SearchSpan {
  readonly stream: LogStream
  /** Where a line begins; or where another span of this search ended, also within a line. */
  readonly fromOffset: number
  /** Number of the line that `fromOffset` lies in. */
  readonly fromLine: number
  /** Excluded. May be within a line, which then counts as far as it goes. */
  readonly toOffset: number
}

/** What a scan tells while it goes on. */
export interface ScanListener {
  /** A line that matches. Within a span in order, and each line once. */
  found(line: number): void
  /** That much of the span has been searched. */
  reached(offset: number): void
  /** Carries out a few matches, or one, which may take for ever. */
  attempt<T>(match: () => T): T
  /** Called after each attempt; the scan waits for what it returns. */
  pause(): Promise<void> | null
}

/** A line of which only this much is searched, so that lines of any length need no more memory. */
export const MAX_SEARCHED_LINE_BYTES = 1024 * 1024

const SIZES: ChunkSizes = { readBytes: 1024 * 1024, lineBytes: MAX_SEARCHED_LINE_BYTES }

/** Where the furthest span ended. */
interface Tail {
  /** Number of the line that the span ended in, or that begins where it ended. */
  readonly line: number
  /** Where that line begins, or, if it needs not be searched again, any place within it. */
  readonly offset: number
  /** It is reported already, or too long for more of it to be searched. */
  readonly isDone: boolean
  /** As far as there were bytes. */
  readonly end: number
  /** As far as the span went. */
  readonly to: number
}

/** Searches a stream span by span, and what is printed afterwards. One span at a time. */
export class StreamScan {
  readonly #bytes: LogBytes
  readonly #matcher: Matcher
  readonly #listener: ScanListener
  readonly #sizes: ChunkSizes
  #tail: Tail | null = null

  constructor(bytes: LogBytes, matcher: Matcher, listener: ScanListener, sizes: ChunkSizes = SIZES) {
    this.#bytes = bytes
    this.#matcher = matcher
    this.#listener = listener
    this.#sizes = sizes
  }

  /**
   * Searches a span. If it goes on where the furthest one ended, that one's unfinished last line is searched as a whole,
   * unless it is reported already. (A line that matched only while it was unfinished stays reported.)
   *
   * @returns the rest of the span, if it was rotated away before it could be searched
   * @throws whatever reading throws, and `RangeError` for a pattern that needs more memory than the engine allows
   */
  async search(span: SearchSpan): Promise<SearchSpan | null> {
    const { line: firstLine, ...range } = this.#begin(span)
    const isFurthest = span.toOffset >= (this.#tail?.to ?? 0)
    let line = firstLine
    let { from: offset, isInside: isDone } = range
    let end = offset
    for await (const chunk of lineChunks(this.#bytes, range, this.#sizes)) {
      offset = chunk.offset
      end = offset
      switch (chunk.kind) {
        case 'lines':
          line = await this.#searchLines(chunk.bytes, line)
          offset += chunk.bytes.length
          end = offset
          break
        case 'beginning':
          this.#searchLine(shownBeginning(chunk.bytes), line)
          isDone = true
          end += chunk.bytes.length
          offset = end
          break
        case 'skipped':
          break
        case 'line-end':
          line += 1
          isDone = false
          break
        case 'open':
          isDone = this.#searchLine(shownText(chunk.bytes), line)
          end += chunk.bytes.length
          if (isDone) offset = end
          break
        case 'gone':
          // What is left may be asked for again: then not from the begin of an unfinished line that is gone.
          if (isFurthest) this.#tail = null
          this.#listener.reached(span.toOffset)
          return { ...span, fromOffset: Math.max(offset, span.fromOffset), fromLine: line }
      }
      this.#listener.reached(end)
      await this.#listener.pause()
    }
    this.#listener.reached(span.toOffset)
    if (isFurthest) this.#tail = { line, offset, isDone, end, to: span.toOffset }
    return null
  }

  /** Where to begin: at the span's begin, or at that of the line which the furthest span ended in. */
  #begin(span: SearchSpan): ChunkRange & { readonly line: number } {
    const tail = this.#tail
    const goesOn = tail !== null && tail.offset <= span.fromOffset && span.fromOffset <= tail.to
    return goesOn
      ? { line: tail.line, from: tail.offset, to: span.toOffset, isInside: tail.isDone }
      : { line: span.fromLine, from: span.fromOffset, to: span.toOffset, isInside: false }
  }

  /** @returns the number of the line after the last */
  async #searchLines(bytes: Buffer, firstLine: number): Promise<number> {
    if (!this.#matcher.canMatch(bytes)) return firstLine + countLineEnds(bytes)
    const next = lineFinder(shownText(bytes), this.#matcher, (index) => this.#listener.found(firstLine + index))
    while (this.#listener.attempt(next)) {
      const pause = this.#listener.pause()
      if (pause !== null) await pause
    }
    return firstLine + countLineEnds(bytes)
  }

  #searchLine(text: string, line: number): boolean {
    const shown = withoutLineEnd(text, 0, text.length)
    const matches = this.#listener.attempt(() => this.#matcher.matches(shown))
    if (matches) this.#listener.found(line)
    return matches
  }
}
