/** The candidate a person most likely meant, or undefined if none is near: at most a third of the letters differ. */
export function nearest(name: string, candidates: readonly string[]): string | undefined {
  const lower = name.toLowerCase().replaceAll(/[-_ ]/g, '')
  let best: string | undefined
  let bestDistance = Math.max(1, Math.floor(name.length / 3)) + 1
  for (const candidate of candidates) {
    const distance = editDistance(lower, candidate.toLowerCase().replaceAll(/[-_ ]/g, ''))
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/** Letters to insert, remove, replace or swap with their neighbour; long texts, which are no misspelt key, are far away. */
function editDistance(a: string, b: string): number {
  if (a.length > 64 || b.length > 64) {
    return Number.POSITIVE_INFINITY
  }
  let beforePrevious: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i += 1) {
    const current = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? (beforePrevious[j - 2] ?? 0) + 1 : replaced
      current[j] = Math.min(replaced, swapped, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1)
    }
    beforePrevious = previous
    previous = current
  }
  return previous[b.length] ?? 0
}
