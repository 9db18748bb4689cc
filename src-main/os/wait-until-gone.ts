import { setTimeout as delay } from 'node:timers/promises'
import { systemErrorCode } from './process-error.ts'

/** Between two looks at the whole table, which takes milliseconds: the first pause. */
export const LOOK_MIN_MS = 10
const LOOK_MAX_MS = 320
/** Between two glances at single pids, which take a system call each. */
const GLANCE_MIN_MS = 1
const GLANCE_MAX_MS = 5

/** The pause after the next look at the table. */
export const nextPause = (pause: number): number => Math.min(pause * 4, LOOK_MAX_MS)

/** A hint only: a zombie counts as being there, and so does another process of this pid. */
function seemsGone(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return systemErrorCode(error) === 'ESRCH'
  }
}

/** Waits until none of these seems to be there, or until that time; the end of a process is noticed within milliseconds. */
export async function waitUntilGone(
  entries: readonly { readonly pid: number }[],
  deadline: number,
  hurry?: AbortSignal,
): Promise<void> {
  let left = deadline - Date.now()
  for (let pause = GLANCE_MIN_MS; left > 0 && hurry?.aborted !== true; pause = Math.min(pause * 2, GLANCE_MAX_MS)) {
    await delay(Math.min(pause, left))
    if (entries.every((entry) => seemsGone(entry.pid))) return
    left = deadline - Date.now()
  }
}
