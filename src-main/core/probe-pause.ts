import { dueProbe, type HealthState } from './health.ts'
import type { ServiceDefinition } from './service-config.ts'

/** While a service loads or recovers, people watch it: probe more often than the interval says. */
const EAGER_INTERVAL_MS = 500
/** After a bad answer of a service that was ok: whether that was chance is known soon, however rarely it is probed. */
const DOUBT_INTERVAL_MS = 2_000

/** How long after a probe was answered the next one begins, in milliseconds. */
export function probePauseMs(service: ServiceDefinition, state: HealthState, isExternal: boolean): number {
  const { health, isReady, streak, failures } = state
  const probe = dueProbe(service, isReady, isExternal) ?? service.health
  const intervalMs = probe.intervalSeconds * 1000
  // A command costs a process each time, and whoever gave it said how often.
  if (probe.type === 'command') return intervalMs
  if (health === 'ok' && failures > 0) return Math.min(intervalMs, DOUBT_INTERVAL_MS)
  const isWatched = health === 'unknown' || health === 'loading' || (health === 'failing' && streak.of === 'ok')
  return isWatched ? Math.min(intervalMs, EAGER_INTERVAL_MS) : intervalMs
}
