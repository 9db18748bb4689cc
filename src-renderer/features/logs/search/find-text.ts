import type { MatchRanges } from '../../../../src-preload/contract/log-view.ts'

export interface SearchQuery {
  readonly text: string
  readonly isPattern: boolean
  readonly matchCase: boolean
  readonly wholeWord: boolean
}

/** A row shows no more of them than can be seen. */
const MAX_RANGES = 500

const LETTER = '[\\p{L}\\p{N}_]'

/** Where a plain text lies in others, by the same rules as the search itself. Patterns are the search thread's business. */
export function plainFinder({ text, matchCase, wholeWord }: SearchQuery): (shown: string) => MatchRanges {
  const literal = text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
  const source = wholeWord ? `(?<!${LETTER})${literal}(?!${LETTER})` : literal
  const pattern = new RegExp(source, matchCase ? 'gu' : 'giu')
  return (shown) => {
    const ranges: [number, number][] = []
    for (const { 0: found, index } of shown.matchAll(pattern)) {
      ranges.push([index, index + found.length])
      if (ranges.length === MAX_RANGES) break
    }
    return ranges
  }
}
