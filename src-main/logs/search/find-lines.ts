import type { Matcher } from './matcher.ts'

/** Lines tried in one step: few enough that slow patterns still show signs of life, many enough to cost nothing. */
const STEP_LINES = 64

/**
 * Looks for a pattern in lines, step by step.
 *
 * @param text lines with a line end each
 * @param found called with the index of each line that matches, in order
 * @returns what does the next step, and tells whether that was not the last
 */
export function lineFinder(text: string, matcher: Matcher, found: (index: number) => void): () => boolean {
  const { literal } = matcher
  return literal === null ? byLine(text, matcher, found) : () => allAtOnce(text, literal, found)
}

function byLine(text: string, matcher: Matcher, found: (index: number) => void): () => boolean {
  let at = 0
  let index = 0
  return () => {
    for (const last = index + STEP_LINES; index < last; index++) {
      const end = text.indexOf('\n', at)
      if (end === -1) return false
      if (matcher.matches(withoutLineEnd(text, at, end))) found(index)
      at = end + 1
    }
    return true
  }
}

function allAtOnce(text: string, literal: RegExp, found: (index: number) => void): false {
  let at = 0
  let index = 0
  literal.lastIndex = 0
  while (literal.test(text)) {
    const matchEnd = literal.lastIndex
    let end = text.indexOf('\n', at)
    for (; end < matchEnd; end = text.indexOf('\n', end + 1)) index += 1
    found(index)
    index += 1
    at = end + 1
    literal.lastIndex = at
  }
  return false
}

/** A line without the carriage returns at its end. */
export function withoutLineEnd(text: string, begin: number, end: number): string {
  let last = end
  while (last > begin && text.charCodeAt(last - 1) === 0x0d) last -= 1
  return text.slice(begin, last)
}

const LINE_FEED = 0x0a

export function countLineEnds(bytes: Buffer): number {
  let count = 0
  for (let at = bytes.indexOf(LINE_FEED); at !== -1; at = bytes.indexOf(LINE_FEED, at + 1)) count += 1
  return count
}
