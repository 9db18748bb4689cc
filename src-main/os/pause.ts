import { ProcessError } from './process-error.ts'
import type { ProcessEntry } from './processes/process-table.ts'

/** A process tree that stands still. */
export interface PausedTree {
  /** Those that stand still because of this; without those that somebody had stopped before. */
  readonly pids: readonly number[]
  /** Lets them go on. What had been stopped before stays so. Idempotent. */
  resume(): Promise<void>
}

/** How a system makes processes stand still, a few at a time as they are found. */
export interface Pause extends PausedTree {
  /** Whether this one was dealt with. */
  has(entry: ProcessEntry): boolean
  /**
   * Ends when all of them stand still, or have ended.
   *
   * @throws ProcessError `not-paused`, `not-supported`
   */
  stop(fresh: readonly ProcessEntry[]): Promise<void>
}

export function notPaused(entries: readonly Pick<ProcessEntry, 'pid' | 'name'>[]): ProcessError {
  const names = entries.map(({ pid, name }) => `${name} (${pid})`).join(', ')
  return new ProcessError('not-paused', `could not make ${names} stand still`)
}
