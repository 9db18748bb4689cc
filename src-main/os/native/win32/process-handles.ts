import type { Handle, Win32 } from './libs.ts'
import { systemError } from './system-error.ts'

/** Rights to a process (winnt.h). The limited one is granted for nearly every process, also of other users. */
export const ProcessAccess = {
  terminate: 0x0001,
  duplicateHandles: 0x0040,
  queryLimited: 0x1000,
  synchronize: 0x0010_0000,
} as const

const WAIT_OBJECT_0 = 0
const ERROR_INVALID_PARAMETER = 87
const OWN_PROCESS: Handle = 0xffff_ffff_ffff_ffffn

/**
 * The exit code of what this app ends by force, one by one or by job. No code of Windows itself looks so: bit 29 marks
 * those that others define (winerror.h).
 */
export const FORCED_EXIT_CODE = 0xe0a6_0009

/** How a process ended. A forced end of ours counts as SIGKILL, also if another life of the app did it. */
export interface NativeEnd {
  /** As a program gives it: 32 bits without a sign. */
  readonly code: number | null
  readonly signal: 'SIGKILL' | null
}

/** What can be done with an open process (kernel32). Nobody can have its pid while a handle is open. */
export interface ProcessHandles {
  /**
   * OpenProcess, if it is the process that was created at that time.
   *
   * @param access of {@link ProcessAccess}; `queryLimited` and `synchronize` come with it
   * @param createdAt as of {@link ProcessHandles.createdAt}; null: whoever has this pid
   * @returns null if there is no such process any more
   * @throws a system error: `EACCES` for one that may not be opened
   */
  open(pid: number, access: number, createdAt: string | null): Handle | null
  /** CloseHandle. @throws a system error: `EBADF` for what is no open handle, which is a bug */
  close(handle: Handle): void
  /** GetProcessTimes: its creation as a FILETIME, 100 ns since 1601, in decimal. @throws a system error */
  createdAt(process: Handle): string
  /** WaitForSingleObject with 0: an exit code alone may look like that of one that runs (STILL_ACTIVE, 259). */
  hasEnded(process: Handle): boolean
  /** GetExitCodeProcess, of one that has ended. @throws a system error */
  endOf(process: Handle): NativeEnd
  /** TerminateProcess. @returns false if it has ended or is ending already @throws a system error: `EACCES` */
  terminate(process: Handle): boolean
  /** GetProcessHandleCount of this process, for finding leaks. @throws a system error */
  ownHandleCount(): number
}

export function bindProcessHandles({ kernel32, lastError }: Win32): ProcessHandles {
  const openProcess = kernel32.func('void * __stdcall OpenProcess(uint32_t access, int inherit, uint32_t pid)')
  const closeHandle = kernel32.func('int __stdcall CloseHandle(void *handle)')
  const getTimes = kernel32.func(
    'int __stdcall GetProcessTimes(void *process, _Out_ uint64_t *created, _Out_ uint64_t *ended, _Out_ uint64_t *kernel, _Out_ uint64_t *user)',
  )
  const waitFor = kernel32.func('uint32_t __stdcall WaitForSingleObject(void *handle, uint32_t milliseconds)')
  const getExitCode = kernel32.func('int __stdcall GetExitCodeProcess(void *process, _Out_ uint32_t *code)')
  const terminateProcess = kernel32.func('int __stdcall TerminateProcess(void *process, uint32_t code)')
  const getHandleCount = kernel32.func('int __stdcall GetProcessHandleCount(void *process, _Out_ uint32_t *count)')

  const check = (call: string, result: number) => {
    if (result === 0) throw systemError(call, lastError())
  }
  const handles: ProcessHandles = {
    open(pid, access, createdAt) {
      const rights = access | ProcessAccess.queryLimited | ProcessAccess.synchronize
      const process: Handle | null = openProcess(rights, 0, pid)
      if (process === null) {
        const error = lastError()
        if (error === ERROR_INVALID_PARAMETER) return null
        throw systemError('OpenProcess', error)
      }
      const isOther = createdAt !== null && handles.createdAt(process) !== createdAt
      // One that has ended is kept in the system by whoever has a handle of it.
      if (!isOther && !handles.hasEnded(process)) return process
      handles.close(process)
      return null
    },
    close(handle) {
      check('CloseHandle', closeHandle(handle))
    },
    createdAt(process) {
      const created = [0n]
      check('GetProcessTimes', getTimes(process, created, [0n], [0n], [0n]))
      return String(created[0])
    },
    hasEnded: (process) => waitFor(process, 0) === WAIT_OBJECT_0,
    endOf(process) {
      const code: [number] = [0]
      check('GetExitCodeProcess', getExitCode(process, code))
      return code[0] === FORCED_EXIT_CODE ? { code: null, signal: 'SIGKILL' } : { code: code[0], signal: null }
    },
    terminate(process) {
      if (terminateProcess(process, FORCED_EXIT_CODE) !== 0) return true
      const error = lastError()
      // Access is denied also to one that has ended.
      if (handles.hasEnded(process)) return false
      throw systemError('TerminateProcess', error)
    },
    ownHandleCount() {
      const count: [number] = [0]
      check('GetProcessHandleCount', getHandleCount(OWN_PROCESS, count))
      return count[0]
    },
  }
  return handles
}
