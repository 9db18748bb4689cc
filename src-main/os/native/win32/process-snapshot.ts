/** A process as one look at the whole table shows it. */
export interface SystemProcess {
  readonly pid: number
  /** As Windows keeps it: the parent may have ended, and its pid may belong to another process by now. */
  readonly parentPid: number
  /** FILETIME of its creation, 100 ns since 1601, decimal. Windows never changes it, whatever the clock does. */
  readonly createdAt: string
  /** File name of its program, e.g. `ollama.exe`. */
  readonly name: string
  /** Time it has computed, in user and kernel mode, since it was created. */
  readonly cpuMs: number
  /** Bytes that only it can have, and that it may share with others. */
  readonly memory: { readonly own: number; readonly shareable: number }
  /** Whether all of its threads stand still because somebody suspended them; null where that is not told (Wine). */
  readonly isSuspended: boolean | null
}

// SYSTEM_PROCESS_INFORMATION and SYSTEM_THREAD_INFORMATION of 64-bit Windows, unchanged since Windows 7; Microsoft
// documents the structure in part (winternl.h), the rest as in Chromium's base/process/process_metrics_win.cc.
const HEADER_BYTES = 256
const THREAD_BYTES = 80
const OFFSET = {
  next: 0,
  threadCount: 4,
  privateWorkingSet: 8,
  createTime: 32,
  userTime: 40,
  kernelTime: 48,
  nameBytes: 56,
  nameAddress: 64,
  pid: 80,
  parentPid: 88,
  workingSet: 144,
} as const
const THREAD_OFFSET = { state: 68, waitReason: 72 } as const

// KTHREAD_STATE. Initialized are only threads that have never run.
const INITIALIZED = 0
const WAITING = 5
/** KWAIT_REASON: Suspended and WrSuspended. */
const SUSPENDED: ReadonlySet<number> = new Set([5, 12])
const TICKS_PER_MS = 10_000

/**
 * Reads what NtQuerySystemInformation(SystemProcessInformation) has written. Left out: what has no creation time (the
 * idle process), and what has no threads any more (it has ended, and somebody holds a handle of it).
 *
 * @param address of the buffer's first byte: names are given as addresses
 */
export function parseSnapshot(buffer: Buffer, address: bigint): SystemProcess[] {
  const processes: SystemProcess[] = []
  for (let at = 0; at + HEADER_BYTES <= buffer.length; ) {
    const found = parseProcess(buffer, at, address)
    if (found !== null) processes.push(found)
    const next = buffer.readUInt32LE(at + OFFSET.next)
    if (next === 0) break
    at += next
  }
  return processes
}

function parseProcess(buffer: Buffer, at: number, address: bigint): SystemProcess | null {
  const createdAt = buffer.readBigUInt64LE(at + OFFSET.createTime)
  const threadCount = buffer.readUInt32LE(at + OFFSET.threadCount)
  if (createdAt === 0n || threadCount === 0) return null
  const cpu = buffer.readBigUInt64LE(at + OFFSET.userTime) + buffer.readBigUInt64LE(at + OFFSET.kernelTime)
  return {
    pid: Number(buffer.readBigUInt64LE(at + OFFSET.pid)),
    parentPid: Number(buffer.readBigUInt64LE(at + OFFSET.parentPid)),
    createdAt: createdAt.toString(),
    name: readName(buffer, at, address),
    cpuMs: Number(cpu) / TICKS_PER_MS,
    memory: readMemory(buffer, at),
    isSuspended: areSuspended(buffer, at + HEADER_BYTES, threadCount),
  }
}

/** Empty if it lies outside of the buffer, which Windows never does. */
function readName(buffer: Buffer, at: number, address: bigint): string {
  const start = Number(buffer.readBigUInt64LE(at + OFFSET.nameAddress) - address)
  const end = start + buffer.readUInt16LE(at + OFFSET.nameBytes)
  return start >= 0 && end <= buffer.length ? buffer.toString('utf16le', start, end) : ''
}

/**
 * The private working set, which Task Manager shows as "Memory", and the rest of the working set: files that are
 * mapped, such as libraries and weights, which others may map, too (docs/decisions/0011-usage.md).
 */
function readMemory(buffer: Buffer, at: number): SystemProcess['memory'] {
  const workingSet = Number(buffer.readBigUInt64LE(at + OFFSET.workingSet))
  const own = Number(buffer.readBigUInt64LE(at + OFFSET.privateWorkingSet))
  // There is no process without private pages: a system that says so does not tell the parts apart.
  return own === 0 ? { own: workingSet, shareable: 0 } : { own, shareable: Math.max(0, workingSet - own) }
}

function areSuspended(buffer: Buffer, start: number, count: number): boolean | null {
  let isTold = false
  let areAll = true
  for (let at = start; at < start + count * THREAD_BYTES && at + THREAD_BYTES <= buffer.length; at += THREAD_BYTES) {
    const state = buffer.readUInt32LE(at + THREAD_OFFSET.state)
    if (state !== INITIALIZED) isTold = true
    if (state !== WAITING || !SUSPENDED.has(buffer.readUInt32LE(at + THREAD_OFFSET.waitReason))) areAll = false
  }
  return isTold ? areAll : null
}
