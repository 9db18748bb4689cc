import type { Exit } from '../core/exit.ts'
import type { Failure } from '../core/failure.ts'
import type { Holder } from '../core/state.ts'
import type { Identity } from '../os/processes/process-table.ts'
import type { LogOffsets } from '../os/run-records.ts'
import type { RunView } from './runner.ts'

/** Environment variable that every child carries; its value is the run's id (DESIGN.md, D3). */
export const RUN_MARKER = 'AGENTOS_RUN'
/** Says which service a process belongs to, for people who look into /proc. */
export const KEY_MARKER = 'AGENTOS_SERVICE'

/** A run of a process of our own: what others see of it, its identity, and its end. */
export interface Run extends RunView {
  readonly identity: Identity
  /** Where its own output begins; null if nobody remembers. */
  readonly logOffsets: LogOffsets | null
  /** Whether its process was watched since it was started or taken over, so that its end is seen when it comes. */
  readonly isWatched: boolean
  /** Settles when the instance has ended, however that is found out. */
  readonly exited: Promise<Exit>
  /** How a run that was taken over has ended, if that is known already; null for one of our own, which `exited` tells. */
  seenExit(): Exit | null
  /** Ends the watching for the exit; the instance goes on. */
  unwatch(): void
}

export type LaunchResult =
  | { readonly ok: true; readonly run: Run }
  | { readonly ok: false; readonly failure: Failure; readonly holder: Holder | null }
