import { execFileSync } from 'node:child_process'
import { closeSync, constants, openSync } from 'node:fs'
import { Socket } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'

interface Start {
  readonly pid: number
  /** `performance.now()` of when it said so. */
  readonly at: number
}

const PATIENCE_MS = 20_000

/**
 * Sees a program start by its own word: each run writes its pid into a pipe. So whoever restarts it, a manager, an app or
 * a bare loop, in whatever process, is measured by the same means and not asked.
 */
export class StartObserver {
  readonly command: readonly [string, ...string[]]
  readonly #socket: Socket
  readonly #starts: Start[] = []
  #wake: () => void = () => undefined

  /** @param name of the pipe in `folder` */
  constructor(folder: string, name: string) {
    const pipe = join(folder, name)
    execFileSync('mkfifo', [pipe])
    this.command = ['/bin/sh', '-c', 'echo $$ > "$1"; exec sleep 600', 'sh', pipe]
    // Read and write, so that it does not end when a writer closes it.
    const descriptor = openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK)
    this.#socket = new Socket({ fd: descriptor, readable: true, writable: false })
    this.#socket.once('error', () => closeSync(descriptor))
    createInterface({ input: this.#socket }).on('line', (line) => {
      this.#starts.push({ pid: Number(line), at: performance.now() })
      this.#wake()
    })
  }

  /** The next run that was not asked for yet. */
  async next(): Promise<Start> {
    const woken = new Promise<void>((resolve) => {
      this.#wake = resolve
    })
    if (this.#starts.length === 0) await Promise.race([woken, delay(PATIENCE_MS, undefined, { ref: false })])
    const start = this.#starts.shift()
    if (start === undefined) throw new Error(`expected ${this.command.join(' ')} to be started, waited in vain`)
    return start
  }

  close(): void {
    this.#socket.destroy()
  }
}

/**
 * Milliseconds from the death of a run to the first step of the next, for each of these restarters in turn.
 *
 * @param last filled with the pid that each runs now
 * @returns for each, one figure per round
 */
export async function measureRestarts(
  observers: readonly StartObserver[],
  rounds: number,
  last: number[] = [],
  pauseMs = 80,
): Promise<number[][]> {
  for (const observer of observers) last.push((await observer.next()).pid)
  const times: number[][] = observers.map(() => [])
  for (let round = 0; round < rounds; round += 1) {
    for (const [n, observer] of observers.entries()) {
      await delay(pauseMs)
      const from = performance.now()
      process.kill(last[n] ?? 0, 'SIGKILL')
      const { pid, at } = await observer.next()
      last[n] = pid
      times[n]?.push(at - from)
    }
  }
  return times
}
