import { NotNowError, type Quiesce } from '../logs/store/rotate-stream.ts'
import type { PausedTree } from '../os/pause.ts'
import { pauseTree } from '../os/pause-tree.ts'
import { ProcessError } from '../os/process-error.ts'
import { RUN_MARKER, type Run } from './run.ts'

/** How the members of a run's process tree are found. */
export function treeOptions({ instance: { runId, origin } }: Run) {
  return { marker: { name: RUN_MARKER, value: runId }, rootIsOldest: origin === 'spawned' }
}

/**
 * Makes a run's whole tree stand still for some work. On Windows the work is done all the same if that is not possible: what
 * is printed in the microseconds between the last read and the truncation is lost then (docs/logs.md).
 *
 * @param run null while it is not known yet
 * @param isSteady whether it still runs, and nobody is starting or stopping it
 */
export function quiesceRun(run: Run | null, isSteady: () => boolean): Quiesce {
  return async (work) => {
    if (run === null || !isSteady()) throw new NotNowError('the service is just being started or stopped')
    const paused = await pauseIfPossible(run)
    try {
      return work()
    } finally {
      await paused?.resume()
    }
  }
}

async function pauseIfPossible(run: Run): Promise<PausedTree | null> {
  try {
    return await pauseTree(run.identity, treeOptions(run))
  } catch (error) {
    // A log that is never rotated fills the disk.
    if (process.platform === 'win32' && error instanceof ProcessError) return null
    throw error
  }
}
