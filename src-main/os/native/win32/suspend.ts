import { bindWin32, type Win32 } from './libs.ts'

/** A process that can be made to stand still. As long as this is open, nobody else gets its pid. */
export interface SuspendableProcess {
  /** Each of its threads stands still once more. @returns whether that could be done */
  suspend(): boolean
  /** Undoes one {@link SuspendableProcess.suspend}: a thread that somebody else suspended, too, stays so. */
  resume(): void
  close(): void
}

export interface Win32Suspender {
  /**
   * Opens the process with exactly this pid and creation time.
   *
   * @returns `gone` if there is none (any more), `denied` if it may not be suspended
   */
  open(pid: number, createdAt: string): SuspendableProcess | 'gone' | 'denied'
}

const PROCESS_SUSPEND_RESUME = 0x0800
const PROCESS_QUERY_LIMITED_INFORMATION = 0x1000
const SYNCHRONIZE = 0x0010_0000
const ERROR_INVALID_PARAMETER = 87
const WAIT_OBJECT_0 = 0

let loading: Promise<Win32Suspender | null> | undefined

/** NtSuspendProcess and NtResumeProcess; null where koffi cannot be loaded. */
export function loadWin32Suspender(): Promise<Win32Suspender | null> {
  loading ??= bindWin32(bindTo)
  return loading
}

function bindTo({ kernel32, library, lastError }: Win32): Win32Suspender {
  const ntdll = library('ntdll.dll')
  // One argument each; more are ignored, and Wine needs five (process-calls.ts).
  const padding = 'intptr_t a, intptr_t b, intptr_t c, intptr_t d'
  const suspendProcess = ntdll.func(`uint32 NtSuspendProcess(intptr_t process, ${padding})`)
  const resumeProcess = ntdll.func(`uint32 NtResumeProcess(intptr_t process, ${padding})`)
  const openProcess = kernel32.func('intptr_t OpenProcess(uint32 access, int inherit, uint32 pid)')
  const closeHandle = kernel32.func('int CloseHandle(intptr_t handle)')
  const waitFor = kernel32.func('uint32 WaitForSingleObject(intptr_t handle, uint32 ms)')
  const processTimes = kernel32.func(
    'int GetProcessTimes(intptr_t process, void *created, void *exited, void *kernel, void *user)',
  )

  const isSame = (handle: number, createdAt: string) => {
    const [created, ...others] = Array.from({ length: 4 }, () => Buffer.alloc(8))
    if (created === undefined || processTimes(handle, created, ...others) === 0) return false
    return created.readBigUInt64LE(0).toString() === createdAt
  }

  return {
    open(pid, createdAt) {
      const access = PROCESS_SUSPEND_RESUME | PROCESS_QUERY_LIMITED_INFORMATION | SYNCHRONIZE
      const handle: number = openProcess(access, 0, pid)
      if (handle === 0) return lastError() === ERROR_INVALID_PARAMETER ? 'gone' : 'denied'
      if (waitFor(handle, 0) === WAIT_OBJECT_0 || !isSame(handle, createdAt)) {
        closeHandle(handle)
        return 'gone'
      }
      return {
        suspend: () => suspendProcess(handle, 0, 0, 0, 0) === 0,
        resume: () => void resumeProcess(handle, 0, 0, 0, 0),
        close: () => void closeHandle(handle),
      }
    },
  }
}
