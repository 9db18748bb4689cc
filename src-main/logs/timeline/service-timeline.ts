import type { RunMark, TimelineEntry } from '../../core/timeline-entry.ts'
import { appendEntry, openTimeline, shortenTimeline } from './timeline-file.ts'

/** How long a stream is, and when it was written to last (milliseconds since the epoch). */
export interface StreamSize {
  readonly end: number
  readonly mtimeMs: number
}

export interface StreamSizes {
  readonly stdout: StreamSize
  readonly stderr: StreamSize
}

export interface Offsets {
  readonly stdout: number
  readonly stderr: number
}

export interface Growth {
  /** Made for it; none if it can wait a moment. */
  readonly entries: readonly TimelineEntry[]
  /** Whether something was printed since the look before. */
  readonly hasGrown: boolean
}

/** While nobody looks, a stream that prints alone needs no more exact times than this. */
const COARSE_MS = 1_000
/** Some 130 000 entries: more than a day of a service that prints all the time. */
const LONG_BYTES = 8 * 1024 * 1024

const NOTHING: TimelineEntry = { n: 0, time: 0, stdout: 0, stderr: 0 }

/** One service's timeline, as it is written. */
export class ServiceTimeline {
  readonly #folder: string
  readonly #warn: (message: string) => void
  #last: TimelineEntry
  /** Lengths at the look before. */
  #seen: Offsets
  #bytes: number
  /** Entries that wait for the file to be shortened; null while it is not. */
  #held: TimelineEntry[] | null = null
  /** What was printed before this life of the app looked for the first time has no time. */
  #isFirst = true
  #isFailing = false

  constructor(folder: string, warn: (message: string) => void) {
    this.#folder = folder
    this.#warn = warn
    const { last, bytes } = openTimeline(folder)
    this.#last = last ?? NOTHING
    this.#seen = this.#last
    this.#bytes = bytes
  }

  get end(): Offsets {
    return this.#last
  }

  /**
   * Notes how far the streams have grown.
   *
   * @param isExact every look counts, since somebody watches or a mark is to follow
   */
  grown({ stdout, stderr }: StreamSizes, now: number, isExact: boolean): Growth {
    const hasGrown = stdout.end > this.#seen.stdout || stderr.end > this.#seen.stderr
    this.#seen = { stdout: stdout.end, stderr: stderr.end }
    const pending = { stdout: stdout.end > this.#last.stdout, stderr: stderr.end > this.#last.stderr }
    const isDue = isExact || this.#isFirst || !hasGrown || now - this.#last.time >= COARSE_MS
    if (!isDue && !(pending.stdout && pending.stderr)) return { entries: [], hasGrown }
    return { entries: this.#addGrowth({ stdout, stderr }, now), hasGrown }
  }

  #addGrowth({ stdout, stderr }: StreamSizes, now: number): TimelineEntry[] {
    const untimed = this.#isFirst
    this.#isFirst = false
    const steps = [
      { time: stdout.mtimeMs, stdout: stdout.end, stderr: this.#last.stderr },
      { time: stderr.mtimeMs, stdout: this.#last.stdout, stderr: stderr.end },
    ]
    // Who wrote last comes last; what was written before that in the same interval cannot be told apart.
    if (stderr.mtimeMs < stdout.mtimeMs) steps.reverse()
    const made: TimelineEntry[] = []
    for (const step of steps) {
      const next = {
        time: Math.min(now, Math.floor(step.time)),
        stdout: Math.max(step.stdout, this.#last.stdout),
        stderr: Math.max(step.stderr, this.#last.stderr),
      }
      if (next.stdout === this.#last.stdout && next.stderr === this.#last.stderr) continue
      made.push(this.#add(next, untimed ? { untimed } : {}))
    }
    return made
  }

  /** Notes what happened to a run at this place in the output; default: where the timeline ends. */
  mark(mark: RunMark, time: number, at: Offsets = this.#last): TimelineEntry {
    return this.#add({ time, ...at }, { mark })
  }

  /** An entry where the timeline ends. */
  tick(time: number): TimelineEntry {
    return this.#add({ time, stdout: this.#last.stdout, stderr: this.#last.stderr }, {})
  }

  #add({ time, stdout, stderr }: Offsets & { time: number }, rest: Pick<TimelineEntry, 'untimed' | 'mark'>) {
    const last = this.#last
    this.#last = {
      n: last.n + 1,
      // Clocks are set back; a timeline goes forward.
      time: Math.max(time, last.time),
      stdout: Math.max(stdout, last.stdout),
      stderr: Math.max(stderr, last.stderr),
      ...rest,
    }
    this.#write(this.#last)
    return this.#last
  }

  /** Long enough to be shortened. */
  get isLong(): boolean {
    return this.#bytes > LONG_BYTES && this.#held === null
  }

  /** Makes the file shorter. Only while nobody reads it: whoever has read it before knows other entries. Never rejects. */
  async shorten(): Promise<void> {
    const held: TimelineEntry[] = []
    this.#held = held
    try {
      this.#bytes = await shortenTimeline(this.#folder)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      this.#warn(`The times of what was printed could not be tidied up: ${reason}`)
      // Tried again when as much has come on top of it.
      this.#bytes = 0
    }
    this.#held = null
    for (const entry of held) this.#write(entry)
  }

  /** A full disk costs times and marks, nothing else; it is said once. */
  #write(entry: TimelineEntry): void {
    if (this.#held !== null) {
      this.#held.push(entry)
      return
    }
    try {
      this.#bytes += appendEntry(this.#folder, entry)
      this.#isFailing = false
    } catch (error) {
      if (this.#isFailing) return
      this.#isFailing = true
      const reason = error instanceof Error ? error.message : String(error)
      this.#warn(`The times of what is printed cannot be kept at the moment: ${reason}`)
    }
  }
}
