import type { ProcessExit } from './started-process.ts'

/**
 * How a process has ended; null if it has not within `ms`, or `signal` is aborted before. Nobody who ends waits for it.
 */
export function endedWithin(
  exited: Promise<ProcessExit>,
  ms: number,
  signal: AbortSignal,
): Promise<ProcessExit | null> {
  return new Promise((resolve) => {
    const giveUp = () => resolve(null)
    const timer = setTimeout(giveUp, ms)
    timer.unref()
    signal.addEventListener('abort', giveUp, { once: true })
    if (signal.aborted) giveUp()
    void exited.then(resolve).finally(() => {
      clearTimeout(timer)
      signal.removeEventListener('abort', giveUp)
    })
  })
}
