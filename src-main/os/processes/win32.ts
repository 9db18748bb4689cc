import { loadWin32Processes, type Win32Processes } from '../native/win32/process-calls.ts'
import type { SystemProcess } from '../native/win32/process-snapshot.ts'
import type { TcpListener } from '../native/win32/tcp-table.ts'
import type { Listener, ProcessEntry, ProcessTable } from './process-table.ts'
import { createWin32HelperTable } from './win32-helpers.ts'

/** Windows: the system's own calls, or where these are not to be had, its helper programs. */
export function createWin32ProcessTable(load: () => Promise<Win32Processes | null> = loadWin32Processes): ProcessTable {
  let loading: Promise<ProcessTable> | undefined
  const table = () => {
    loading ??= load().then((native) => (native === null ? createWin32HelperTable() : createNativeTable(native)))
    return loading
  }
  return {
    bootId: async () => (await table()).bootId(),
    find: async (pid) => (await table()).find(pid),
    list: async (options) => (await table()).list(options),
    withEnvironment: async (pids, name, value) => (await table()).withEnvironment(pids, name, value),
    listeners: async (ports) => (await table()).listeners(ports),
  }
}

function createNativeTable(native: Win32Processes): ProcessTable {
  let bootId: string | undefined
  const find = (pid: number): ProcessEntry | null => {
    const entry = findByLooks(native, pid)
    return entry === 'denied' ? (toEntries(native.snapshot()).find((found) => found.pid === pid) ?? null) : entry
  }
  return {
    async bootId() {
      bootId ??= native.bootId()
      return bootId
    },
    async find(pid) {
      return find(pid)
    },
    async list({ createdSince } = {}) {
      const entries = toEntries(native.snapshot())
      if (createdSince === undefined || !/^\d+$/.test(createdSince)) return entries
      const since = BigInt(createdSince)
      return entries.filter(({ createdAt }) => BigInt(createdAt) >= since)
    },
    async withEnvironment() {
      return new Set() // What a run has started is known by its job object.
    },
    async listeners(ports) {
      if (ports.size === 0) return []
      const found = native.listeners().filter(({ port }) => ports.has(port))
      return onePerPortAndFamily(found.map((listener) => nameHolder(listener, find)))
    },
  }
}

/** `denied`: this process or its parent is one that may not be opened. */
function findByLooks(native: Win32Processes, pid: number): ProcessEntry | null | 'denied' {
  const look = native.look(pid)
  if (look === 'denied') return 'denied'
  if (look === 'gone') return null
  const { createdAt, name, parentPid } = look
  const parent = native.look(parentPid)
  if (parent === 'denied') return 'denied'
  const parentCreatedAt = parent === 'gone' ? undefined : parent.createdAt
  return { pid, parentPid: trueParent(parentPid, parentCreatedAt, createdAt), groupId: 0, createdAt, name }
}

export function toEntries(processes: readonly SystemProcess[]): ProcessEntry[] {
  const creation = new Map(processes.map(({ pid, createdAt }) => [pid, createdAt]))
  return processes.map(({ pid, parentPid, createdAt, name }) => ({
    pid,
    parentPid: trueParent(parentPid, creation.get(parentPid), createdAt),
    groupId: 0,
    createdAt,
    name,
  }))
}

/**
 * Windows keeps the pid of a parent that has ended, and gives it to another process soon: one that is younger than its
 * "child" is not its parent, which gets 0 then. As long as nobody else has it, the pid of a dead parent stays.
 */
function trueParent(parentPid: number, parentCreatedAt: string | undefined, createdAt: string): number {
  if (parentCreatedAt === undefined) return parentPid
  return BigInt(parentCreatedAt) <= BigInt(createdAt) ? parentPid : 0
}

/** A socket that was inherited is still listed under who made it, also if that one has ended: then nobody is named. */
function nameHolder({ port, pid, family }: TcpListener, find: (pid: number) => ProcessEntry | null): Listener {
  const name = find(pid)?.name ?? null
  return { port, family, pid: name === null ? null : pid, name }
}

/** One whose process is known, if there is one. */
function onePerPortAndFamily(listeners: readonly Listener[]): Listener[] {
  const found = new Map<string, Listener>()
  for (const listener of listeners) {
    const id = `${listener.family} ${listener.port}`
    const known = found.get(id)
    if (known === undefined || (known.pid === null && listener.pid !== null)) found.set(id, listener)
  }
  return [...found.values()]
}
