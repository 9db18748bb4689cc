import { setTimeout as delay } from 'node:timers/promises'
import { notPaused, type Pause } from './pause.ts'
import { systemErrorCode } from './process-error.ts'
import { identityKey } from './process-tree.ts'
import type { ProcessEntry, ProcessTable } from './processes/process-table.ts'
import { stopStates } from './processes/stop-state.ts'
import { startProcessCrossPlatform } from './spawn.ts'

/** From the first signal on. A process that does not stand still by then waits for a disk, or is not ours. */
const DEADLINE_MS = 500
const GLANCE_MIN_MS = 1
const GLANCE_MAX_MS = 8
/** After this time everything goes on, even if this app was killed in between. */
const GUARD_SECONDS = 3

/**
 * POSIX: by SIGSTOP. A process of its own lets everything go on after {@link GUARD_SECONDS} seconds, should this app be killed
 * in between.
 */
export class PosixPause implements Pause {
  readonly #table: ProcessTable
  /** Identities that were dealt with. */
  readonly #seen = new Set<string>()
  readonly #stopped: ProcessEntry[] = []
  readonly #guards: number[] = []
  #deadline = Number.POSITIVE_INFINITY

  constructor(table: ProcessTable) {
    this.#table = table
  }

  get pids(): readonly number[] {
    return this.#stopped.map((entry) => entry.pid)
  }

  has(entry: ProcessEntry): boolean {
    return this.#seen.has(identityKey(entry))
  }

  /** @throws ProcessError `not-paused` */
  async stop(fresh: readonly ProcessEntry[]): Promise<void> {
    const states = await stopStates(fresh.map((entry) => entry.pid))
    for (const entry of fresh) this.#seen.add(identityKey(entry))
    const running = fresh.filter((entry) => states.get(entry.pid) === 'running')
    if (running.length === 0) return
    await this.#startGuard(running)
    const known = await this.#stillThere(running)
    this.#deadline = Math.min(this.#deadline, Date.now() + DEADLINE_MS)
    for (const entry of known) {
      if (!send(entry, 'SIGSTOP')) throw notPaused([entry])
      this.#stopped.push(entry)
    }
    await this.#waitUntilStill(known)
  }

  async resume(): Promise<void> {
    for (const entry of await this.#stillThere(this.#stopped.splice(0))) send(entry, 'SIGCONT')
    for (const pid of this.#guards.splice(0)) endGroup(pid)
  }

  /** A process of its own that lets these go on after a while, whatever becomes of this one. */
  async #startGuard(entries: readonly ProcessEntry[]): Promise<void> {
    const pids = entries.map((entry) => String(entry.pid))
    const script = `sleep ${GUARD_SECONDS}; kill -CONT "$@"`
    const { pid } = await startProcessCrossPlatform({
      command: ['/bin/sh', '-c', script, 'sh', ...pids],
      cwd: '/',
      // Without any marker, by which it would count as a member.
      env: { PATH: '/usr/bin:/bin' },
    })
    this.#guards.push(pid)
  }

  /** Those whose pid has not passed to another process. */
  async #stillThere(entries: readonly ProcessEntry[]): Promise<readonly ProcessEntry[]> {
    const now = await Promise.all(entries.map((entry) => this.#table.find(entry.pid)))
    return entries.filter((entry, index) => now[index]?.createdAt === entry.createdAt)
  }

  async #waitUntilStill(entries: readonly ProcessEntry[]): Promise<void> {
    for (let pause = GLANCE_MIN_MS; ; pause = Math.min(pause * 2, GLANCE_MAX_MS)) {
      const states = await stopStates(entries.map((entry) => entry.pid))
      const moving = entries.filter((entry) => states.get(entry.pid) === 'running')
      if (moving.length === 0) return
      if (Date.now() >= this.#deadline) throw notPaused(moving)
      await delay(pause)
    }
  }
}

/** Whether it got the signal, or has ended. */
function send({ pid }: ProcessEntry, signal: 'SIGSTOP' | 'SIGCONT'): boolean {
  try {
    process.kill(pid, signal)
    return true
  } catch (error) {
    return systemErrorCode(error) === 'ESRCH'
  }
}

/** The shell and its `sleep`, which lead a group of their own. */
function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    if (systemErrorCode(error) !== 'ESRCH') throw error
  }
}
