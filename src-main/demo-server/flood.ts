import type { LineSink } from './log.ts'

const TICK_MS = 10

/**
 * Writes numbered lines at a rate until disposed of. Where the reader is slower it waits, and does not catch up: its
 * memory stays small.
 */
export function startFlood(linesPerSecond: number, stdout: LineSink): { dispose(): void } {
  let written = 0
  let due = 0
  let before = Date.now()
  let waiting = false
  const timer = setInterval(() => {
    const now = Date.now()
    // After a pause of the machine a second's worth is enough.
    due = waiting ? due : Math.min(due + ((now - before) * linesPerSecond) / 1000, linesPerSecond)
    before = now
    const count = waiting ? 0 : Math.floor(due)
    if (count === 0) {
      return
    }
    due -= count
    const time = new Date(now).toISOString()
    const lines: string[] = []
    for (let index = 0; index < count; index += 1) {
      written += 1
      lines.push(`${time} FLOOD line ${written} of a server that talks too much\n`)
    }
    if (!stdout.write(lines.join(''))) {
      waiting = true
      stdout.once('drain', () => {
        waiting = false
      })
    }
  }, TICK_MS)
  return { dispose: () => clearInterval(timer) }
}
