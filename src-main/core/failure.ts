/** An expected failure in words: what was expected, what came, and what to do next. */
export interface Failure {
  /** Stable, e.g. `port-taken`. */
  readonly code: string
  readonly message: string
  /** Empty if there is nothing to do. */
  readonly hint: string
  /** What a service said last, as plain text; untrusted. */
  readonly details?: readonly string[]
}
