import type { Failure } from '../core/failure.ts'
import type { Answer } from '../core/state.ts'

/** What became of a request. An expected failure is a value, never an exception. */
export interface Outcome {
  readonly success: boolean
  /** What happened, or what was expected and what came, in words. */
  readonly message: string
  /** Only without success: the failure's stable code and what to do next. */
  readonly failure?: Failure
}

export function toOutcome(answer: Answer): Outcome {
  if (answer.ok) return { success: true, message: answer.message }
  return refusal(answer.failure)
}

export function refusal(failure: Failure): Outcome {
  const message = failure.hint === '' ? failure.message : `${failure.message} ${failure.hint}`
  return { success: false, message, failure }
}

/** One outcome of several: all messages, and the first failure if any failed. */
export function combineOutcomes(outcomes: readonly Outcome[], nothing: string): Outcome {
  if (outcomes.length === 0) return { success: true, message: nothing }
  const failed = outcomes.filter((outcome) => !outcome.success)
  const message = (failed.length > 0 ? failed : outcomes).map((outcome) => outcome.message).join('\n')
  const failure = failed[0]?.failure
  return failure === undefined ? { success: failed.length === 0, message } : { success: false, message, failure }
}
