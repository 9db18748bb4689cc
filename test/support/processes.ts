import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import { waitFor } from './wait-for.ts'

// How tests look at processes: on purpose by other means than src-main/os, which they test.

const TEST_MARKER = 'AGENTOS_TEST'
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
 * keys. Linux only; elsewhere empty.
 */
export function findByVariable(name: string, value: string): { pid: number; command: string }[] {
  if (process.platform !== 'linux') return []
  const ours = `\0${TEST_MARKER}=${process.env[TEST_MARKER] ?? 'none'}\0`
  const found: { pid: number; command: string }[] = []
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry)
    if (!Number.isInteger(pid) || pid === process.pid) continue
    try {
      const environment = `\0${readFileSync(`/proc/${pid}/environ`, 'latin1')}`
      if (!environment.includes(ours) || !environment.includes(`\0${name}=${value}\0`) || !isAlive(pid)) continue
      found.push({ pid, command: readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ').trim() })
    } catch {
      // It ended while it was looked at.
    }
  }
  return found
}

/** What the running test started and is still there. */
export function findLeftovers(): { pid: number; command: string }[] {
  return findByVariable(TEST_MARKER, process.env[TEST_MARKER] ?? 'none')
}
