import { notPaused, type Pause } from './pause.ts'
import { type PauseGuard, pauseGuard } from './pause-guard-client.ts'
import { ProcessError } from './process-error.ts'
import { identityKey } from './process-tree.ts'
import type { ProcessEntry } from './processes/process-table.ts'

/**
 * Windows: a process of its own, the guard, suspends what it is told to, and lets it go on when it is told to, when that
 * takes too long, or when this app is gone.
 */
export class Win32Pause implements Pause {
  readonly #guard: PauseGuard
  readonly #id: number
  /** Identities that were dealt with. */
  readonly #seen = new Set<string>()
  readonly #pids: number[] = []

  private constructor(guard: PauseGuard) {
    this.#guard = guard
    this.#id = guard.newPause()
  }

  /** @throws ProcessError `not-supported` */
  static async create(): Promise<Win32Pause> {
    const guard = await pauseGuard()
    if (guard === null) throw new ProcessError('not-supported', 'processes cannot be made to stand still here')
    return new Win32Pause(guard)
  }

  get pids(): readonly number[] {
    return this.#pids
  }

  has(entry: ProcessEntry): boolean {
    return this.#seen.has(identityKey(entry))
  }

  async stop(fresh: readonly ProcessEntry[]): Promise<void> {
    for (const entry of fresh) this.#seen.add(identityKey(entry))
    const { paused, moving } = await this.#guard.pause(this.#id, fresh)
    this.#pids.push(...paused)
    if (moving.length > 0) throw notPaused(fresh.filter(({ pid }) => moving.includes(pid)))
  }

  async resume(): Promise<void> {
    await this.#guard.resume(this.#id)
  }
}
