import { setTimeout as delay } from 'node:timers/promises'
import { findByIdentity, identify, processTable } from '../os/processes/identity.ts'
import type { Identity } from '../os/processes/process-table.ts'
import { RUN_MARKER } from './run.ts'

const INTERVAL_MS = 200
/** What a crashed server left behind, and never listens, should not hold up its restart for long. */
const MAX_WAIT_MS = 60_000

type Look = { readonly kind: 'found'; readonly identity: Identity } | { readonly kind: 'maybe-later' | 'nobody' }

/** The process of this run that listens on the port now; `maybe-later` if there are others that carry its marker. */
export async function findSuccessor(runId: string, port: number): Promise<Look> {
  const table = processTable()
  const pids = (await table.list()).map(({ pid }) => pid).filter((pid) => pid !== process.pid)
  const marked = await table.withEnvironment(pids, RUN_MARKER, runId)
  if (marked.size === 0) return { kind: 'nobody' }
  const listeners = await table.listeners(new Set([port]))
  const pid = listeners.find((listener) => listener.pid !== null && marked.has(listener.pid))?.pid ?? null
  const identity = pid === null ? null : await identify(pid)
  return identity === null ? { kind: 'maybe-later' } : { kind: 'found', identity }
}

/**
 * After the process of a run has ended: waits for one that it started to listen on the service's port, as a server does
 * that restarts itself under a new pid. Null if there is none any more, or if `isWanted` says no.
 */
export async function waitForSuccessor(
  runId: string,
  port: number,
  waitMs: number,
  isWanted: () => boolean,
): Promise<Identity | null> {
  const deadline = Date.now() + Math.min(waitMs, MAX_WAIT_MS)
  while (isWanted()) {
    const look = await findSuccessor(runId, port)
    if (look.kind === 'nobody' || !isWanted()) return null
    if (look.kind === 'found') return (await findByIdentity(look.identity)) === null ? null : look.identity
    if (Date.now() >= deadline) return null
    await delay(INTERVAL_MS)
  }
  return null
}
