/**
 * An operating-system operation on a process that could not be done. `code` is stable, `hint` says what to do next.
 */
export class ProcessError extends Error {
  override readonly name = 'ProcessError'
  readonly code: string
  readonly hint: string

  constructor(code: string, message: string, hint = '', options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.hint = hint
  }
}

/** The `code` of a Node system error (`ENOENT`, `EPERM`, ...), or undefined for anything else. */
export function systemErrorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
