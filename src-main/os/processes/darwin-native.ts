import { basename } from 'node:path'
import type { DarwinKernel } from '../native/darwin/kernel.ts'
import { type KernelProcess, MAX_NAME_BYTES, SZOMB } from '../native/darwin/kinfo-proc.ts'
import type { Listener, ProcessEntry, ProcessTable } from './process-table.ts'

const MAX_PID = 2 ** 31 - 1

/** Creation time as it is recorded: seconds and microseconds since the epoch, by the clock of that moment. */
const creationTime = ({ startSeconds, startMicroseconds }: KernelProcess) =>
  `${startSeconds}.${String(startMicroseconds).padStart(6, '0')}`

/** The kernel keeps 16 bytes of a name; the rest is in the path of the program. */
function fullName(kernel: DarwinKernel, { pid, name }: KernelProcess): string {
  const short = name.toString('utf8')
  if (name.length < MAX_NAME_BYTES) return short
  const program = basename(kernel.programPath(pid) ?? '')
  // Another program's, if it is a script's interpreter or has chosen its name.
  return Buffer.from(program).subarray(0, name.length).equals(name) ? program : short
}

/** Null for zombies, and for the kernel itself, which is process 0. */
function toEntry(kernel: DarwinKernel, process: KernelProcess): ProcessEntry | null {
  const { pid, parentPid, groupId, status } = process
  if (status === SZOMB || pid <= 0) return null
  return { pid, parentPid, groupId, createdAt: creationTime(process), name: fullName(kernel, process) }
}

function find(kernel: DarwinKernel, pid: number): ProcessEntry | null {
  if (!Number.isInteger(pid) || pid <= 0 || pid > MAX_PID) return null
  const process = kernel.process(pid)
  return process === null ? null : toEntry(kernel, process)
}

/** One listener per port and family; of parent and worker that share it the one with the lower pid. */
function findListeners(kernel: DarwinKernel, ports: ReadonlySet<number>): Listener[] {
  const holders = new Map<string, Listener>()
  const processes = kernel.processes().sort((a, b) => a.pid - b.pid)
  for (const process of processes) {
    const entry = toEntry(kernel, process)
    if (entry === null) continue
    for (const { port, family } of kernel.listeningSockets(entry.pid)) {
      const id = `${family} ${port}`
      if (!ports.has(port) || holders.has(id)) continue
      holders.set(id, { port, pid: entry.pid, name: entry.name, family })
    }
  }
  return [...holders.values()]
}

/**
 * macOS by calls into the system (docs/decisions/0018-macos-libproc.md). `createdSince` is not made use of: creation times
 * are of the wall clock, and a clock that was set back would hide descendants.
 */
export function createDarwinNativeTable(kernel: DarwinKernel): ProcessTable {
  return {
    async bootId() {
      return kernel.bootSession
    },
    async find(pid) {
      return find(kernel, pid)
    },
    async list() {
      const entries = kernel.processes().map((process) => toEntry(kernel, process))
      return entries.filter((entry) => entry !== null)
    },
    async withEnvironment(pids, name, value) {
      return new Set(pids.filter((pid) => kernel.hasVariable(pid, name, value)))
    },
    async listeners(ports) {
      return ports.size === 0 ? [] : findListeners(kernel, ports)
    },
  }
}
