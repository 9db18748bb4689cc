import { setTimeout as delay } from 'node:timers/promises'
import treeKill from 'tree-kill'
import { ProcessError, systemErrorCode } from './process-error.ts'
import { identityKey, ProcessTree, type TreeOptions } from './process-tree.ts'
import { findByIdentity, identify, processTable } from './processes/identity.ts'
import type { Identity, ProcessEntry, ProcessTable } from './processes/process-table.ts'

// Everything that ends processes is in this file (DESIGN.md, D4).

export interface StopTreeOptions extends TreeOptions {
  /** Milliseconds between the polite signal and the forced kill. */
  readonly graceMs: number
  /** Skip the polite part. */
  readonly force?: boolean
  /** The polite signal; default SIGTERM. What the root leaves behind gets SIGTERM. */
  readonly signal?: NodeJS.Signals
  /** Milliseconds after which what got the polite signal and is still there gets it again. */
  readonly secondSignalAfterMs?: number
  /**
   * The server's own way to stop, instead of the signal, while the root lives. If it rejects, the signal is sent. Aborted
   * at the end of the polite part.
   */
  readonly ask?: (signal: AbortSignal) => Promise<void>
  /** Aborted when somebody will not wait any longer: ends the grace period at once. */
  readonly hurry?: AbortSignal
  readonly table?: ProcessTable
}

export interface Survivor {
  readonly pid: number
  readonly name: string
}

/** How long forced kills are repeated before what is left counts as a survivor (uninterruptible sleep, mostly). */
const FORCE_DEADLINE_MS = 2_000
/** Between two looks at the whole table, which takes milliseconds. */
const LOOK_MIN_MS = 10
const LOOK_MAX_MS = 320
const WINDOWS_LOOK_MS = 40
/** Between two glances at single pids, which take a system call each. */
const GLANCE_MIN_MS = 1
const GLANCE_MAX_MS = 5

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    // ESRCH: it ended meanwhile. EPERM: it is reported as a survivor if it stays.
    const code = systemErrorCode(error)
    if (code !== 'ESRCH' && code !== 'EPERM') throw error
  }
}

async function stopTreePosix(root: Identity, options: StopTreeOptions, table: ProcessTable): Promise<Survivor[]> {
  const rootIsAlive = (await findByIdentity(root, table)) !== null
  const tree = new ProcessTree(root, rootIsAlive, options, table)
  let alive = await tree.alive()
  if (options.force !== true) alive = await stopPolitely(tree, alive, root, options)
  const deadline = Date.now() + FORCE_DEADLINE_MS
  for (let pause = LOOK_MIN_MS; alive.length > 0 && Date.now() < deadline; pause = nextPause(pause)) {
    // Listed a moment ago with their identities; whatever they fork meanwhile is found in the next round.
    for (const entry of alive) signal(entry.pid, 'SIGKILL')
    await waitUntilGone(alive, Date.now() + pause)
    alive = await tree.alive()
  }
  return alive.map(({ pid, name }) => ({ pid, name }))
}

/**
 * Asks politely: the root's group first, in the server's own way or with the signal, then, once the root is gone, what
 * it left behind. Ends when nothing is alive or the grace period is over. Returns what is alive then.
 */
async function stopPolitely(
  tree: ProcessTree,
  first: ProcessEntry[],
  root: Identity,
  { graceMs, hurry, signal: polite = 'SIGTERM', secondSignalAfterMs = Number.POSITIVE_INFINITY, ask }: StopTreeOptions,
): Promise<ProcessEntry[]> {
  const begin = Date.now()
  const deadline = begin + graceMs
  let secondAt = begin + secondSignalAfterMs
  const signalled = new Set<string>()
  const isRoot = (entry: ProcessEntry) => entry.pid === root.pid && entry.createdAt === root.createdAt
  const asked = new AbortController()
  let isAsking = ask !== undefined && first.some(isRoot)
  if (isAsking) void ask?.(asked.signal).catch(() => (isAsking = false))
  let alive = first
  for (let pause = LOOK_MIN_MS; alive.length > 0; pause = nextPause(pause)) {
    if (Date.now() >= secondAt) {
      secondAt = Number.POSITIVE_INFINITY
      isAsking = false
      signalled.clear()
    }
    const livingRoot = alive.find(isRoot)
    for (const entry of alive) {
      const due = livingRoot === undefined || (!isAsking && (entry.groupId === root.pid || isRoot(entry)))
      if (!due || signalled.has(identityKey(entry))) continue
      signalled.add(identityKey(entry))
      signal(entry.pid, livingRoot === undefined ? 'SIGTERM' : polite)
    }
    if (Date.now() >= deadline || hurry?.aborted === true) break
    // The end of the root matters, and the end of all.
    const until = Math.min(Date.now() + pause, deadline, secondAt)
    await waitUntilGone(livingRoot === undefined ? alive : [livingRoot], until, hurry)
    alive = await tree.alive()
  }
  asked.abort()
  return alive
}

