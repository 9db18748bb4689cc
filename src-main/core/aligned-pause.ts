/** Whoever waits that long does not mind that much more or less, once: afterwards all are in step. */
const GRIDS = [
  { fromMs: 30_000, gridMs: 30_000 },
  { fromMs: 10_000, gridMs: 10_000 },
  { fromMs: 5_000, gridMs: 5_000 },
  { fromMs: 2_000, gridMs: 1_000 },
] as const

/**
 * A pause of about `pauseMs` that ends when those of all others do: a process that wakes once for many timers costs less
 * than one that wakes for each. Short pauses stay as they are.
 *
 * @param now milliseconds since the epoch
 */
export function alignedPause(pauseMs: number, now: number): number {
  const grid = GRIDS.find(({ fromMs }) => pauseMs >= fromMs)
  if (grid === undefined) return pauseMs
  return Math.round((now + pauseMs) / grid.gridMs) * grid.gridMs - now
}
