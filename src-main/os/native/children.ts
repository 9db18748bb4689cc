import type { NativeExit, PosixSpawner } from './posix-spawn.ts'

type OnExit = (exit: NativeExit) => void

/**
 * Tells when children that were started past Node have ended. Node reaps only its own; these are asked one by one when
 * the system says that some child has ended (SIGCHLD), which takes a microsecond each.
 */
export class Children {
  readonly #spawner: PosixSpawner
  readonly #onExit = new Map<number, OnExit>()
  #isListening = false
  readonly #onSignal = () => this.#reapAll()

  constructor(spawner: PosixSpawner) {
    this.#spawner = spawner
  }

  /**
   * Starts to listen before `start` makes the child, so that no end is missed. Listening keeps nothing alive: this
   * process ends when it has nothing else to do, and the child goes on.
   *
   * @returns what `start` returns, the pid
   * @throws what `start` throws
   */
  add(start: () => number, onExit: OnExit): number {
    if (!this.#isListening) {
      process.on('SIGCHLD', this.#onSignal)
      this.#isListening = true
    }
    try {
      const pid = start()
      this.#onExit.set(pid, onExit)
      return pid
    } finally {
      this.#stopIfNone()
    }
  }

  #reapAll(): void {
    for (const [pid, onExit] of [...this.#onExit]) {
      const exit = this.#reap(pid)
      if (exit === null) continue
      this.#onExit.delete(pid)
      onExit(exit)
    }
    // Not at once: a service that crashed may be started again in this turn of the event loop.
    setImmediate(() => this.#stopIfNone()).unref()
  }

  #stopIfNone(): void {
    if (this.#onExit.size > 0 || !this.#isListening) return
    process.off('SIGCHLD', this.#onSignal)
    this.#isListening = false
  }

  #reap(pid: number): NativeExit | null {
    try {
      return this.#spawner.reap(pid)
    } catch {
      return { code: null, signal: null } // Somebody else reaped it: it has ended, and nobody knows how.
    }
  }
}
