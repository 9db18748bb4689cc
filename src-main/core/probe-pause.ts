import { dueProbe, type HealthState } from './health.ts'
import type { ServiceDefinition } from './service-config.ts'

/** While a service loads or recovers, people watch it: probe more often than the interval says. */
const EAGER_INTERVAL_MS = 500
/** After a bad answer of a service that was ok: whether that was chance is known soon, however rarely it is probed. */
const DOUBT_INTERVAL_MS = 2_000

/** Who asks, and who looks at the answers. */
export interface ProbeScene {
  readonly isExternal: boolean
  /** Somebody has the services before them. */
  readonly isWatched: boolean
}

/** How long after a probe was answered the next one begins, in milliseconds. */
export function probePauseMs(service: ServiceDefinition, state: HealthState, scene: ProbeScene): number {
  const { isExternal, isWatched } = scene
  const { health, isReady, streak, failures } = state
  const probe = dueProbe(service, isReady, isExternal) ?? service.health
  const intervalMs = probe.intervalSeconds * 1000
  // A command costs a process each time, and whoever gave it said how often.
  if (probe.type === 'command') return intervalMs
  if (health === 'ok' && failures > 0) return Math.min(intervalMs, DOUBT_INTERVAL_MS)
  if (health === 'ok' && !isWatched) return Math.max(intervalMs, service.health.unwatchedIntervalSeconds * 1000)
  const isEager = health === 'unknown' || health === 'loading' || (health === 'failing' && streak.of === 'ok')
  return isEager ? Math.min(intervalMs, EAGER_INTERVAL_MS) : intervalMs
}
