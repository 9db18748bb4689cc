/** Whoever waits longer than this does not mind a second more or less. */
const LONG_MS = 2_000
const GRID_MS = 1_000

/**
 * A pause of about `pauseMs` that ends on a whole second of the clock, as all others do: a process that wakes once for many
 * timers costs less than one that wakes for each. Short pauses stay as they are.
 *
 * @param now milliseconds since the epoch
 */
export function alignedPause(pauseMs: number, now: number): number {
  if (pauseMs < LONG_MS) return pauseMs
  const end = now + pauseMs
  return Math.round(end / GRID_MS) * GRID_MS - now
}
