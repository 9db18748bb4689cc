import { alignedPause } from '../../core/aligned-pause.ts'
import type { TimelineEntry } from '../../core/timeline-entry.ts'
import { paceOf } from './keeper-pace.ts'
import { TRUST_MS, waitForWrite } from './quiet-watch.ts'
import { type Growth, type Offsets, ServiceTimeline, type StreamSize, type StreamSizes } from './service-timeline.ts'

/** The files of one service, as the keeper needs them. */
export interface KeptStore {
  /** How long the streams are now. Cheap: two looks at file sizes. */
  look(): StreamSizes
  /** Called after each look: begins what has become due, such as a rotation, and returns at once. */
  maintain(): void
}

export interface LogKeeperOptions {
  /** Asked once per service and kept. */
  readonly storeOf: (key: string) => KeptStore
  readonly folderOf: (key: string) => string
  readonly warn: (message: string) => void
  /** Milliseconds since the epoch; default: the clock. */
  readonly now?: () => number
}

interface Kept {
  readonly store: KeptStore
  readonly timeline: ServiceTimeline
  isRunning: boolean
  watchers: number
  /** Ends the waiting for the system to say that something is written; null while it is looked often enough. */
  endWaiting: (() => void) | null
  isUnreadable: boolean
  /** When it is due for the next look. */
  nextLookAt: number
}

const NO_LIMIT: Offsets = { stdout: Number.POSITIVE_INFINITY, stderr: Number.POSITIVE_INFINITY }

/** Leaves out what comes after a mark that is to follow. */
type Limit = (sizes: StreamSizes) => StreamSizes

type EntriesListener = (key: string, entries: readonly TimelineEntry[]) => void

/**
 * Looks at how far the services' streams have grown, and writes their timelines (docs/logs.md): often while somebody
 * watches, sometimes while it prints, hardly ever while it is quiet (then the system says when that changes), never for a
 * service that neither runs nor is watched. Looking is all it costs: no byte of the output passes through here.
 */
export class LogKeeper {
  readonly #options: LogKeeperOptions
  readonly #now: () => number
  readonly #kept = new Map<string, Kept>()
  readonly #listeners = new Set<EntriesListener>()
  #timer: NodeJS.Timeout | undefined
  /** When the timer fires; infinite while there is none. */
  #timerAt = Number.POSITIVE_INFINITY

  constructor(options: LogKeeperOptions) {
    this.#options = options
    this.#now = options.now ?? Date.now
  }

