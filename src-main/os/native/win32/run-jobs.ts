import { createHash } from 'node:crypto'
import type { Handle } from './libs.ts'
import { loadNativeProcesses, type NativeProcesses } from './native.ts'

/** The variable that marks a run, as in `process-tree.ts`. */
interface Marker {
  readonly name: string
  readonly value: string
}

/** What tells the process that a run began with from any other of the same boot. */
interface Root {
  readonly pid: number
  readonly createdAt: string
}

/**
 * The job object of a run with this marker (Windows). In the namespace of the session; a run's number is not to be guessed, so
 * nobody else has it first.
 */
export function jobName({ name, value }: Marker): string {
  const text = `${name}-${value}`
  const tail = /^[\w.-]{1,150}$/.test(text) ? text : createHash('sha256').update(text).digest('hex')
  return `Local\\agentos-${tail}`
}

interface HeldJob {
  readonly job: Handle
  /** How many work with it just now. */
  users: number
}

/**
 * The job objects that this process has made or taken over. A job is found by its name as long as anybody has a handle of
 * it: its root process has one, what that starts inherits it as far as it inherits handles at all, and so has this
 * process, until nothing is left in it.
 */
export class RunJobs {
  readonly #native: NativeProcesses
  readonly #held = new Map<string, HeldJob>()
  /** Names of those without a marker, by the identity of their root. */
  readonly #unmarked = new Map<string, string>()
  #count = 0

  constructor(native: NativeProcesses) {
    this.#native = native
  }

  /**
   * The process has to be started at once: an empty job is let go of.
   *
   * @param marker null: a job of no run, whose members may leave it if they ask for that
   */
  create(marker: Marker | null): { readonly name: string; readonly job: Handle } {
    this.sweep()
    this.#count += 1
    const name = marker === null ? `Local\\agentos-${process.pid}-${Date.now()}-${this.#count}` : jobName(marker)
    const job = this.#native.jobs.create(name, { allowLeaving: marker === null })
    const before = this.#held.get(name)
    if (before !== undefined) this.#native.handles.close(before.job)
    this.#held.set(name, { job, users: 0 })
    return { name, job }
  }

  /** Remembers whose job it is, if only its root can be known by others. */
  belongsTo(name: string, root: Root): void {
    this.#unmarked.set(rootKey(root), name)
  }

  /** Takes over the job of a run from an earlier life of the app, so that its name outlives its root. */
  hold(marker: Marker): void {
    const name = jobName(marker)
    if (this.#held.has(name)) return
    const job = this.#native.jobs.open(name)
    if (job !== null) this.#held.set(name, { job, users: 0 })
  }

  /** Calls `use` with the job of a tree, or with null if there is none (any more). */
  async with<T>(root: Root, marker: Marker | undefined, use: (job: Handle | null) => Promise<T>): Promise<T> {
    const name = marker === undefined ? this.#unmarked.get(rootKey(root)) : jobName(marker)
    if (name === undefined) return use(null)
    const held = this.#held.get(name)
    const job = held?.job ?? this.#native.jobs.open(name)
    if (held !== undefined) held.users += 1
    try {
      return await use(job)
    } finally {
      if (held !== undefined) held.users -= 1
      else if (job !== null) this.#native.handles.close(job)
      this.sweep()
    }
  }

  /** The pids of a run's members; empty if there is no such run. */
  members(marker: Marker): number[] {
    const name = jobName(marker)
    const held = this.#held.get(name)
    if (held !== undefined) return this.#native.jobs.members(held.job)
    const job = this.#native.jobs.open(name)
    if (job === null) return []
    try {
      return this.#native.jobs.members(job)
    } finally {
      this.#native.handles.close(job)
    }
  }

  /** Lets go of those in which nothing is left. To be called when a root has ended. */
  sweep(): void {
    for (const [name, { job, users }] of this.#held) {
      if (users > 0 || this.#native.jobs.members(job).length > 0) continue
      this.#native.handles.close(job)
      this.#held.delete(name)
    }
    for (const [key, name] of this.#unmarked) if (!this.#held.has(name)) this.#unmarked.delete(key)
  }
}

const rootKey = ({ pid, createdAt }: Root) => `${pid}:${createdAt}`

let loading: Promise<RunJobs | null> | undefined

/** The one of this process; null without native calls (not Windows, or no koffi). */
export function runJobs(): Promise<RunJobs | null> {
  loading ??= loadNativeProcesses().then((native) => (native === null ? null : new RunJobs(native)))
  return loading
}

/**
 * The pids of all that a run has started and that lives, wherever it went: what the environment marker tells on other
 * systems. Empty without native calls.
 */
export async function markedProcesses(marker: Marker): Promise<ReadonlySet<number>> {
  return new Set((await runJobs())?.members(marker) ?? [])
}

/**
 * Keeps what a run of an earlier life of the app has started findable by its marker, should its own process end. Without
 * effect where that needs nothing. Never rejects.
 */
export async function holdMarked(marker: Marker): Promise<void> {
  try {
    ;(await runJobs())?.hold(marker)
  } catch {
    // It is found by its parents then.
  }
}
