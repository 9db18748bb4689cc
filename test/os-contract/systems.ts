import { chmodSync, copyFileSync, linkSync, symlinkSync } from 'node:fs'
import { loadKoffi } from '../../src-main/os/native/koffi.ts'
import type { ProcessExit } from '../../src-main/os/started-process.ts'

// What differs between systems in the contract of os/. Everything else holds on all of them.

export const isWindows = process.platform === 'win32'
export const hasNativeCalls = (await loadKoffi()) !== null

/**
 * Whether a process can be asked to end, and what it lets go be found when it has ended. Windows has neither signals nor
 * process groups: both need native calls there.
 */
export const hasWholeTrees = !isWindows || hasNativeCalls

/** A forced end from outside. Windows knows an exit code only. */
export const wasForced = ({ code, signal }: ProcessExit): boolean =>
  isWindows ? code !== 0 || signal !== null : code === null && signal === 'SIGKILL'

/** What Node's own programs cannot start without. */
export const neededVariables = (): Record<string, string> =>
  isWindows ? { SystemRoot: process.env.SystemRoot ?? 'C:\\Windows' } : {}

/** A second name of this Node. */
export function placeProgram(path: string): void {
  if (!isWindows) {
    symlinkSync(process.execPath, path)
    return
  }
  try {
    linkSync(process.execPath, path)
  } catch {
    copyFileSync(process.execPath, path) // Another volume, or a file system without links.
  }
}

/** Windows goes by what is in a file, not by permissions. */
export const makeUnexecutable = (path: string): void => chmodSync(path, 0o644)

/** A folder that is too long for it may be no working directory on Windows. */
export const hasLongWorkingDirectories = !isWindows

/** A member of a tree that Node has started there ends with its parent, unless it is detached. */
export const membersSurviveTheirParent = !isWindows
