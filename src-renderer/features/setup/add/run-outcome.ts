import type { Problem } from '../../../../src-preload/contract/result.ts'
import type { ServiceView } from '../../../../src-preload/contract/service-view.ts'

export type RunOutcome =
  | { readonly kind: 'starting' }
  /** It runs, and says that it is not ready yet. */
  | { readonly kind: 'loading'; readonly since: number | null }
  /** `isProven`: its probe is good; otherwise nothing can be asked and its process lives. */
  | { readonly kind: 'works'; readonly isProven: boolean }
  | { readonly kind: 'failed'; readonly problem: Problem }

export interface StartAttempt {
  /** When it was asked for, in milliseconds since the epoch. */
  readonly at: number
  /** Since when it ran before, if it did: that run is not the one that was asked for. */
  readonly startedBefore: number | null
  /** Whether the answer is still to come. */
  readonly isPending: boolean
  /** Why it was refused; null if it was not. */
  readonly problem: Problem | null
}

/** What became of a start, from what the main process answered and what it tells of the service. */
export function runOutcome(service: ServiceView | null, attempt: StartAttempt): RunOutcome {
  const { at, startedBefore, isPending, problem } = attempt
  if (problem !== null) return { kind: 'failed', problem: service?.problem ?? problem }
  if (service === null) return { kind: 'starting' }
  const isNewRun = service.status === 'running' && service.startedAt !== startedBefore
  if (isPending && !isNewRun) return { kind: 'starting' }
  switch (service.status) {
    case 'running':
      if (service.health === 'loading') return { kind: 'loading', since: service.healthSince }
      if (service.health === 'failing') return failed(service, 'It runs, but it does not answer as it should.')
      return { kind: 'works', isProven: service.health === 'ok' }
    case 'failed':
    case 'backoff':
      return failed(service, 'It could not be started.')
    case 'external':
      return failed(service, `Port ${service.port} is held by ${service.holderName ?? 'another program'}.`)
    case 'stopped':
      return service.lastExit !== null && service.lastExit.at >= at
        ? failed(service, 'It ended as soon as it was started.')
        : { kind: 'starting' }
    default:
      return { kind: 'starting' }
  }
}

function failed({ problem, healthDetail }: ServiceView, message: string): RunOutcome {
  return { kind: 'failed', problem: problem ?? { code: 'failed', message, hint: healthDetail ?? '' } }
}

/** A failure between two pieces of news, such as the old run that ends before the new one begins, is none. */
const FAILURE_MS = 250
/** What cannot be asked and has failed before has to live as long as this. */
const RECOVERY_MS = 3000

/**
 * How many milliseconds an outcome has to last until it is shown in the place of `shown`; null: never. After a failure the
 * restart policy goes on trying; what can be done about the failure must not change under the hand meanwhile.
 */
export function settleMs(shown: RunOutcome, now: RunOutcome): number | null {
  if (now.kind === 'failed') return shown.kind === 'failed' ? 0 : FAILURE_MS
  if (shown.kind !== 'failed') return 0
  if (now.kind !== 'works') return null
  return now.isProven ? 0 : RECOVERY_MS
}