const nextPause = (pause: number) => Math.min(pause * 4, LOOK_MAX_MS)

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
async function waitUntilGone(entries: readonly ProcessEntry[], deadline: number, hurry?: AbortSignal): Promise<void> {
  let left = deadline - Date.now()
  for (let pause = GLANCE_MIN_MS; left > 0 && hurry?.aborted !== true; pause = Math.min(pause * 2, GLANCE_MAX_MS)) {
    await delay(Math.min(pause, left))
    if (entries.every((entry) => seemsGone(entry.pid))) return
    left = deadline - Date.now()
  }
}

/**
 * Windows: taskkill, through tree-kill, is a forced end; there is no polite signal without a console of the process's
 * own. The table is slow there, so it is asked as rarely as possible.
 */
async function stopTreeWindows(
  root: Identity,
  { groupOnly = false, spared }: StopTreeOptions,
  table: ProcessTable,
): Promise<Survivor[]> {
  if (spared?.has(root.pid) === true || (await findByIdentity(root, table)) === null) return []
  // There are no groups: all that is known not to have been let go is the process itself.
  if (groupOnly) signal(root.pid, 'SIGKILL')
  else await new Promise<void>((resolve) => treeKill(root.pid, 'SIGKILL', () => resolve()))
  const deadline = Date.now() + FORCE_DEADLINE_MS
  let left = await findByIdentity(root, table)
  while (left !== null && Date.now() < deadline) {
    await delay(WINDOWS_LOOK_MS)
    left = await findByIdentity(root, table)
  }
  return left === null ? [] : [{ pid: left.pid, name: left.name }]
}

/**
 * Ends a whole process tree: politely, and after the grace period by force. Works also if the root ended already, for
 * what it left behind. Nothing is signalled without its identity having been compared.
 *
 * @returns what is still alive; empty in all but rare cases (uninterruptible sleep, another user's process)
 */
export function stopTree(root: Identity, options: StopTreeOptions): Promise<Survivor[]> {
  const table = options.table ?? processTable()
  return process.platform === 'win32' ? stopTreeWindows(root, options, table) : stopTreePosix(root, options, table)
}

/** Names survivors for people, e.g. `python3 (4711), worker (4712)`. */
export function describeSurvivors(survivors: readonly Survivor[]): string {
  return survivors.map(({ pid, name }) => `${name} (${pid})`).join(', ')
}

/**
 * Stops the process and everything it started: politely, then, after `timeout` seconds, by force.
 *
 * @param options.timeout grace period in seconds, default 5
 * @param options.force skip the polite part
 * @returns false if there is no such process
 * @throws ProcessError `not-a-pid` for anything but another process's pid, `survived` if it could not be ended
 */
export async function stopProcessCrossPlatform(
  pid: number,
  options: { readonly timeout?: number; readonly force?: boolean } = {},
): Promise<boolean> {
  const { timeout = 5, force = false } = options
  if (!Number.isInteger(pid) || pid <= 1 || pid === process.pid) {
    throw new ProcessError('not-a-pid', `expected the pid of another process, greater than 1, got ${pid}`)
  }
  const root = await identify(pid)
  if (root === null) return false
  const survivors = await stopTree(root, { graceMs: timeout * 1000, force })
  if (survivors.length > 0) {
    throw new ProcessError(
      'survived',
      `could not end ${describeSurvivors(survivors)}`,
      'It may belong to another user or be stuck in the kernel; end it by hand or restart the machine.',
    )
  }
  return true
}
