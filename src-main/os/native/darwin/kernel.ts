import { loadKoffi } from '../koffi.ts'
import { decodeKinfoProc, decodeKinfoProcs, type KernelProcess, KINFO_PROC_BYTES } from './kinfo-proc.ts'
import { hasVariable } from './process-arguments.ts'
import {
  decodeResources,
  decodeRunningThreads,
  decodeTimebase,
  PROC_PIDTASKINFO,
  type Resources,
  RUSAGE_INFO_BYTES,
  RUSAGE_INFO_V0,
  TASK_INFO_BYTES,
  TIMEBASE_BYTES,
  type Timebase,
} from './resources.ts'
import {
  decodeListeningSocket,
  decodeSocketDescriptors,
  FDINFO_BYTES,
  type ListeningSocket,
  PROC_PIDFDSOCKETINFO,
  PROC_PIDLISTFDS,
  SOCKET_FDINFO_BYTES,
} from './sockets.ts'
import { bindSystemLibrary, type SystemLibrary } from './system-library.ts'

/** What macOS tells about processes; each answer takes microseconds. */
export interface DarwinKernel {
  /** kern.bootsessionuuid: differs after each boot, and does not move with the clock as kern.boottime does. */
  readonly bootSession: string
  readonly timebase: Timebase
  /** Null if there is none. A zombie is one, too. Also another user's. */
  process(pid: number): KernelProcess | null
  /** All of them, other users' and zombies as well. @throws if the system does not give them */
  processes(): KernelProcess[]
  /** Path of the program; null if it cannot be told. */
  programPath(pid: number): string | null
  /** What the process listens on by TCP; nothing for another user's. */
  listeningSockets(pid: number): ListeningSocket[]
  /** Whether it was started with this variable; false also if that cannot be seen. */
  hasVariable(pid: number, name: string, value: string): boolean
  /** Null for another user's, or if it has ended. */
  runningThreads(pid: number): number | null
  resources(pid: number): Resources | null
}

// <sys/sysctl.h>
const CTL_KERN = 1
const KERN_PROC = 14
const KERN_PROC_ALL = 0
const KERN_PROC_PID = 1
const KERN_PROCARGS2 = 49
/** ARG_MAX, and the most that KERN_PROCARGS2 takes room for. */
const ARGUMENT_BYTES = 1024 * 1024
const PATH_BYTES = 4096
const FIRST_DESCRIPTORS = 1024
/** The table may grow between the question how large it is and the question for it. */
const ATTEMPTS = 8
const UUID = /^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/i
/** A clock that has never been set is behind this; the year 2001. */
const PLAUSIBLE_SECONDS = 978_307_200

