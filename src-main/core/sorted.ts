/**
 * First index in `[from, to)` for which `holds` is true; `to` if there is none. `holds` must be false up to some index and
 * true from there on.
 */
export function firstIndex(from: number, to: number, holds: (index: number) => boolean): number {
  let low = from
  let high = to
  while (low < high) {
    const middle = low + Math.floor((high - low) / 2)
    if (holds(middle)) high = middle
    else low = middle + 1
  }
  return low
}

/** First index whose value is `value` or more, in ascending numbers; their length if there is none. */
export function firstAtLeast(values: readonly number[], value: number): number {
  return firstIndex(0, values.length, (index) => (values[index] ?? 0) >= value)
}

/** First index whose value is more than `value`, in ascending numbers; their length if there is none. */
export function firstAbove(values: readonly number[], value: number): number {
  return firstIndex(0, values.length, (index) => (values[index] ?? 0) > value)
}
