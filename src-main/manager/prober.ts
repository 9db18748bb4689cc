import { isProbed, type ProbeResult } from '../core/health.ts'
import type { ServiceDefinition } from '../core/service-config.ts'
import { probeOnce } from './probe.ts'

/** While a service is not ok yet, people watch it: probe more often than the interval says. */
const EAGER_INTERVAL_MS = 500

/**
 * Probes one run again and again. The next probe comes a pause after the last one was answered, so they never pile up.
 *
 * @returns ends the probing
 */
export function startProbing(
  service: () => ServiceDefinition,
  isSettled: () => boolean,
  onResult: (result: ProbeResult) => void,
): () => void {
  if (!isProbed(service())) return () => undefined
  const abort = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const probe = async () => {
    const result = await probeOnce(service(), abort.signal)
    if (abort.signal.aborted) return
    onResult(result)
    const intervalMs = service().health.intervalSeconds * 1000
    timer = setTimeout(() => void probe(), isSettled() ? intervalMs : Math.min(intervalMs, EAGER_INTERVAL_MS))
  }
  // A server needs a moment to bind; the first answer should rarely be "refused".
  timer = setTimeout(() => void probe(), 50)
  return () => {
    abort.abort()
    clearTimeout(timer)
  }
}
