import { decide } from '../../src-main/core/decide.ts'
import type { DecisionContext } from '../../src-main/core/decision-parts.ts'
import type { Exit } from '../../src-main/core/exit.ts'
import { type HealthState, initialHealth } from '../../src-main/core/health.ts'
import type {
  Decision,
  Effect,
  Holder,
  Instance,
  ServiceEvent,
  ServiceState,
  ServiceStatus,
} from '../../src-main/core/state.ts'
import { makeService, type ServiceOverrides } from './service-definition.ts'

/** The moment at which all decisions of the tests are made. */
export const NOW = 1_000_000

export interface ContextOverrides extends Partial<Omit<DecisionContext, 'service'>> {
  readonly service?: ServiceOverrides
}

export function context({ service, ...overrides }: ContextOverrides = {}): DecisionContext {
  return { now: NOW, newRunId: 'new', random: 0, ...overrides, service: makeService(service) }
}

export function step(state: ServiceState, event: ServiceEvent, overrides: ContextOverrides = {}): Decision {
  return decide(state, event, context(overrides))
}

export const instance: Instance = { runId: 'run', pid: 4711, startedAt: NOW - 10_000, origin: 'spawned' }
export const holder: Holder = { port: 8080, pid: 99, name: 'python3' }
export const failure = { code: 'some', message: 'Some failure.', hint: '' }
export const healthy: HealthState = {
  health: 'ok',
  detail: null,
  failures: 0,
  streak: { of: 'ok', count: 0 },
  isReady: true,
  since: 0,
  changedAt: 0,
}
/** That of a run that was not probed yet. */
export const unproven: HealthState = initialHealth(makeService({ port: 8080 }), NOW)
export const exitWith = (code: number | null, signal: string | null = null): Exit => ({ code, signal, at: NOW })

type StateOf<S extends ServiceStatus> = Extract<ServiceState, { status: S }>
const lastExit = null

/** One state of every status; what does not matter for a test stays as it is here. */
export const states: { readonly [S in ServiceStatus]: StateOf<S> } = {
  stopped: { status: 'stopped', lastExit },
  starting: { status: 'starting', runId: 'run', restarts: 0, lastExit },
  running: { status: 'running', instance, health: healthy, restarts: 0, lastExit },
  stopping: {
    status: 'stopping',
    runId: 'run',
    instance,
    forced: false,
    after: { kind: 'stay-stopped' },
    restarts: 0,
    lastExit,
  },
  backoff: { status: 'backoff', failure, retryAt: NOW + 1000, restarts: 1, lastExit: exitWith(1) },
  failed: { status: 'failed', failure, lastExit },
  external: { status: 'external', runId: 'watch', holder, health: healthy, failure: null, lastExit },
}

/** A cancelled start that has not come back yet. */
export const cancelled: StateOf<'stopping'> = { ...states.stopping, instance: null }

/** Effects in short, e.g. `launch`, `answer start ok`, `answer stop some-code`. */
export function brief(effects: readonly Effect[]): string[] {
  return effects.map((effect) => {
    if (effect.type === 'answer') {
      return `answer ${effect.to} ${effect.answer.ok ? 'ok' : effect.answer.failure.code}`
    }
    if (effect.type === 'end-tree') {
      return effect.force ? 'end-tree by force' : 'end-tree'
    }
    return effect.type
  })
}
