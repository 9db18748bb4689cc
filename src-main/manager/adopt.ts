import type { Exit } from '../core/exit.ts'
import type { Instance } from '../core/state.ts'
import { findByIdentity } from '../os/processes/identity.ts'
import type { Identity } from '../os/processes/process-table.ts'
import type { RunIntent } from '../os/run-records.ts'
import type { Run } from './run.ts'

/** How long the end of an adopted instance may go unnoticed: no system tells the exit of somebody else's child. */
const POLL_MS = 1_000

/**
 * A run taken over from an earlier life of this app. Its exit is found by looking, and its exit code cannot be known.
 */
export function adoptRun(
  intent: Omit<RunIntent, 'key' | 'bootId'>,
  identity: Identity,
  origin: Instance['origin'] = 'adopted',
): Run {
  let timer: NodeJS.Timeout | undefined
  const exited = new Promise<Exit>((resolve) => {
    const look = async () => {
      if ((await findByIdentity(identity)) === null) resolve({ code: null, signal: null, at: Date.now() })
      else timer = setTimeout(() => void look(), POLL_MS)
    }
    timer = setTimeout(() => void look(), POLL_MS)
  })
  return {
    instance: { runId: intent.nonce, pid: identity.pid, startedAt: intent.startedAt, origin },
    identity,
    command: intent.command,
    address: intent.address,
    logOffsets: intent.logOffsets ?? null,
    isWatched: true,
    exited,
    unwatch: () => clearTimeout(timer),
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
    unwatch: () => undefined,
  }
}
