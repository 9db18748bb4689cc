import { NotNowError, type Quiesce } from '../logs/store/rotate-stream.ts'
import { pauseTree } from '../os/pause-tree.ts'
import { RUN_MARKER, type Run } from './run.ts'

/** How the members of a run's process tree are found. */
export function treeOptions({ instance: { runId, origin } }: Run) {
  return { marker: { name: RUN_MARKER, value: runId }, rootIsOldest: origin === 'spawned' }
}

/**
 * Makes a run's whole tree stand still for some work. Windows has nothing that stops a process from outside: what is
 * printed in the microseconds between the last read and the truncation is lost there (docs/logs.md).
 *
 * @param run null while it is not known yet
 * @param isSteady whether it still runs, and nobody is starting or stopping it
 */
export function quiesceRun(run: Run | null, isSteady: () => boolean): Quiesce {
  if (process.platform === 'win32') return async (work) => work()
  return async (work) => {
    if (run === null || !isSteady()) throw new NotNowError('the service is just being started or stopped')
    const paused = await pauseTree(run.identity, treeOptions(run))
    try {
      return work()
    } finally {
      await paused.resume()
    }
  }
}
