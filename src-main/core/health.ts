import type { HealthConfig, ProbeConfig } from './health-config.ts'
import type { ServiceDefinition } from './service-config.ts'

export type Health = 'unknown' | 'loading' | 'ok' | 'failing'

export interface HealthState {
  readonly health: Health
  /** What the last probe said; null before the first. */
  readonly detail: string | null
  /** Answers in a row that were not good, counted up to the threshold. */
  readonly failures: number
  /** Answers in a row that spoke for the same other health, and which. */
  readonly streak: { readonly of: Health; readonly count: number }
  /** Whether it was ok once in this run: from then on it is probed for liveness. */
  readonly isReady: boolean
  /** When this run was first probed, in milliseconds since the epoch; the start grace counts from here. */
  readonly since: number
  /** Since when `health` is what it is. */
  readonly changedAt: number
}

/**
 * One probe's answer. `unreachable` (refused) is apart from `failed`: while a server starts it means "still loading"
 * (whisper-server binds only when its model is loaded).
 */
export interface ProbeResult {
  readonly outcome: 'ok' | 'loading' | 'failed' | 'unreachable'
  readonly detail: string
  /**
   * Who answered, if anybody did and it can be told: the server `itself`, by a text that only it says; `somebody` who does
   * not say; or an `other` program.
   */
  readonly who?: 'itself' | 'somebody' | 'other'
}

/**
 * The probe a service is due: the one for readiness until it was ok once, then the one for liveness. Null if there is
 * nothing to ask. Output can be read only of what this app started; others are asked for by their port.
 */
export function dueProbe(service: ServiceDefinition, isReady: boolean, isExternal = false): ProbeConfig | null {
  const { health, port } = service
  const wanted = isReady ? health : (health.readiness ?? health)
  const probe: ProbeConfig = isExternal && wanted.type === 'log' ? { ...wanted, type: 'tcp' } : wanted
  if (probe.type === 'none') return null
  return port === null && (probe.type === 'http' || probe.type === 'tcp') ? null : probe
}

/** Whether anything can be probed at all. */
export function isProbed(service: ServiceDefinition): boolean {
  return dueProbe(service, false) !== null
}

export function initialHealth(service: ServiceDefinition, now: number): HealthState {
  const base = { failures: 0, streak: { of: 'unknown', count: 0 }, since: now, changedAt: now } as const
  if (isProbed(service)) return { ...base, health: 'unknown', detail: null, isReady: false }
  return { ...base, health: 'ok', detail: 'Its process is alive; no probe is configured.', isReady: true }
}

/**
 * Health after one more probe; the same object if nothing changed. A service that never was ok is `loading` until its
 * start grace is over, whatever the probes say. After that, health changes only when enough answers in a row speak for
 * it, so that neither a lost answer nor a flapping server flaps the tray.
 */
export function applyProbe(state: HealthState, result: ProbeResult, config: HealthConfig, now: number): HealthState {
  const says = spokenFor(state, result, config, now)
  const inARow = state.streak.of === says ? state.streak.count + 1 : 1
  const failures = says === 'ok' ? 0 : Math.min(config.failureThreshold, state.failures + 1)
  const health = nextHealth(state, says, inARow, failures, config)
  const { detail } = result
  // What speaks for the health as it is needs no counting, so that a steady service never changes its state.
  const count = health === says ? 0 : inARow
  const isSame =
    health === state.health &&
    detail === state.detail &&
    failures === state.failures &&
    says === state.streak.of &&
    count === state.streak.count
  if (isSame) return state
  return {
    ...state,
    health,
    detail,
    failures,
    streak: { of: says, count },
    isReady: state.isReady || health === 'ok',
    changedAt: health === state.health ? state.changedAt : now,
  }
}

/** The health that one answer, taken alone, would mean. */
function spokenFor(state: HealthState, { outcome }: ProbeResult, config: HealthConfig, now: number): Health {
  if (outcome === 'ok') return 'ok'
  if (outcome === 'loading') return state.isReady ? config.unavailable : 'loading'
  const inGrace = !state.isReady && now - state.since < config.startGraceSeconds * 1000
  return inGrace ? 'loading' : 'failing'
}

function nextHealth(state: HealthState, says: Health, count: number, failures: number, config: HealthConfig): Health {
  const { health, isReady } = state
  const { failureThreshold } = config
  const successThreshold = isReady ? config.successThreshold : (config.readiness?.successThreshold ?? 1)
  switch (health) {
    case 'unknown':
    case 'loading':
      if (says === 'ok') return count >= successThreshold ? 'ok' : 'loading'
      return says === 'failing' && count >= failureThreshold ? 'failing' : 'loading'
    case 'ok':
      return failures >= failureThreshold ? says : 'ok'
    case 'failing':
      if (says === 'ok') return count >= successThreshold ? 'ok' : 'failing'
      return count >= failureThreshold ? says : 'failing'
  }
}

/** Whether the last answer made a service fail that had been ok, so that it may be restarted. */
export function hasFailed(before: HealthState, after: HealthState): boolean {
  return after.isReady && after.health === 'failing' && before.health !== 'failing'
}
