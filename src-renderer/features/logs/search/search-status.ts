import { formatCount } from '../../../ui/format.ts'
import type { SearchState } from './log-search.ts'

/** What the search bar says: `12 of 340`, `searching 43 %, 12 found`, `100,000+ found`, `no match`, or what is wrong. */
export function searchStatus(state: SearchState, ordinal: number | null): string {
  const { query, rows, count, progress, isCapped, problem } = state
  if (query === null) return ''
  if (problem !== null) return problem
  const total = isCapped ? `${formatCount(rows.length)}+` : formatCount(count)
  if (progress < 1) {
    const share = `searching ${Math.floor(progress * 100)} %`
    return count === 0 ? share : `${ordinal === null ? total : `${formatCount(ordinal)} of ${total}`}, ${share}`
  }
  if (count === 0) return 'no match'
  if (ordinal !== null) return `${formatCount(ordinal)} of ${total}`
  return `${total} ${count === 1 ? 'row' : 'rows'}`
}
