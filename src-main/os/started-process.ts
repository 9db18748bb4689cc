import type { Readable } from 'node:stream'

/** How a process ended: one of `code` and `signal`; both null if nobody could see it (an adopted process). */
export interface ProcessExit {
  readonly code: number | null
  readonly signal: string | null
  /** Milliseconds since the epoch. */
  readonly at: number
}

export interface StartOptions {
  /** Program and arguments. No shell sees them: each entry reaches the program as it is. */
  readonly command: readonly [string, ...string[]]
  /** Working directory; default: this process's own. */
  readonly cwd?: string
  /** The whole environment; default: this process's own. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /**
   * Where output goes: nowhere (false, the default), into streams of the handle (true), or straight into open
   * append-mode file descriptors. With descriptors the output survives this process (DESIGN.md, D1).
   */
  readonly captureOutput?: boolean | { readonly stdout: number; readonly stderr: number }
}

export interface ProcessHandle {
  readonly pid: number
  /** Settles when the process has ended. Never rejects. */
  readonly exited: Promise<ProcessExit>
  /** Only with `captureOutput: true`. */
  readonly stdout: Readable | null
  readonly stderr: Readable | null
}