/** @throws if the system's answers are not what they are expected to be */
export function createDarwinKernel(library: SystemLibrary): DarwinKernel {
  // Reused, since nothing here waits: a table is copied out before the next call.
  const one = Buffer.alloc(KINFO_PROC_BYTES)
  const socket = Buffer.alloc(SOCKET_FDINFO_BYTES)
  const task = Buffer.alloc(TASK_INFO_BYTES)
  const rusage = Buffer.alloc(RUSAGE_INFO_BYTES)
  const path = Buffer.alloc(PATH_BYTES)
  let table = Buffer.alloc(0)
  let descriptors = Buffer.alloc(FIRST_DESCRIPTORS * FDINFO_BYTES)
  let argumentBytes: Buffer | undefined

  const readTable = (): Buffer => {
    const name = [CTL_KERN, KERN_PROC, KERN_PROC_ALL]
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const bytes = table.length === 0 ? null : library.sysctl(name, table)
      if (bytes !== null) return table.subarray(0, bytes)
      const needed = library.sysctl(name, null) ?? 0
      // It adds some room by itself; this adds a quarter, so that the next times need one call only.
      table = Buffer.alloc(Math.max(needed + (needed >> 2), table.length * 2, KINFO_PROC_BYTES))
    }
    throw new Error('expected the table of processes from sysctl kern.proc.all, got none')
  }

  const readDescriptors = (pid: number): Buffer => {
    for (;;) {
      const bytes = Math.max(0, library.procPidInfo(pid, PROC_PIDLISTFDS, descriptors))
      // A full buffer may lack some. What is allowed to be open is far less than this could grow to.
      if (bytes < descriptors.length) return descriptors.subarray(0, bytes)
      descriptors = Buffer.alloc(descriptors.length * 2)
    }
  }

  return {
    bootSession: readBootSession(library),
    timebase: readTimebase(library),
    process(pid) {
      const bytes = library.sysctl([CTL_KERN, KERN_PROC, KERN_PROC_PID, pid], one) ?? 0
      if (bytes < KINFO_PROC_BYTES) return null
      const found = decodeKinfoProc(one)
      return found.pid === pid ? found : null
    },
    processes: () => decodeKinfoProcs(readTable()),
    programPath(pid) {
      const bytes = library.procPidPath(pid, path)
      return bytes > 0 ? path.toString('utf8', 0, bytes) : null
    },
    listeningSockets(pid) {
      const found: ListeningSocket[] = []
      for (const descriptor of decodeSocketDescriptors(readDescriptors(pid))) {
        const bytes = library.procPidFdInfo(pid, descriptor, PROC_PIDFDSOCKETINFO, socket)
        const listening = bytes < SOCKET_FDINFO_BYTES ? null : decodeListeningSocket(socket)
        if (listening !== null) found.push(listening)
      }
      return found
    },
    hasVariable(pid, name, value) {
      argumentBytes ??= Buffer.alloc(ARGUMENT_BYTES)
      const bytes = library.sysctl([CTL_KERN, KERN_PROCARGS2, pid], argumentBytes)
      return bytes !== null && hasVariable(argumentBytes.subarray(0, bytes), name, value)
    },
    runningThreads(pid) {
      return library.procPidInfo(pid, PROC_PIDTASKINFO, task) < TASK_INFO_BYTES ? null : decodeRunningThreads(task)
    },
    resources(pid) {
      return library.procPidRusage(pid, RUSAGE_INFO_V0, rusage) ? decodeResources(rusage) : null
    },
  }
}

function readBootSession(library: SystemLibrary): string {
  const bytes = Buffer.alloc(64)
  const length = library.sysctlByName('kern.bootsessionuuid', bytes) ?? 0
  const uuid = bytes.toString('latin1', 0, length).replace(/\0+$/, '')
  if (!UUID.test(uuid)) throw new Error(`expected a UUID from sysctl kern.bootsessionuuid, got "${uuid}"`)
  return uuid
}

function readTimebase(library: SystemLibrary): Timebase {
  const bytes = Buffer.alloc(TIMEBASE_BYTES)
  const timebase = library.machTimebaseInfo(bytes) ? decodeTimebase(bytes) : { numerator: 0, denominator: 0 }
  if (timebase.numerator === 0 || timebase.denominator === 0) {
    throw new Error(`expected a fraction from mach_timebase_info, got ${timebase.numerator}/${timebase.denominator}`)
  }
  return timebase
}

/**
 * Whether the kernel tells of this process what Node tells of it. A layout that has changed in a later macOS would show
 * here, and nothing may be signalled by what was misread.
 */
export function knowsItself(
  kernel: Pick<DarwinKernel, 'process' | 'processes'>,
  self: { readonly pid: number; readonly ppid: number },
  now = Date.now(),
): boolean {
  const found = kernel.process(self.pid)
  if (found === null || found.parentPid !== self.ppid || found.groupId <= 0) return false
  const { startSeconds, startMicroseconds } = found
  if (startSeconds < PLAUSIBLE_SECONDS || startSeconds > now / 1000 + 86_400) return false
  if (startMicroseconds < 0 || startMicroseconds >= 1_000_000) return false
  const listed = kernel.processes().find(({ pid }) => pid === self.pid)
  return listed?.startSeconds === startSeconds && listed.startMicroseconds === startMicroseconds
}

let loading: Promise<DarwinKernel | null> | undefined

/** Null on other systems, where koffi is missing, and where the answers make no sense: then ps and lsof are asked. */
export function loadDarwinKernel(): Promise<DarwinKernel | null> {
  loading ??= process.platform === 'darwin' ? bind() : Promise.resolve(null)
  return loading
}

async function bind(): Promise<DarwinKernel | null> {
  const koffi = await loadKoffi()
  if (koffi === null) return null
  try {
    const kernel = createDarwinKernel(bindSystemLibrary(koffi))
    return knowsItself(kernel, process) ? kernel : null
  } catch {
    return null // A macOS that lacks one of these calls, or answers otherwise.
  }
}
