import { describeNtStatus } from './ntstatus.ts'

/** How a run ended: one of `code` and `signal`; both null if nobody could see it (an adopted instance). */
export interface Exit {
  readonly code: number | null
  readonly signal: string | null
  /** Milliseconds since the epoch. */
  readonly at: number
}

/** Whether a run ended as a server ends that was asked to, or by a crash. Death by a signal is a crash too. */
export function isCleanExit(exit: Exit): boolean {
  return exit.code === 0
}

/** In words, e.g. `exit code 1`, `signal SIGSEGV` or, on Windows, `exit code 0xC0000005 (access violation)`. */
export function describeExit({ code, signal }: Exit): string {
  if (signal !== null) return `signal ${signal}`
  return code === null ? 'an unknown exit code' : `exit code ${describeNtStatus(code) ?? code}`
}
