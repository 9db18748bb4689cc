import type { Readable } from 'node:stream'
import type { ConsoleEvent } from './native/win32/console-event.ts'
import type { Marker } from './process-tree.ts'

/** How a process ended: one of `code` and `signal`; both null if nobody could see it (an adopted process). */
export interface ProcessExit {
  readonly code: number | null
  readonly signal: string | null
  /** Milliseconds since the epoch. */
  readonly at: number
}

/** Where the files lie that output goes into. */
export interface CaptureFiles {
  readonly stdout: string
  readonly stderr: string
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
   * append-mode file descriptors. With descriptors the output survives this process (DESIGN.md, D1). `paths` says which
   * files these are: Windows opens them anew, since a descriptor of Node's means nothing outside Node.
   */
  readonly captureOutput?: boolean | { readonly stdout: number; readonly stderr: number; readonly paths?: CaptureFiles }
  /**
   * By what all that it starts can be found later (`stopTree`, `ProcessTable.withEnvironment`): a variable, added to `env`,
   * which descendants inherit, and on Windows also the name of their job object.
   */
  readonly marker?: Marker
  /** Windows: what it is going to be asked to end by, in `stopTree`. Default: `ctrl-break`, which nothing ignores by default. */
  readonly consoleEvent?: ConsoleEvent
}

export interface ProcessHandle {
  readonly pid: number
  /** Settles when the process has ended. Never rejects. */
  readonly exited: Promise<ProcessExit>
  /** Only with `captureOutput: true`. */
  readonly stdout: Readable | null
  readonly stderr: Readable | null
}
