import type { HealthConfig, ServiceDefinition } from './service-config.ts'

export type Health = 'unknown' | 'loading' | 'ok' | 'failing'

export interface HealthState {
  readonly health: Health
  /** What the last probe said; null before the first. */
  readonly detail: string | null
  /** Failed probes in a row. */
  readonly failures: number
  /** When this run was first probed, in milliseconds since the epoch; the start grace counts from here. */
  readonly since: number
}

/**
 * One probe's answer. `unreachable` (refused) is apart from `failed`: while a server starts it means "still loading"
 * (whisper-server binds only when its model is loaded).
 */
export interface ProbeResult {
  readonly outcome: 'ok' | 'loading' | 'failed' | 'unreachable'
  readonly detail: string
}

/** Whether anything can be probed at all. */
export function isProbed(service: ServiceDefinition): boolean {
  return service.health.type !== 'none' && service.port !== null
}

export function initialHealth(service: ServiceDefinition, now: number): HealthState {
  if (!isProbed(service)) {
    return { health: 'ok', detail: 'Its process is alive; no probe is configured.', failures: 0, since: now }
  }
  return { health: 'unknown', detail: null, failures: 0, since: now }
}

/**
 * Health after one more probe. A service that never was ok is `loading` until its start grace is over, whatever the
 * probes say; one that was ok becomes `failing` only after `failureThreshold` failures in a row, so that a single lost
 * answer does not flap the tray.
 */
export function applyProbe(state: HealthState, result: ProbeResult, config: HealthConfig, now: number): HealthState {
  const { detail, outcome } = result
  if (outcome === 'ok') return { ...state, health: 'ok', detail, failures: 0 }
  if (outcome === 'loading') return { ...state, health: 'loading', detail, failures: 0 }
  const failures = state.failures + 1
  const starting = state.health === 'unknown' || state.health === 'loading'
  if (starting && now - state.since < config.startGraceSeconds * 1000) {
    return { ...state, health: 'loading', detail, failures }
  }
  const failing = starting || state.health === 'failing' || failures >= config.failureThreshold
  return { ...state, health: failing ? 'failing' : state.health, detail, failures }
}
