/** Somebody looks: 20 times a second, the most often a change is announced. */
const WATCHED_MS = 50
/** It prints, and nobody looks: exact enough for times, and a flood does not get far beyond a file's limit. */
const BUSY_MS = 200
/** It is quiet, and the system cannot say. */
const QUIET_MS = 2_000

export interface Activity {
  readonly isWatched: boolean
  readonly hasGrown: boolean
  /** How long the system can be trusted to call when something is written; null if it does not. */
  readonly trustMs: number | null
}

/** How long until a service's streams are looked at again, in milliseconds. */
export function paceOf({ isWatched, hasGrown, trustMs }: Activity): number {
  if (isWatched) return WATCHED_MS
  if (hasGrown) return BUSY_MS
  return trustMs ?? QUIET_MS
}
