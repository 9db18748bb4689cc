/**
 * How ends from outside look. Windows has no signals: Node ends a process with exit code 1 instead, and what ends by
 * Ctrl-Break or Ctrl-C, the polite way there, has a code of the system's.
 */
const isWindows = process.platform === 'win32'
const BY_CONSOLE_EVENT = 0xc000013a

/** A signal that Node can send on this system and that the product does not. */
export const CRASH_SIGNAL: NodeJS.Signals = isWindows ? 'SIGKILL' : 'SIGSEGV'

/** How a process that does not listen to it has ended after a polite stop. */
export const endOfPoliteStop = isWindows ? { code: BY_CONSOLE_EVENT, signal: null } : { code: null, signal: 'SIGTERM' }

/** As Python's `returncode`. A forced end by the product counts as SIGKILL on Windows too: it has an exit code of its own. */
export const returnCodes = { polite: isWindows ? BY_CONSOLE_EVENT : -15, forced: -9 }

export const endBy = (signal: NodeJS.Signals) =>
  isWindows ? { code: 1, signal: null } : { code: null, signal: signal as string }

/** As the app tells it to people. */
export const wordsForEndBy = (signal: NodeJS.Signals) => (isWindows ? 'exit code 1' : `signal ${signal}`)
