import { setTimeout as delay } from 'node:timers/promises'

export interface WaitOptions {
  /** Generous: it only bounds a failing test. Default 15 s. */
  readonly timeoutMs?: number
  /** What is waited for, in words that complete "timed out waiting for ...". */
  readonly what: string
}

const POLL_MS = 10

/**
 * Waits until `condition` is true (or anything else but false, null and undefined) and returns what it gave. The only
 * synchronisation tests use besides awaiting: never sleep for a time that "should be enough".
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  { timeoutMs = 15_000, what }: WaitOptions,
): Promise<Exclude<T, false | null | undefined>> {
  const deadline = Date.now() + timeoutMs
  let last: unknown
  for (;;) {
    const value = await condition()
    if (value !== false && value !== null && value !== undefined) {
      return value as Exclude<T, false | null | undefined>
    }
    last = value
    if (Date.now() >= deadline) {
      throw new Error(`timed out after ${timeoutMs} ms waiting for ${what} (last seen: ${String(last)})`)
    }
    await delay(POLL_MS)
  }
}
