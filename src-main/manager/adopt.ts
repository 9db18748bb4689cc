import type { Instance } from '../core/state.ts'
import { watchExit } from '../os/exit-watch.ts'
import { holdMarked } from '../os/native/win32/run-jobs.ts'
import type { Identity } from '../os/processes/process-table.ts'
import type { RunIntent } from '../os/run-records.ts'
import { RUN_MARKER, type Run } from './run.ts'

/** A run taken over from an earlier life of this app. Its exit code can be known on Windows only. */
export function adoptRun(
  intent: Omit<RunIntent, 'key' | 'bootId'>,
  identity: Identity,
  origin: Instance['origin'] = 'adopted',
): Run {
  const { exited, seen, close } = watchExit(identity)
  void holdMarked({ name: RUN_MARKER, value: intent.nonce })
  return {
    instance: { runId: intent.nonce, pid: identity.pid, startedAt: intent.startedAt, origin },
    identity,
    command: intent.command,
    address: intent.address,
    logOffsets: intent.logOffsets ?? null,
    isWatched: true,
    exited,
    seenExit: seen,
    unwatch: close,
  }
}

/** A run that ended while the app was not running and left processes behind, which still have to be ended. */
export function endedRun(intent: RunIntent, identity: Identity): Run {
  return {
    instance: { runId: intent.nonce, pid: identity.pid, startedAt: intent.startedAt, origin: 'adopted' },
    identity,
    command: intent.command,
    address: intent.address,
    logOffsets: intent.logOffsets ?? null,
    isWatched: false,
    exited: Promise.resolve({ code: null, signal: null, at: Date.now() }),
    seenExit: () => null,
    unwatch: () => undefined,
  }
}
