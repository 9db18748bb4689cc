import type { Problem } from './result.ts'

export type ServiceStatus = 'stopped' | 'starting' | 'running' | 'stopping' | 'backoff' | 'failed' | 'external'

export type HealthView = 'unknown' | 'loading' | 'ok' | 'failing'

/** How the last run of a service ended. */
export interface ExitView {
  readonly code: number | null
  readonly signal: string | null
  /** E.g. `exit code 3`, `signal SIGKILL` or, on Windows, `exit code 0xC0000005 (access violation)`. */
  readonly words: string
  /** Milliseconds since the epoch. */
  readonly at: number
}

/** Everything the window shows about one service, except its usage and its output. */
export interface ServiceView {
  /** The instance key, `<server>:<name>`. */
  readonly key: string
  readonly name: string
  readonly preset: string
  readonly status: ServiceStatus
  /** Meaningful while `status` is `running` or `external`; otherwise `unknown`. */
  readonly health: HealthView
  /** What the last probe said, e.g. `HTTP 503 from /health`; null if there was none. */
  readonly healthDetail: string | null
  /** Since when `health` is what it is, in milliseconds since the epoch; null while it has no meaning. */
  readonly healthSince: number | null
  /** Whether this app's current run spawned the instance, took it over, or followed it to its new process; null without an instance. */
  readonly origin: 'spawned' | 'adopted' | 'followed' | null
  /** The instance's process, or the foreign one while `status` is `external`. */
  readonly pid: number | null
  /** Name of the foreign process while `status` is `external`, if the system tells. */
  readonly holderName: string | null
  readonly host: string
  readonly port: number | null
  /** Address to open in a browser; null without a port. */
  readonly url: string | null
  /** Start of the instance in milliseconds since the epoch; null without an instance. */
  readonly startedAt: number | null
  /** The command as it runs or would run, for people to read. Never holds secrets (they go into the environment). */
  readonly commandLine: string
  /** Why the service failed, backs off, or is unhealthy. */
  readonly problem: Problem | null
  /** When the next attempt comes while `status` is `backoff`, in milliseconds since the epoch. */
  readonly retryAt: number | null
  readonly lastExit: ExitView | null
  /** True if the service is gone from services.json but its instance still runs. */
  readonly removed: boolean
}

/** CPU and memory of a service's whole process tree. */
export interface UsageView {
  /** Percent of one core; may exceed 100. */
  readonly cpuPercent: number
  /** Pages that several of its processes may share are counted once, where the system tells. */
  readonly memoryBytes: number
  /** Null where no driver tells. */
  readonly gpuMemoryBytes: number | null
  readonly processCount: number
}

/** Something wrong with a file the person edits, with its place. */
export interface ConfigProblemView {
  readonly file: string
  /** 1-based; null if the problem has no place, such as an unreadable file. */
  readonly line: number | null
  readonly column: number | null
  readonly message: string
}

export interface ServicesSnapshot {
  /** Number of the last patch this snapshot contains. */
  readonly seq: number
  /** In the order of services.json. */
  readonly services: readonly ServiceView[]
  /** What is wrong with services.json as it is on disk; empty if it is good. */
  readonly configProblems: readonly ConfigProblemView[]
}

/**
 * What changed since the patch before. Patches are numbered without gaps; a client that sees one subscribes anew.
 */
export interface ServicesPatch {
  readonly seq: number
  readonly upserted: readonly ServiceView[]
  /** All keys in their order, if services came, went or moved; otherwise null. */
  readonly order: readonly string[] | null
  readonly configProblems: readonly ConfigProblemView[] | null
}
