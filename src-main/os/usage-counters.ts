import { type MemoryParts, sumMemory } from './processes/tree-memory.ts'
import type { TreeUsage, UsageSource } from './usage-source.ts'

/** What a system counts of one process. */
export interface ProcessCounters {
  readonly pid: number
  /** Tells it from any other that had its pid. */
  readonly createdAt: string
  /** Since when it has existed, in milliseconds since the epoch. */
  readonly bornAtMs: number
  /** Time it has computed since then. */
  readonly cpuMs: number
  readonly memory: MemoryParts
}

/** The counters of these processes, or of more; those that have ended are left out. */
export type ReadCounters = (pids: ReadonlySet<number>) => Iterable<ProcessCounters>

interface Clock {
  /** Milliseconds that never go back. */
  readonly steady: () => number
  /** Milliseconds since the epoch. */
  readonly wall: () => number
}

interface Seen {
  readonly createdAt: string
  readonly cpuMs: number
  readonly at: number
}

const SYSTEM_CLOCK: Clock = { steady: () => performance.now(), wall: () => Date.now() }

/** Turns counters into usage: what a process has computed between two samples, or until its first one since it began. */
export class CountedUsage implements UsageSource {
  readonly #read: ReadCounters
  readonly #clock: Clock
  #seen: ReadonlyMap<number, Seen> = new Map()

  constructor(read: ReadCounters, clock: Clock = SYSTEM_CLOCK) {
    this.#read = read
    this.#clock = clock
  }

  async sample<K>(trees: ReadonlyMap<K, readonly number[]>): Promise<ReadonlyMap<K, TreeUsage>> {
    const wanted = new Set([...trees.values()].flat())
    const found = new Map<number, ProcessCounters>()
    if (wanted.size > 0) for (const counters of this.#read(wanted)) found.set(counters.pid, counters)
    const at = this.#clock.steady()
    const percents = new Map<number, number>()
    const seen = new Map<number, Seen>()
    for (const pid of wanted) {
      const counters = found.get(pid)
      if (counters === undefined) continue
      percents.set(pid, this.#cpuPercent(counters, at))
      seen.set(pid, { createdAt: counters.createdAt, cpuMs: counters.cpuMs, at })
    }
    this.#seen = seen
    const usage = new Map<K, TreeUsage>()
    for (const [key, members] of trees) {
      const known = members.map((pid) => found.get(pid)).filter((counters) => counters !== undefined)
      if (known.length === 0) continue
      usage.set(key, {
        cpuPercent: known.reduce((sum, { pid }) => sum + (percents.get(pid) ?? 0), 0),
        memoryBytes: sumMemory(known.map(({ memory }) => memory)),
        processCount: known.length,
      })
    }
    return usage
  }

  #cpuPercent({ pid, createdAt, bornAtMs, cpuMs }: ProcessCounters, at: number): number {
    const before = this.#seen.get(pid)
    const isSame = before?.createdAt === createdAt
    const computed = isSame ? cpuMs - before.cpuMs : cpuMs
    const elapsed = isSame ? at - before.at : this.#clock.wall() - bornAtMs
    // Two samples at once, or a clock that was set back.
    return elapsed <= 0 ? 0 : Math.max(0, (computed / elapsed) * 100)
  }
}
