import { systemErrorCode } from './process-error.ts'
import { processTable } from './processes/identity.ts'

/**
 * Whether a process with this pid exists: true also for another user's process, false for a zombie that only waits to
 * be reaped, and for anything that is not a positive whole number. A pid alone says nothing about *which* process it
 * is: see `findByIdentity`.
 */
export async function isProcessRunningCrossPlatform(pid: number): Promise<boolean> {
  if (!Number.isInteger(pid) || pid <= 0) return false
  // Signal 0 takes a pid there for the next smaller multiple of four, and needs more rights than a look.
  if (process.platform === 'win32') return (await processTable().find(pid)) !== null
  try {
    process.kill(pid, 0)
  } catch (error) {
    // EPERM: it exists, and is somebody else's.
    if (systemErrorCode(error) === 'EPERM') return true
    return false
  }
  return (await processTable().find(pid)) !== null
}
