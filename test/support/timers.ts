import { waitFor } from './wait-for.ts'

/** Timers that keep this process alive. */
const pending = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length

/**
 * Waits until no timer is pending. At the beginning of a test too: the test runner has one of its own for a moment.
 * Nothing else of the test may be pending meanwhile.
 */
export function waitForNoTimers(what: string): Promise<true> {
  return waitFor(() => pending() === 0, { what: `${what} (no timer to be pending)` })
}
