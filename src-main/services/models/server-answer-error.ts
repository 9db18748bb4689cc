import type { Failure } from '../../core/failure.ts'

/** A server did not answer as was expected. What it means for a person is in `failure`. */
export class ServerAnswerError extends Error {
  override readonly name = 'ServerAnswerError'
  readonly failure: Failure
  /** What the server said itself; empty if it said nothing that can be read. */
  readonly serverWords: string

  constructor(failure: Failure, serverWords = '') {
    super(failure.message)
    this.failure = failure
    this.serverWords = serverWords
  }
}

/** The failure of an expected error; undefined for anything else, which is a bug. */
export function failureOf(error: unknown): Failure | undefined {
  return error instanceof ServerAnswerError ? error.failure : undefined
}
