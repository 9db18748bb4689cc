/** Somebody looks: 20 times a second, the most often a change is announced. */
const WATCHED_MS = 50
/** It prints, and nobody looks: exact enough for times, and a flood does not get far beyond a file's limit. */
const BUSY_MS = 200
/** It is quiet, and the system would say if it were not: a net for what file watching misses, as on network mounts. */
const WAITING_MS = 30_000
/** It is quiet, and the system cannot say. */
const QUIET_MS = 2_000

export interface Activity {
  readonly isWatched: boolean
  readonly hasGrown: boolean
  /** Whether the system calls when something is written. */
  readonly isWaiting: boolean
}

/** How long until a service's streams are looked at again, in milliseconds. */
export function paceOf({ isWatched, hasGrown, isWaiting }: Activity): number {
  if (isWatched) return WATCHED_MS
  if (hasGrown) return BUSY_MS
  return isWaiting ? WAITING_MS : QUIET_MS
}
