import type { Handle, Win32 } from './libs.ts'
import { BASIC_BYTES } from './process-look.ts'

/** Rights to a process that {@link FirstThreads.hasBegun} needs (winnt.h): to read its memory, and to ask for its threads. */
export const LOOK_AT_FIRST_THREAD = 0x0010 | 0x0400

export interface FirstThreads {
  /**
   * Whether a process has ever been let go. CreateProcessW makes one with its first thread suspended, and resumes that as its
   * last step; of one who dies in between, a process is left that never executes an instruction.
   *
   * True also if Windows does not say.
   */
  hasBegun(process: Handle): boolean
}

const PROCESS_BASIC = 0
/** PROCESS_BASIC_INFORMATION.PebBaseAddress and PEB.Ldr of 64 bits (winternl.h). */
const PEB_AT = 8
const LOADER_AT = 0x18n
const POINTER_BYTES = 8
const THREAD_QUERY_INFORMATION = 0x40
/** THREADINFOCLASS, since Windows 8.1. */
const THREAD_SUSPEND_COUNT = 35

export function bindFirstThreads({ kernel32, library }: Win32): FirstThreads {
  const ntdll = library('ntdll.dll')
  const queryProcess = ntdll.func(
    'uint32 NtQueryInformationProcess(void *process, int class, void *data, uint32 bytes, void *needed)',
  )
  const nextThread = ntdll.func(
    'uint32 NtGetNextThread(void *process, void *thread, uint32 access, uint32 attributes, uint32 flags, _Out_ void **next)',
  )
  const queryThread = ntdll.func(
    'uint32 NtQueryInformationThread(void *thread, int class, void *data, uint32 bytes, void *needed)',
  )
  const readMemory = kernel32.func(
    'int ReadProcessMemory(void *process, uint64_t address, void *data, size_t bytes, void *read)',
  )
  const closeHandle = kernel32.func('int CloseHandle(void *handle)')

  /** The first thing that the first thread does is to make the loader's list of what is loaded. */
  function hasLoader(process: Handle): boolean {
    const basic = Buffer.alloc(BASIC_BYTES)
    if (queryProcess(process, PROCESS_BASIC, basic, BASIC_BYTES, null) !== 0) return true
    const address = basic.readBigUInt64LE(PEB_AT)
    if (address === 0n) return false
    const loader = Buffer.alloc(POINTER_BYTES)
    if (readMemory(process, address + LOADER_AT, loader, POINTER_BYTES, null) === 0) return true
    return loader.readBigUInt64LE() !== 0n
  }

  function isSuspended(process: Handle): boolean {
    const thread: [Handle] = [0n]
    if (nextThread(process, null, THREAD_QUERY_INFORMATION, 0, 0, thread) !== 0) return false
    const count = Buffer.alloc(4)
    const status = queryThread(thread[0], THREAD_SUSPEND_COUNT, count, count.length, null)
    closeHandle(thread[0])
    return status === 0 && count.readUInt32LE() > 0
  }

  // Both: it has no list yet either in its first microseconds, and one that runs may be suspended by anybody.
  return { hasBegun: (process) => !isSuspended(process) || hasLoader(process) }
}
