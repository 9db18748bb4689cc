import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import { waitFor } from './wait-for.ts'

// How tests look at processes: on purpose by other means than src-main/os, which they test.

const TEST_MARKER = 'AGENTOS_TEST'
const windows = process.platform === 'win32' ? await import('./windows-view.ts') : null
const tracked = new Set<number>()
const closers: (() => unknown)[] = []

export const fixture = (name: string) => join(import.meta.dirname, '..', 'fixtures', name)

/**
 * For every file that starts processes: ends what a test started, by pid, and fails the test if anything is left that it
 * did not hand over with `endLater` or `closeLater`.
 */
export function cleanUpProcesses(): void {
  beforeEach(() => {
    process.env[TEST_MARKER] = randomBytes(8).toString('hex')
  })
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close()
    for (const pid of tracked) killHard(pid)
    await waitFor(() => [...tracked].every((pid) => !isAlive(pid)), { what: `the end of ${[...tracked].join(', ')}` })
    tracked.clear()
    const left = findLeftovers()
    for (const { pid } of left) killHard(pid)
    delete process.env[TEST_MARKER]
    if (left.length > 0) throw new Error(`the test left processes behind: ${JSON.stringify(left)}`)
  })
}

/** This process is ended after the test, if it is still there. Returns its pid. */
export function endLater(pid: number): number {
  tracked.add(pid)
  return pid
}

/** This is called after the test, before leftovers are looked for. */
export function closeLater(close: () => unknown): void {
  closers.push(close)
}

function killHard(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It is gone.
  }
}

/** State letter of a process, e.g. S or Z; null if there is none. Linux only. */
function procState(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return stat.charAt(stat.lastIndexOf(')') + 2)
  } catch {
    return null
  }
}

/** Whether a process of this pid is there and not just a zombie. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
  if (process.platform !== 'linux') return true
  const state = procState(pid)
  return state !== null && state !== 'Z' && state !== 'X'
}

export function waitUntilGone(pid: number): Promise<true> {
  return waitFor(() => !isAlive(pid), { what: `the end of process ${pid}` })
}

/** Fields of /proc/PID/stat after the name: state, parent, group, session, ... */
export function statFields(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}

/**
 * Processes of the running test that carry this variable in their environment; test files run side by side and use the same
 * keys. Linux and Windows only; elsewhere empty.
 */
export function findByVariable(name: string, value: string): { pid: number; command: string }[] {
  const wanted = [`${TEST_MARKER}=${process.env[TEST_MARKER] ?? 'none'}`, `${name}=${value}`]
  const found: { pid: number; command: string }[] = []
  for (const pid of listPids()) {
    if (pid === process.pid) continue
    const seen = lookInto(pid)
    if (seen === null || !wanted.every((entry) => seen.environment.includes(entry)) || !isAlive(pid)) continue
    found.push({ pid, command: seen.command })
  }
  return found
}

function listPids(): number[] {
  if (windows !== null) return windows.listAllPids()
  if (process.platform !== 'linux') return []
  return readdirSync('/proc').map(Number).filter(Number.isInteger)
}

/** Command line and environment of a process; null for what has ended, or is another user's. */
function lookInto(pid: number): { command: string; environment: readonly string[] } | null {
  if (windows !== null) {
    const seen = windows.lookInto(pid)
    return seen === null || windows.isCompanion(seen) ? null : seen
  }
  try {
    const environment = readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0')
    return { command: readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ').trim(), environment }
  } catch {
    return null
  }
}

/** What the running test started and is still there. */
export function findLeftovers(): { pid: number; command: string }[] {
  return findByVariable(TEST_MARKER, process.env[TEST_MARKER] ?? 'none')
}
