import { describeExit, type Exit, isCleanExit } from './exit.ts'
import type { Failure } from './failure.ts'
import type { RestartConfig } from './service-config.ts'

export type RestartDecision =
  | { readonly kind: 'stay-stopped' }
  | { readonly kind: 'restart'; readonly delayMs: number; readonly restarts: number }
  | { readonly kind: 'give-up'; readonly failure: Failure }

export interface RestartQuestion {
  readonly config: RestartConfig
  readonly exit: Exit
  /** Milliseconds the run lasted. */
  readonly ranMs: number
  /** Restarts in a row before this run. */
  readonly restarts: number
  /** From 0 up to 1, for the jitter. */
  readonly random: number
  /** True if it did not end by itself but because its health probe failed: then no exit is a clean one. */
  readonly unhealthy?: boolean
}

/** Share of the delay that is random, so that services that fell together do not rise together. */
const JITTER = 0.2

/** Delay before restart number `restarts` (0-based): exponential, capped, with up to 20 % taken off at random. */
export function backoffDelayMs(config: RestartConfig, restarts: number, random: number): number {
  const full = Math.min(config.initialDelaySeconds * 2 ** Math.min(restarts, 30), config.maxDelaySeconds)
  return Math.round(full * 1000 * (1 - JITTER * random))
}

/** What to do after a service ended by itself. */
export function decideRestart(question: RestartQuestion): RestartDecision {
  const { config, exit, ranMs, restarts, random, unhealthy = false } = question
  const clean = isCleanExit(exit) && !unhealthy
  if (config.policy === 'no' || (config.policy === 'on-failure' && clean)) {
    if (clean) return { kind: 'stay-stopped' }
    return {
      kind: 'give-up',
      failure: {
        code: 'crashed',
        message: `It ended by itself with ${describeExit(exit)}.`,
        hint: 'Look at the end of its output for the reason, then start it again.',
      },
    }
  }
  const inARow = ranMs >= config.stableAfterSeconds * 1000 ? 0 : restarts
  if (inARow >= config.maxRetries) {
    return {
      kind: 'give-up',
      failure: {
        code: 'crash-loop',
        message: `It ended ${inARow + 1} times in a row, last ${unhealthy ? 'because its health probe failed' : `with ${describeExit(exit)}`}.`,
        hint: 'Look at the end of its output for the reason, then start it again.',
      },
    }
  }
  return { kind: 'restart', delayMs: backoffDelayMs(config, inARow, random), restarts: inARow + 1 }
}
