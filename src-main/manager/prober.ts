import { alignedPause } from '../core/aligned-pause.ts'
import { dueProbe, type HealthState, type ProbeResult } from '../core/health.ts'
import { probePauseMs } from '../core/probe-pause.ts'
import type { ServiceDefinition } from '../core/service-config.ts'
import type { Attention } from './attention.ts'
import type { ProgramResolver } from './launch.ts'
import type { LogScan } from './log-scan.ts'
import { probeOnce } from './probe.ts'
import type { SecretsOf } from './service-secrets.ts'

export interface Probing {
  /** As it is defined now; a changed probe counts from the next one on. */
  readonly service: () => ServiceDefinition
  /** What is probed; null if it is not there any more. */
  readonly state: () => { readonly status: 'running' | 'external'; readonly health: HealthState } | null
  readonly log: LogScan | null
  readonly attention: Attention
  readonly resolveProgram: ProgramResolver
  readonly secretsOf: SecretsOf
  readonly onResult: (result: ProbeResult) => void
}

/**
 * Probes one run again and again. The next probe comes a pause after the last one was answered, so they never pile up; or
 * at once when somebody begins to look.
 *
 * @returns ends the probing
 */
export function startProbing(probing: Probing): () => void {
  const { service, state, log, attention, resolveProgram, secretsOf, onResult } = probing
  const abort = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const probe = async () => {
    timer = undefined
    const target = state()
    if (target === null) return
    const { isReady } = target.health
    const isExternal = target.status === 'external'
    // Started, and nothing watches whether it stays so.
    if (dueProbe(service(), isReady, isExternal) === null && target.health.health === 'ok') return
    const question = { service: service(), isReady, isExternal, log, resolveProgram, secretsOf }
    const result = await probeOnce(question, abort.signal)
    if (abort.signal.aborted) return
    onResult(result)
    // The answer may have ended the probing.
    if (abort.signal.aborted) return
    const scene = { isExternal, isWatched: attention.isGiven }
    const pause = probePauseMs(service(), state()?.health ?? target.health, scene)
    timer = setTimeout(() => void probe(), alignedPause(pause, Date.now()))
  }
  const stopListening = attention.onBegin(() => {
    if (timer === undefined) return
    clearTimeout(timer)
    void probe()
  })
  // A server needs a moment to bind; the first answer should rarely be "refused".
  timer = setTimeout(() => void probe(), 50)
  return () => {
    abort.abort()
    stopListening()
    clearTimeout(timer)
  }
}
