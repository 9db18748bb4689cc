import type { Exit } from './exit.ts'
import type { Failure } from './failure.ts'
import type { HealthState, ProbeResult } from './health.ts'

/** One run of a service. */
export interface Instance {
  /** Unique per run; also the value of its environment marker. Events of an older run are told apart by it. */
  readonly runId: string
  /** Null if it is not known: the process of a server that is controlled by commands is not always visible. */
  readonly pid: number | null
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  /** `followed`: it restarted itself under a new pid and was recognised. */
  readonly origin: 'spawned' | 'adopted' | 'followed'
}

/** A process that this app did not start and that listens on the service's port. */
export interface Holder {
  readonly port: number
  readonly pid: number | null
  readonly name: string | null
}

/** What follows once the tree of a stopping instance is gone. */
export type AfterStop =
  | { readonly kind: 'stay-stopped' }
  | { readonly kind: 'start'; readonly checkPort: boolean }
  /** It ended by itself; what it left behind is swept before the restart policy is asked. */
  | { readonly kind: 'ask-policy'; readonly exit: Exit; readonly ranMs: number }
  /** It was ended because its health probe failed, `reason` being its last answer; then the policy is asked. */
  | { readonly kind: 'replace'; readonly reason: string; readonly ranMs: number }

/**
 * The state of one service. `restarts` counts automatic restarts in a row. There is no second place that says whether
 * a service runs.
 */
export type ServiceState =
  | { readonly status: 'stopped'; readonly lastExit: Exit | null }
  | { readonly status: 'starting'; readonly runId: string; readonly restarts: number; readonly lastExit: Exit | null }
  | {
      readonly status: 'running'
      readonly instance: Instance
      readonly health: HealthState
      readonly restarts: number
      readonly lastExit: Exit | null
    }
  | {
      readonly status: 'stopping'
      readonly runId: string
      /** Null while a cancelled start has not come back yet. */
      readonly instance: Instance | null
      readonly forced: boolean
      readonly after: AfterStop
      readonly restarts: number
      readonly lastExit: Exit | null
    }
  | {
      readonly status: 'backoff'
      readonly failure: Failure
      /** Milliseconds since the epoch. */
      readonly retryAt: number
      readonly restarts: number
      readonly lastExit: Exit | null
    }
  | { readonly status: 'failed'; readonly failure: Failure; readonly lastExit: Exit | null }
  | {
      readonly status: 'external'
      /** Identifies the probing of this holder, as a run's does. */
      readonly runId: string
      readonly holder: Holder
      readonly health: HealthState
      /** Why a start was refused, if one was asked for. */
      readonly failure: Failure | null
      readonly lastExit: Exit | null
    }

export type ServiceStatus = ServiceState['status']

/** Everything that can happen to a service. */
export type ServiceEvent =
  | { readonly type: 'start-requested'; readonly checkPort: boolean }
  | { readonly type: 'stop-requested'; readonly force: boolean }
  | { readonly type: 'restart-requested' }
  | { readonly type: 'launched'; readonly instance: Instance }
  | {
      readonly type: 'launch-failed'
      readonly runId: string
      readonly failure: Failure
      /** Who holds the port, if that is why. */
      readonly holder: Holder | null
    }
  | { readonly type: 'exited'; readonly runId: string; readonly exit: Exit }
  | {
      /** Nothing of the run is alive, but for `survivors` (in words; null if none). */
      readonly type: 'tree-ended'
      readonly runId: string
      readonly survivors: string | null
      /** Why it could not be ended, if there is more to say than who survived. */
      readonly failure?: Failure
      /** After a crash: what the run said last. */
      readonly lastWords?: readonly string[]
    }
  | { readonly type: 'probed'; readonly runId: string; readonly result: ProbeResult }
  /** The server restarted itself: the same run goes on as another process. */
  | { readonly type: 'moved'; readonly instance: Instance }
  | { readonly type: 'backoff-over' }
  | { readonly type: 'adopted'; readonly instance: Instance }
  | { readonly type: 'port-watched'; readonly holder: Holder | null }

/** What a waiting caller is told. */
export type Answer = { readonly ok: true; readonly message: string } | { readonly ok: false; readonly failure: Failure }

/** What is to be done outside; each is answered by an event where it says so. */
export type Effect =
  /** Check the port, write the records, spawn. Answered by `launched` or `launch-failed`, always. */
  | { readonly type: 'launch'; readonly runId: string; readonly checkPort: boolean }
  /** Let the launch under way end as early as it can. It is still answered. */
  | { readonly type: 'cancel-launch'; readonly runId: string }
  /** End everything that belongs to the run and forget its record. Answered by `tree-ended`. */
  | { readonly type: 'end-tree'; readonly runId: string; readonly force: boolean }
  /** Probe until told otherwise. Answered by `probed`, again and again. */
  | { readonly type: 'start-probing'; readonly runId: string }
  | { readonly type: 'stop-probing' }
  /** Answered by `backoff-over`. */
  | { readonly type: 'set-backoff-timer'; readonly delayMs: number }
  | { readonly type: 'clear-backoff-timer' }
  /** Wakes everyone who waits for a start, or for a stop. */
  | { readonly type: 'answer'; readonly to: 'start' | 'stop'; readonly answer: Answer }

export interface Decision {
  readonly state: ServiceState
  readonly effects: readonly Effect[]
}

export const initialState: ServiceState = { status: 'stopped', lastExit: null }
