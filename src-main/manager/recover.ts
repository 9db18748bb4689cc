import { setTimeout as delay } from 'node:timers/promises'
import { hasBegun } from '../os/has-begun.ts'
import { findByIdentity, processTable } from '../os/processes/identity.ts'
import type { Identity, ProcessEntry } from '../os/processes/process-table.ts'
import type { RecordWarning, RunIntent, RunRecord, RunRecordStore } from '../os/run-records.ts'
import { stopTree } from '../os/stop-tree.ts'
import { adoptRun, endedRun } from './adopt.ts'
import { RUN_MARKER, type Run } from './run.ts'

/** Far more than fork to exec takes on a busy machine, and a delay only after a death in the middle of a start. */
const EXEC_WINDOW_MS = 500
const EXEC_POLL_MS = 20

/** A run to take over, and the service it belongs to. */
export interface RecoveredRun {
  readonly key: string
  readonly run: Run
  /** True if its own process ended meanwhile: what it left behind is to be ended, not kept. */
  readonly hasEnded: boolean
  /** True if a person's stop was under way: it has to go on. */
  readonly wasStopping: boolean
}

export interface Recovery {
  readonly runs: readonly RecoveredRun[]
  /** Services that ran when the machine went down. */
  readonly ranBeforeReboot: readonly string[]
  /** What was wrong with which record, in words. */
  readonly warnings: readonly string[]
}

/**
 * Finds what an earlier life of this app left running (DESIGN.md, D2 and D3). A record counts only if pid, creation time
 * and boot id all match; an intent counts if a process carries its marker. Everything else is stale: it is removed and
 * reported, and nothing is signalled for it. A start that was cut off in the middle is undone.
 */
export async function recoverRuns(records: RunRecordStore): Promise<Recovery> {
  const unremovable = records.removeHalfWritten()
  const stored = records.readAll()
  const bootId = await processTable().bootId()
  const runs: RecoveredRun[] = []
  const ranBeforeReboot: string[] = []
  const warnings = [...unremovable, ...stored.warnings].map(inWords)
  for (const record of stored.records) {
    const found = record.bootId === bootId ? await recoverRecord(record) : null
    if (found !== null) runs.push(found)
    else {
      if (record.bootId !== bootId) ranBeforeReboot.push(record.key)
      warnings.push(describeStale(record, record.bootId !== bootId, records.pidFile(record.key)))
      warnings.push(...records.remove(record.key).map(inWords))
    }
  }
  const adopted = new Set(runs.map(({ run }) => run.instance.runId))
  for (const intent of stored.intents) {
    // With its run adopted, the app was killed between writing the PID file and removing the intent.
    const needed = intent.bootId === bootId && !adopted.has(intent.nonce)
    const found = needed ? await recoverIntent(intent, records, warnings) : null
    if (found === null) records.removeIntent(intent.key)
    else runs.push(found)
  }
  return { runs, ranBeforeReboot, warnings }
}

const inWords = ({ file, message }: RecordWarning) => `${file}: ${message}`

function describeStale({ key, identity }: RunRecord, rebooted: boolean, file: string): string {
  const why = rebooted ? 'the machine was booted since' : `no process ${identity.pid} with the recorded creation time`
  return `${file}: stale record of ${key} removed (${why}); nothing was signalled`
}

async function recoverRecord(record: RunRecord): Promise<RecoveredRun | null> {
  const { key, identity, stopping: wasStopping = false } = record
  if ((await findByIdentity(identity)) !== null) {
    return { key, run: adoptRun(record, identity), hasEnded: false, wasStopping }
  }
  // Its process is gone, but what that left behind may still hold memory and the port.
  const leftovers = await findMarked(record.nonce)
  return leftovers.length === 0 ? null : { key, run: endedRun(record, identity), hasEnded: true, wasStopping }
}

async function recoverIntent(
  intent: RunIntent,
  records: RunRecordStore,
  warnings: string[],
): Promise<RecoveredRun | null> {
  const marked = await findStarted(intent)
  const [first] = marked
  if (first === undefined) return null
  const pids = new Set(marked.map((entry) => entry.pid))
  const leader = marked.find((entry) => !pids.has(entry.parentPid) && isLeader(entry, intent))
  const { pid, createdAt } = leader ?? first
  const identity: Identity = { pid, createdAt, bootId: intent.bootId }
  if (leader === undefined)
    return { key: intent.key, run: endedRun(intent, identity), hasEnded: true, wasStopping: false }
  if (!(await hasBegun(identity)) && (await undoStart(intent, identity, warnings))) return null
  const error = records.keepRecord({ ...intent, identity })
  if (error !== null) {
    const reason = error instanceof Error ? error.message : String(error)
    warnings.push(`${records.pidFile(intent.key)}: could not be written yet (${reason}); it is tried again`)
  }
  return { key: intent.key, run: adoptRun(intent, identity), hasEnded: false, wasStopping: false }
}

/**
 * The app was killed before it had let the new process go: it would stand still for ever, and has done nothing yet.
 *
 * @returns false if it could not be ended
 */
async function undoStart({ key, nonce }: RunIntent, identity: Identity, warnings: string[]): Promise<boolean> {
  const marker = { name: RUN_MARKER, value: nonce }
  const survivors = await stopTree(identity, { graceMs: 0, force: true, marker })
  if (survivors.length > 0) return false
  warnings.push(`the app ended while it was starting ${key}: process ${identity.pid} had not begun, and was removed`)
  return true
}

/**
 * Whether this is the instance and not something that it started: it leads its own group, or, where there are no groups
 * (Windows), the app was its parent. A parent whose pid somebody else has got is not known there.
 */
function isLeader({ pid, groupId, parentPid }: ProcessEntry, { startedBy }: RunIntent): boolean {
  return groupId === 0 ? startedBy === undefined || parentPid === 0 || parentPid === startedBy : groupId === pid
}

/**
 * What was started for an intent. Between fork and exec a child does not carry its marker yet, and the app may have been
 * killed just then: for a young intent it is looked again.
 */
async function findStarted({ nonce, startedAt }: RunIntent): Promise<ProcessEntry[]> {
  for (;;) {
    const marked = await findMarked(nonce)
    const age = Date.now() - startedAt
    if (marked.length > 0 || age < 0 || age > EXEC_WINDOW_MS) return marked
    await delay(EXEC_POLL_MS)
  }
}

async function findMarked(nonce: string): Promise<ProcessEntry[]> {
  const entries = (await processTable().list()).filter((entry) => entry.pid !== process.pid)
  const marked = await processTable().withEnvironment(
    entries.map((entry) => entry.pid),
    RUN_MARKER,
    nonce,
  )
  return entries.filter((entry) => marked.has(entry.pid))
}
