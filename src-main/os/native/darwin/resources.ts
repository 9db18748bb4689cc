// `struct rusage_info_v0` of <sys/resource.h> and `struct proc_taskinfo` of <sys/proc_info.h>, the same on arm64 and
// x86_64.

/** Flavor of proc_pid_rusage. */
export const RUSAGE_INFO_V0 = 0
export const RUSAGE_INFO_BYTES = 96
const USER_TIME = 16
const SYSTEM_TIME = 24
const RESIDENT_SIZE = 64
const FOOTPRINT = 72

/** Flavor of proc_pidinfo. */
export const PROC_PIDTASKINFO = 4
export const TASK_INFO_BYTES = 96
const RUNNING_THREADS = 88

/** What a process has used up and holds. */
export interface Resources {
  /** Processor time in the units of the machine's clock ({@link Timebase}): user and system together. */
  readonly cpuTicks: number
  readonly residentBytes: number
  /** What Activity Monitor shows as memory: what the process has for itself, compressed or not, the GPU's included. */
  readonly footprintBytes: number
}

/** A tick of the machine's clock is `numerator / denominator` nanoseconds: 1 on Intel, 125 / 3 on Apple silicon. */
export interface Timebase {
  readonly numerator: number
  readonly denominator: number
}

export const TIMEBASE_BYTES = 8

export function decodeTimebase(bytes: Buffer): Timebase {
  return { numerator: bytes.readUInt32LE(0), denominator: bytes.readUInt32LE(4) }
}

export function decodeResources(bytes: Buffer): Resources {
  const number = (offset: number) => Number(bytes.readBigUInt64LE(offset))
  return {
    cpuTicks: number(USER_TIME) + number(SYSTEM_TIME),
    residentBytes: number(RESIDENT_SIZE),
    footprintBytes: number(FOOTPRINT),
  }
}

/** How many threads run or would like to, from the bytes of PROC_PIDTASKINFO. */
export const decodeRunningThreads = (bytes: Buffer): number => bytes.readInt32LE(RUNNING_THREADS)
