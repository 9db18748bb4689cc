import { baseUrl } from '../core/address.ts'
import type { Exit } from '../core/exit.ts'
import type { Failure } from '../core/failure.ts'
import type { Health } from '../core/health.ts'
import { formatCommand } from '../core/redact.ts'
import type { ServiceStatus } from '../core/state.ts'
import { describeCommand } from './launch.ts'
import type { ServiceRunner } from './service-runner.ts'

/** Everything others may know of one service, at one moment. Plain data. */
export interface ServiceSnapshot {
  readonly key: string
  readonly name: string
  readonly preset: string
  readonly status: ServiceStatus
  readonly health: Health
  readonly healthDetail: string | null
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
  readonly lastExit: Exit | null
  /** True if the service is no longer defined but its instance still runs. */
  readonly removed: boolean
}

export function snapshotOf(runner: ServiceRunner, removed: boolean): ServiceSnapshot {
  const { service, state, run } = runner
  const { key, name, preset, host, port } = runner.serviceInEffect
  const hasHealth = state.status === 'running' || state.status === 'external'
  const external = state.status === 'external' ? state.holder : null
  const problem =
    state.status === 'failed' || state.status === 'backoff' || state.status === 'external' ? state.failure : null
  return {
    key,
    name,
    preset,
    status: state.status,
    health: hasHealth ? state.health.health : 'unknown',
    healthDetail: hasHealth ? state.health.detail : null,
    origin: run?.instance.origin ?? null,
    pid: external === null ? (run?.instance.pid ?? null) : external.pid,
    holderName: external?.name ?? null,
    host,
    port,
    url: port === null ? null : baseUrl(host, port),
    startedAt: run?.instance.startedAt ?? null,
    commandLine: run === null ? describeCommand(service) : formatCommand(run.command),
    problem,
    retryAt: state.status === 'backoff' ? state.retryAt : null,
    lastExit: state.lastExit,
    removed,
  }
}
