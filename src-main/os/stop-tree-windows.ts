import { setTimeout as delay } from 'node:timers/promises'
import treeKill from 'tree-kill'
import type { ConsoleEvent } from './native/win32/console-event.ts'
import type { Handle } from './native/win32/libs.ts'
import type { NativeProcesses } from './native/win32/native.ts'
import { ProcessAccess } from './native/win32/process-handles.ts'
import type { RunJobs } from './native/win32/run-jobs.ts'
import { identityKey, ProcessTree } from './process-tree.ts'
import { findByIdentity } from './processes/identity.ts'
import { markedByJob } from './processes/marked-by-job.ts'
import type { Identity, ProcessEntry, ProcessTable } from './processes/process-table.ts'
import { FORCE_DEADLINE_MS, type StopTreeOptions, type Survivor } from './stop-options.ts'
import { LOOK_MIN_MS, nextPause, waitUntilGone } from './wait-until-gone.ts'

const LOOK_MS = 40
/** A root that has just been started may not have joined its console yet; after so many looks it has none. */
const LOOKS_FOR_A_CONSOLE = 4

/** The tree that is being stopped, and the means to do it. */
interface Stop {
  readonly root: Identity
  readonly tree: ProcessTree
  /** Null: it was not started with a job, or that is not known any more. */
  readonly job: Handle | null
  readonly native: NativeProcesses
}

/**
 * Windows: asks with a console event, then ends the job of the tree at one moment, and one by one what is not in it. What is in
 * no job is found by its parents, as far as they live.
 */
export function stopTreeWindows(
  root: Identity,
  options: StopTreeOptions,
  table: ProcessTable,
  native: NativeProcesses,
  jobs: RunJobs,
): Promise<Survivor[]> {
  // There are no groups: with `groupOnly`, all that is known not to have been let go is the process itself.
  if (options.groupOnly === true) return stopWithJob(root, options, table, native, null)
  return jobs.with(root, options.marker, (job) => stopWithJob(root, options, table, native, job))
}

async function stopWithJob(
  root: Identity,
  options: StopTreeOptions,
  table: ProcessTable,
  native: NativeProcesses,
  job: Handle | null,
): Promise<Survivor[]> {
  const rootIsAlive = (await findByIdentity(root, table)) !== null
  const members = () => (job === null ? [] : native.jobs.members(job))
  const tree = new ProcessTree(
    root,
    rootIsAlive,
    { ...options, marker: JOB },
    markedByJob(table, async () => new Set(members())),
  )
  const stop: Stop = { root, tree, job, native }
  let alive = await tree.alive()
  if (options.force !== true) alive = await stopPolitely(stop, alive, options)
  const deadline = Date.now() + FORCE_DEADLINE_MS
  for (let pause = LOOK_MIN_MS; alive.length > 0 && Date.now() < deadline; pause = nextPause(pause)) {
    endByForce(stop, alive)
    await waitUntilGone(alive, Date.now() + pause)
    alive = await tree.alive()
  }
  return alive.map(({ pid, name }) => ({ pid, name }))
}

/** Stands for membership in the job, whatever its name. */
const JOB = { name: 'job', value: 'job' }

function endByForce({ job, native }: Stop, alive: readonly ProcessEntry[]): void {
  const ours = new Set(alive.map((entry) => entry.pid))
  // Not if it holds what is spared, or this very process; what it has started a moment ago is found in the next round.
  const isAllOurs = job !== null && native.jobs.members(job).every((pid) => ours.has(pid))
  if (job !== null && isAllOurs) native.jobs.terminate(job)
  for (const entry of alive) terminate(entry, native)
}

/** Listed a moment ago; its identity is compared once more, through the handle that it is ended by. */
function terminate({ pid, createdAt }: ProcessEntry, { handles }: NativeProcesses): void {
  try {
    const process = handles.open(pid, ProcessAccess.terminate, createdAt)
    if (process === null) return
    try {
      handles.terminate(process)
    } finally {
      handles.close(process)
    }
  } catch {
    // It may not be ended by this user: it is reported as a survivor if it stays.
  }
}

