import type { ConsoleEvent } from './native/win32/console-event.ts'
import type { TreeOptions } from './process-tree.ts'
import type { ProcessTable } from './processes/process-table.ts'

export interface StopTreeOptions extends TreeOptions {
  /** Milliseconds between the polite signal and the forced kill. */
  readonly graceMs: number
  /** Skip the polite part. */
  readonly force?: boolean
  /** The polite signal; default SIGTERM. What the root leaves behind gets SIGTERM. Without meaning on Windows. */
  readonly signal?: NodeJS.Signals
  /** Windows: the polite signal, as of the start. Default: `ctrl-break`. */
  readonly consoleEvent?: ConsoleEvent
  /** Milliseconds after which what got the polite signal and is still there gets it again. */
  readonly secondSignalAfterMs?: number
  /**
   * The server's own way to stop, instead of the signal, while the root lives. If it rejects, the signal is sent. Aborted
   * at the end of the polite part.
   */
  readonly ask?: (signal: AbortSignal) => Promise<void>
  /** Aborted when somebody will not wait any longer: ends the grace period at once. */
  readonly hurry?: AbortSignal
  readonly table?: ProcessTable
}

export interface Survivor {
  readonly pid: number
  readonly name: string
}

/** How long forced kills are repeated before what is left counts as a survivor (uninterruptible sleep, mostly). */
export const FORCE_DEADLINE_MS = 2_000
