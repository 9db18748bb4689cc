/** Index of the first number in `sorted` that is not below `value`; its length if there is none. */
export function lowerBound(sorted: readonly number[], value: number): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] ?? value) < value) low = middle + 1
    else high = middle
  }
  return low
}

/** Both together, sorted and each number once. `sorted` is sorted already; `more` need not be. */
export function mergeSorted(sorted: readonly number[], more: readonly number[]): readonly number[] {
  if (more.length === 0) return sorted
  const added = [...new Set(more)].sort((a, b) => a - b)
  // The usual case: the search goes on where it was.
  if (sorted.length === 0 || (added[0] ?? 0) > (sorted.at(-1) ?? 0)) return sorted.concat(added)
  const merged: number[] = []
  let [left, right] = [0, 0]
  while (left < sorted.length || right < added.length) {
    const one = sorted[left] ?? Number.POSITIVE_INFINITY
    const other = added[right] ?? Number.POSITIVE_INFINITY
    merged.push(Math.min(one, other))
    if (one <= other) left += 1
    if (other <= one) right += 1
  }
  return merged
}

export type Direction = 'next' | 'previous'

/**
 * The match to go to from a row, around the end if need be; null if there is none.
 * @param isOn whether `row` is the match gone to last, and not just where the reader is
 */
export function matchFrom(sorted: readonly number[], row: number, direction: Direction, isOn: boolean): number | null {
  if (sorted.length === 0) return null
  if (direction === 'next') return sorted[lowerBound(sorted, isOn ? row + 1 : row)] ?? sorted[0] ?? null
  const index = lowerBound(sorted, row)
  return sorted[index - 1] ?? sorted.at(-1) ?? null
}

/**
 * Which pixels beside the scrollbar stand for a matching row, when the rows from `first` up to `end` are spread over so
 * many of them; 1 for those that do.
 */
export function markedPixels(sorted: readonly number[], first: number, end: number, pixels: number): Uint8Array {
  const marked = new Uint8Array(pixels)
  const perRow = pixels / Math.max(1, end - first)
  for (let index = lowerBound(sorted, first); index < sorted.length; index += 1) {
    const row = sorted[index] ?? end
    if (row >= end) break
    marked[Math.min(pixels - 1, Math.floor((row - first) * perRow))] = 1
  }
  return marked
}
