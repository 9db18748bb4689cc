import { loadDarwinKernel } from '../native/darwin/kernel.ts'
import { loadWin32Processes } from '../native/win32/process-calls.ts'
import { createDarwinProcessTable } from './darwin.ts'
import { createLinuxProcessTable } from './linux.ts'
import { markedByJob } from './marked-by-job.ts'
import type { Identity, ProcessEntry, ProcessTable } from './process-table.ts'
import { createWin32ProcessTable } from './win32.ts'

const tables: Partial<Record<NodeJS.Platform, () => ProcessTable>> = {
  linux: createLinuxProcessTable,
  darwin: createDarwinProcessTable,
  win32: () => markedByJob(createWin32ProcessTable()),
}

/** The process table of this system. Throws on a system this app does not support. */
export function createProcessTable(platform: NodeJS.Platform = process.platform): ProcessTable {
  const create = tables[platform]
  if (create === undefined) {
    throw new Error(`expected one of ${Object.keys(tables).join(', ')} as the operating system, got ${platform}`)
  }
  return create()
}

/** Where looks go through native calls. Linux reads files, which takes no longer. */
const nativeCalls: Partial<Record<NodeJS.Platform, () => Promise<unknown>>> = {
  darwin: loadDarwinKernel,
  win32: loadWin32Processes,
}

/** Whether looking at all processes and ports takes milliseconds. Otherwise helper programs are started, a third of a second each. */
export async function looksAreQuick(platform: NodeJS.Platform = process.platform): Promise<boolean> {
  const load = nativeCalls[platform]
  return load === undefined || (await load()) !== null
}

let shared: ProcessTable | undefined

/** The one process table of this app; tests pass their own where they need another. */
export function processTable(): ProcessTable {
  shared ??= createProcessTable()
  return shared
}

/** The identity of a running process, or null if there is no such process. */
export async function identify(pid: number, table = processTable()): Promise<Identity | null> {
  const [entry, bootId] = await Promise.all([table.find(pid), table.bootId()])
  return entry === null ? null : { pid, createdAt: entry.createdAt, bootId }
}

/**
 * The process with exactly this identity, or null: it ended, its pid was reused, or the machine was booted since.
 * Ask before every signal (DESIGN.md, D2).
 */
export async function findByIdentity(identity: Identity, table = processTable()): Promise<ProcessEntry | null> {
  if ((await table.bootId()) !== identity.bootId) return null
  const entry = await table.find(identity.pid)
  return entry !== null && entry.createdAt === identity.createdAt ? entry : null
}