  /** Told of every entry as it is made. @returns ends it */
  onEntries(listener: EntriesListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Where the streams end now. */
  offsets(key: string): Offsets {
    const { stdout, stderr } = this.#keptOf(key).store.look()
    return { stdout: stdout.end, stderr: stderr.end }
  }

  /** Where the streams are known to have ended at some time: the timeline's end. */
  known(key: string): Offsets {
    return this.#keptOf(key).timeline.end
  }

  /** @param at where its own output begins */
  runStarted(key: string, pid: number, startedAt: number, at: Offsets): void {
    const kept = this.#begin(key, (sizes) => limited(sizes, at, startedAt))
    this.#tell(key, [kept.timeline.mark({ kind: 'start', pid }, startedAt, at)])
  }

  /** A run that goes on was taken over. */
  runAdopted(key: string, pid: number): void {
    const kept = this.#begin(key)
    this.#tell(key, [kept.timeline.mark({ kind: 'adopted', pid }, this.#now())])
  }

  /**
   * @param reason in words, e.g. `stopped`
   * @param until where the next run's output begins, if there is one already; default: where the streams end now
   */
  runEnded(key: string, endedAt: number, reason: string, until: Offsets = NO_LIMIT): void {
    const kept = this.#keptOf(key)
    this.#look(key, kept, true, (sizes) => limited(sizes, until, endedAt))
    kept.isRunning = false
    stopWaiting(kept)
    this.#tell(key, [kept.timeline.mark({ kind: 'end', reason }, endedAt)])
  }

  /** What was printed before is gone: an entry that says nothing new makes everybody look at what is left. */
  cleared(key: string): void {
    const { timeline } = this.#keptOf(key)
    this.look(key)
    this.#tell(key, [timeline.tick(this.#now())])
  }

  /** Looks 20 times a second from now on, and at once. @returns ends it */
  watch(key: string): () => void {
    const kept = this.#keptOf(key)
    kept.watchers += 1
    this.look(key)
    let isOver = false
    return () => {
      if (isOver) return
      isOver = true
      kept.watchers -= 1
    }
  }

  /** Looks now, and notes what there is. */
  look(key: string): void {
    const kept = this.#keptOf(key)
    this.#look(key, kept, true)
    this.#plan(kept)
  }

  dispose(): void {
    clearTimeout(this.#timer)
    this.#timerAt = Number.NEGATIVE_INFINITY
    for (const kept of this.#kept.values()) stopWaiting(kept)
    this.#listeners.clear()
  }

  /** What was printed before belongs before the mark that follows. */
  #begin(key: string, limit?: Limit): Kept {
    const kept = this.#keptOf(key)
    kept.isRunning = true
    this.#look(key, kept, true, limit)
    this.#plan(kept)
    return kept
  }

  #keptOf(key: string): Kept {
    const known = this.#kept.get(key)
    if (known !== undefined) return known
    const { storeOf, folderOf, warn } = this.#options
    const kept: Kept = {
      store: storeOf(key),
      timeline: new ServiceTimeline(folderOf(key), warn),
      isRunning: false,
      watchers: 0,
      endWaiting: null,
      isUnreadable: false,
      nextLookAt: 0,
    }
    this.#kept.set(key, kept)
    return kept
  }

  /** @param isExact whether what was printed is to be noted in any case */
  #look(key: string, kept: Kept, isExact = false, limit: Limit = (sizes) => sizes): void {
    const now = this.#now()
    const isWatched = kept.watchers > 0
    const { entries, hasGrown } = this.#newEntries(key, kept, now, isExact || isWatched, limit)
    if (isWatched || hasGrown) stopWaiting(kept)
    else if (kept.isRunning && kept.endWaiting === null) this.#waitForWrite(key, kept)
    const pace = paceOf({ isWatched, hasGrown, trustMs: kept.endWaiting === null ? null : TRUST_MS })
    kept.nextLookAt = now + alignedPause(pace, now)
    this.#tell(key, entries)
    kept.store.maintain()
    if (!isWatched && kept.timeline.isLong) void kept.timeline.shorten()
  }

  /** A folder that cannot be looked into for a while costs times and nothing else; it is said once. */
  #newEntries(key: string, kept: Kept, now: number, isExact: boolean, limit: Limit): Growth {
    try {
      const growth = kept.timeline.grown(limit(kept.store.look()), now, isExact)
      kept.isUnreadable = false
      return growth
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      if (!kept.isUnreadable) this.#options.warn(`The log of ${key} cannot be looked at: ${reason}`)
      kept.isUnreadable = true
      return { entries: [], hasGrown: false }
    }
  }

  #waitForWrite(key: string, kept: Kept): void {
    kept.endWaiting = waitForWrite(this.#options.folderOf(key), () => {
      kept.endWaiting = null
      this.look(key)
    })
    // What was written before the system listened.
    if (kept.endWaiting !== null) this.#look(key, kept)
  }

  #tell(key: string, entries: readonly TimelineEntry[]): void {
    if (entries.length === 0) return
    for (const listener of this.#listeners) listener(key, entries)
  }

  /** One timer for all services, set for the first that is due. */
  #plan({ nextLookAt }: Kept): void {
    if (nextLookAt >= this.#timerAt) return
    clearTimeout(this.#timer)
    this.#timerAt = nextLookAt
    this.#timer = setTimeout(() => this.#lookAtAllDue(), Math.max(0, nextLookAt - this.#now()))
    this.#timer.unref()
  }

  #lookAtAllDue(): void {
    this.#timerAt = Number.POSITIVE_INFINITY
    const now = this.#now()
    const active = [...this.#kept].filter(([, { isRunning, watchers }]) => isRunning || watchers > 0)
    for (const [key, kept] of active) {
      if (kept.nextLookAt <= now) this.#look(key, kept)
    }
    const first = active.map(([, kept]) => kept).sort((a, b) => a.nextLookAt - b.nextLookAt)[0]
    if (first !== undefined) this.#plan(first)
  }
}

/** Without what was printed from `until` on; when the rest was printed last is then not known better than `at`. */
function limited({ stdout, stderr }: StreamSizes, until: Offsets, at: number): StreamSizes {
  const limit = (size: StreamSize, end: number) => (size.end > end ? { end, mtimeMs: at } : size)
  return { stdout: limit(stdout, until.stdout), stderr: limit(stderr, until.stderr) }
}

function stopWaiting(kept: Kept): void {
  kept.endWaiting?.()
  kept.endWaiting = null
}
