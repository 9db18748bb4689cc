import { readFileSync } from 'node:fs'

/** Memory of one process in bytes: what only it can have, and what it may share with others of its tree. */
export interface MemoryParts {
  readonly own: number
  readonly shareable: number
}

/** Parses /proc/PID/status (proc_pid_status(5)); null for a kernel thread or a zombie, which have no memory. */
export function parseMemory(status: string): MemoryParts | null {
  const kilobytes = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1])
  const own = kilobytes('RssAnon')
  const shareable = kilobytes('RssFile') + kilobytes('RssShmem')
  return Number.isFinite(own + shareable) ? { own: own * 1024, shareable: shareable * 1024 } : null
}

/**
 * Memory of a tree: what each process has for itself, and once the largest part that may be shared. Workers map the same
 * libraries and, of a model server, the same weights; the sum of their resident sizes would count these for each.
 */
export function sumMemory(parts: readonly MemoryParts[]): number {
  const own = parts.reduce((sum, part) => sum + part.own, 0)
  return own + Math.max(0, ...parts.map((part) => part.shareable))
}

/** Bytes of these processes together; null where the system does not tell the parts apart, or none is left. */
export function treeMemory(pids: readonly number[]): number | null {
  if (process.platform !== 'linux') return null
  const parts = pids.map(readParts).filter((part) => part !== null)
  return parts.length === 0 ? null : sumMemory(parts)
}

function readParts(pid: number): MemoryParts | null {
  try {
    return parseMemory(readFileSync(`/proc/${pid}/status`, 'latin1'))
  } catch {
    return null // It has ended.
  }
}
