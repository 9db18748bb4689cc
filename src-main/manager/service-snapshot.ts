import { baseUrl } from '../core/address.ts'
import { describeExit, type Exit } from '../core/exit.ts'
import type { Failure } from '../core/failure.ts'
import type { Health } from '../core/health.ts'
import { formatCommand } from '../core/redact.ts'
import type { ServiceStatus } from '../core/state.ts'
import type { Held } from './dependency-starter.ts'
import { describeCommand } from './launch.ts'
import type { Runner } from './runner.ts'

/** Everything others may know of one service, at one moment. Plain data. */
export interface ServiceSnapshot {
  readonly key: string
  readonly name: string
  readonly preset: string
  readonly status: ServiceStatus
  readonly health: Health
  readonly healthDetail: string | null
  /** Since when `health` is what it is, in milliseconds since the epoch. */
  readonly healthSince: number | null
  readonly origin: 'spawned' | 'adopted' | 'followed' | null
  readonly pid: number | null
  readonly holderName: string | null
  readonly host: string
  readonly port: number | null
  readonly url: string | null
  /** Milliseconds since the epoch. */
  readonly startedAt: number | null
  readonly commandLine: string
  readonly problem: Failure | null
  /** Milliseconds since the epoch. */
  readonly retryAt: number | null
  /** `words`: as people read it. */
  readonly lastExit: (Exit & { readonly words: string }) | null
  /** True if the service is no longer defined but its instance still runs. */
  readonly removed: boolean
}

/** A service in another state has more to tell than what it was held up by. */
const canHold: ReadonlySet<ServiceStatus> = new Set(['stopped', 'failed', 'external', 'backoff'])

/** @param held why the service has not been asked to start, if it is to start after others */
export function snapshotOf(runner: Runner, removed: boolean, held: Held | null = null): ServiceSnapshot {
  const { service, state, run } = runner
  const { key, name, preset, host, port } = runner.serviceInEffect
  const hasHealth = state.status === 'running' || state.status === 'external'
  const external = state.status === 'external' ? state.holder : null
  const problem =
    state.status === 'failed' || state.status === 'backoff' || state.status === 'external' ? state.failure : null
  const shown = canHold.has(state.status) ? held : null
  return {
    key,
    name,
    preset,
    status: shown?.kind === 'waiting' ? 'starting' : (shown?.kind ?? state.status),
    health: hasHealth && shown === null ? state.health.health : 'unknown',
    healthDetail: shown?.kind === 'waiting' ? shown.words : hasHealth ? state.health.detail : null,
    healthSince: hasHealth && shown === null ? state.health.changedAt : null,
    origin: run?.instance.origin ?? null,
    pid: external === null ? (run?.instance.pid ?? null) : external.pid,
    holderName: external?.name ?? null,
    host,
    port,
    url: port === null ? null : baseUrl(host, port),
    startedAt: run?.instance.startedAt ?? null,
    commandLine: run === null ? describeCommand(service) : formatCommand(run.command),
    problem: shown === null ? problem : shown.kind === 'failed' ? shown.failure : null,
    retryAt: state.status === 'backoff' ? state.retryAt : null,
    lastExit: state.lastExit === null ? null : { ...state.lastExit, words: describeExit(state.lastExit) },
    removed,
  }
}
