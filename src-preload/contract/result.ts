import type { FieldProblemView } from './setup-view.ts'

/**
 * An expected failure, in words a person can act on. It is a value, never an exception (DESIGN.md, D7): Electron's
 * `ipcMain.handle` would pass on only the message of a thrown error.
 */
export interface Problem {
  /** Stable and machine-readable, e.g. `port-taken`. */
  readonly code: string
  /** What was expected and what came. */
  readonly message: string
  /** What to do next; empty if there is nothing to do. */
  readonly hint: string
  /** What a service said last, line by line. Untrusted: to be shown as text. */
  readonly details?: readonly string[]
  /** Only with `bad-entry`: all that is wrong with the entry, by its place in it. */
  readonly fields?: readonly FieldProblemView[]
}

export type Reply<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: Problem }
