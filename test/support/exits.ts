/**
 * How ends from outside look. Windows has no signals: Node ends a process with exit code 1 instead, and what ends by
 * Ctrl-Break, the polite way there, has a code of the system's.
 */
const isWindows = process.platform === 'win32'
const BY_CTRL_BREAK = 0xc000013a

/** A signal that Node can send on this system and that the product does not. */
export const CRASH_SIGNAL: NodeJS.Signals = isWindows ? 'SIGKILL' : 'SIGSEGV'

/** How a process that does not listen to it has ended after a polite stop. */
export const endOfPoliteStop = isWindows ? { code: BY_CTRL_BREAK, signal: null } : { code: null, signal: 'SIGTERM' }

/** As Python's `returncode`. */
export const returnCodes = { polite: isWindows ? BY_CTRL_BREAK : -15, forced: isWindows ? 1 : -9 }

export const endBy = (signal: NodeJS.Signals) =>
  isWindows ? { code: 1, signal: null } : { code: null, signal: signal as string }

/** As the app tells it to people. */
export const wordsForEndBy = (signal: NodeJS.Signals) => (isWindows ? 'exit code 1' : `signal ${signal}`)
