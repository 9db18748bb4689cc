import { useMemo, useReducer } from 'react'
import type { MatchRanges } from '../../../../src-preload/contract/log-view.ts'
import { plainFinder } from './find-text.ts'
import type { LogSearch, SearchState } from './log-search.ts'
import { PatternRanges } from './pattern-ranges.ts'

const NONE: MatchRanges = []

export interface MatchFinder {
  /** Where matches lie in a shown text, as far as it is known. */
  readonly of: (text: string) => MatchRanges
  /** Told which texts are on screen. */
  readonly want: (texts: readonly string[]) => void
}

/** Finds a search's matches in what is drawn: a plain text right here, a pattern by asking. */
export function useMatchRanges(search: LogSearch, { query, progress }: SearchState): MatchFinder {
  const [, drawAgain] = useReducer((count: number) => count + 1, 0)
  // A pattern can be asked about once its search has begun.
  const hasBegun = progress > 0
  return useMemo<MatchFinder>(() => {
    if (query === null) return { of: () => NONE, want: () => undefined }
    if (!query.isPattern) return { of: plainFinder(query), want: () => undefined }
    const patterns = new PatternRanges((texts) => search.ranges(texts), drawAgain)
    return { of: (text) => patterns.of(text), want: (texts) => hasBegun && patterns.want(texts) }
  }, [search, query, hasBegun])
}
