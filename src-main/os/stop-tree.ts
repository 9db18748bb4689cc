import { loadNativeProcesses } from './native/win32/native.ts'
import { runJobs } from './native/win32/run-jobs.ts'
import { ProcessError, systemErrorCode } from './process-error.ts'
import { identityKey, ProcessTree } from './process-tree.ts'
import { findByIdentity, identify, processTable } from './processes/identity.ts'
import type { Identity, ProcessEntry, ProcessTable } from './processes/process-table.ts'
import { FORCE_DEADLINE_MS, type StopTreeOptions, type Survivor } from './stop-options.ts'
import { stopTreeByTaskkill, stopTreeWindows } from './stop-tree-windows.ts'
import { LOOK_MIN_MS, nextPause, waitUntilGone } from './wait-until-gone.ts'

// Everything that ends processes is in this file and in stop-tree-windows.ts (DESIGN.md, D4).

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

/**
 * Ends a whole process tree: politely, and after the grace period by force. Works also if the root ended already, for
 * what it left behind. Nothing is signalled without its identity having been compared.
 *
 * @returns what is still alive; empty in all but rare cases (uninterruptible sleep, another user's process)
 */
export async function stopTree(root: Identity, options: StopTreeOptions): Promise<Survivor[]> {
  const table = options.table ?? processTable()
  if (process.platform !== 'win32') return stopTreePosix(root, options, table)
  const [native, jobs] = await Promise.all([loadNativeProcesses(), runJobs()])
  if (native === null || jobs === null) return stopTreeByTaskkill(root, options, table)
  return stopTreeWindows(root, options, table, native, jobs)
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
