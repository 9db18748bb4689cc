import { LOOK_AT_FIRST_THREAD } from './native/win32/first-thread.ts'
import { loadNativeProcesses } from './native/win32/native.ts'
import type { Identity } from './processes/process-table.ts'

/**
 * Whether a process runs, or ever has: false for one whose maker was killed in the middle of CreateProcessW (Windows), which
 * stands still for ever and has done nothing yet. True if that cannot be known, and on systems where nothing like it exists.
 */
export async function hasBegun({ pid, createdAt }: Identity): Promise<boolean> {
  const native = await loadNativeProcesses()
  if (native === null) return true
  const { handles, firstThreads } = native
  try {
    const process = handles.open(pid, LOOK_AT_FIRST_THREAD, createdAt)
    if (process === null) return true
    try {
      return firstThreads.hasBegun(process)
    } finally {
      handles.close(process)
    }
  } catch {
    return true // It may not be opened.
  }
}