/**
 * Asks the root, in the server's own way or with a console event, then, once the root is gone, what it left behind. Ends when
 * nothing is alive, the grace period is over, or there is nobody who can be asked. Returns what is alive then.
 */
async function stopPolitely(
  stop: Stop,
  first: ProcessEntry[],
  { graceMs, hurry, ask, secondSignalAfterMs = Number.POSITIVE_INFINITY, consoleEvent = 'ctrl-break' }: StopTreeOptions,
): Promise<ProcessEntry[]> {
  const { root, tree } = stop
  const deadline = Date.now() + graceMs
  let secondAt = Date.now() + secondSignalAfterMs
  const isRoot = (entry: ProcessEntry) => entry.pid === root.pid && entry.createdAt === root.createdAt
  const asked = new AbortController()
  let isAsking = ask !== undefined && first.some(isRoot)
  if (isAsking) void ask?.(asked.signal).catch(() => (isAsking = false))
  /** Identities that got the event. */
  const reached = new Set<string>()
  let looksInVain = 0
  let alive = first
  for (let pause = LOOK_MIN_MS; alive.length > 0; pause = nextPause(pause)) {
    if (Date.now() >= secondAt) {
      secondAt = Number.POSITIVE_INFINITY
      isAsking = false
      reached.clear()
    }
    const livingRoot = alive.find(isRoot)
    if (livingRoot === undefined || !isAsking) {
      for (const entry of livingRoot === undefined ? alive : [livingRoot]) {
        if (!reached.has(identityKey(entry))) sendEvent(stop, entry.pid, consoleEvent, alive, reached)
      }
      looksInVain = reached.size === 0 ? looksInVain + 1 : 0
    }
    if (Date.now() >= deadline || hurry?.aborted === true || looksInVain >= LOOKS_FOR_A_CONSOLE) break
    const until = Math.min(Date.now() + pause, deadline, secondAt)
    await waitUntilGone(livingRoot === undefined ? alive : [livingRoot], until, hurry)
    alive = await tree.alive()
  }
  asked.abort()
  return alive
}

/**
 * Sends a console event to whoever shares the console of this process, if all of them are of the tree. Notes in `reached` who got
 * it.
 */
function sendEvent(
  { root, job, native }: Stop,
  pid: number,
  event: ConsoleEvent,
  alive: readonly ProcessEntry[],
  reached: Set<string>,
): void {
  let onConsole: readonly number[] = []
  const result = native.consoleEvents.send(pid, event, root.pid, (pids) => {
    onConsole = pids
    // Also what was started since the last look.
    const ours = new Set([...alive.map((entry) => entry.pid), ...(job === null ? [] : native.jobs.members(job))])
    return pids.every((one) => ours.has(one))
  })
  if (result !== 'sent') return
  for (const entry of alive) if (onConsole.includes(entry.pid)) reached.add(identityKey(entry))
}

/**
 * Windows without native calls: taskkill, through tree-kill, is a forced end; there is no polite signal. The table is slow
 * there, so it is asked as rarely as possible.
 */
export async function stopTreeByTaskkill(
  root: Identity,
  { groupOnly = false, spared }: StopTreeOptions,
  table: ProcessTable,
): Promise<Survivor[]> {
  if (spared?.has(root.pid) === true || (await findByIdentity(root, table)) === null) return []
  // There are no groups: all that is known not to have been let go is the process itself.
  if (groupOnly) killRoot(root.pid)
  else await new Promise<void>((resolve) => treeKill(root.pid, 'SIGKILL', () => resolve()))
  const deadline = Date.now() + FORCE_DEADLINE_MS
  let left = await findByIdentity(root, table)
  while (left !== null && Date.now() < deadline) {
    await delay(LOOK_MS)
    left = await findByIdentity(root, table)
  }
  return left === null ? [] : [{ pid: left.pid, name: left.name }]
}

function killRoot(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended, or is reported as a survivor.
  }
}
