import type { RunMark, TimelineEntry } from '../../core/timeline-entry.ts'
import { appendEntry, openTimeline } from './timeline-file.ts'

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

const NOTHING: TimelineEntry = { n: 0, time: 0, stdout: 0, stderr: 0 }

/** One service's timeline, as it is written. */
export class ServiceTimeline {
  readonly #folder: string
  readonly #warn: (message: string) => void
  #last: TimelineEntry
  /** What was printed before this life of the app looked for the first time has no time. */
  #isFirst = true
  #isFailing = false

  constructor(folder: string, warn: (message: string) => void) {
    this.#folder = folder
    this.#warn = warn
    this.#last = openTimeline(folder) ?? NOTHING
  }

  get end(): Offsets {
    return this.#last
  }

  /** Notes how far the streams have grown. @returns the entries made, none if nothing was printed */
  grown({ stdout, stderr }: StreamSizes, now: number): TimelineEntry[] {
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

  /** A full disk costs times and marks, nothing else; it is said once. */
  #write(entry: TimelineEntry): void {
    try {
      appendEntry(this.#folder, entry)
      this.#isFailing = false
    } catch (error) {
      if (this.#isFailing) return
      this.#isFailing = true
      const reason = error instanceof Error ? error.message : String(error)
      this.#warn(`The times of what is printed cannot be kept at the moment: ${reason}`)
    }
  }
}
