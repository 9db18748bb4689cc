import { chmodSync, copyFileSync, symlinkSync } from 'node:fs'
import { loadKoffi } from '../../src-main/os/native/koffi.ts'
import type { ProcessExit } from '../../src-main/os/started-process.ts'
import { isWine } from '../support/wine.ts'

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

/** This Node at another place. A link would do on Windows too, but cannot be removed while Node runs. */
export function placeProgram(path: string): void {
  if (isWindows) copyFileSync(process.execPath, path)
  else symlinkSync(process.execPath, path)
}

/** Windows goes by what is in a file, not by permissions. */
export const makeUnexecutable = (path: string): void => chmodSync(path, 0o644)

/** On Windows neither a program nor a working directory may have a path of more than 260 characters. */
export const startsInLongFolders = !isWindows

/** A member of a tree that Node has started there ends with its parent, unless it is detached. */
export const membersSurviveTheirParent = !isWindows

/**
 * Wine looks for the end of a file and then writes there, in two steps (docs/testing.md). A log that is emptied in between
 * begins with as many zeros as were in it; the line is there all the same.
 */
export const withoutHoles = (text: string): string => (isWine ? text.replaceAll('\0', '') : text)
