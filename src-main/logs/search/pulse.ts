/** What a thread is doing that may never end. */
export type Work = 'scan' | 'ranges'

const IDLE = 0
const CODES: Readonly<Record<Work, number>> = { scan: 1, ranges: 2 }
/** One value holds both what is done and how often something was done, so that they can be read as one. */
const CODE_BITS = 2
const CODE_MASK = 3

/** Memory in which one thread shows another that it is getting on, at the cost of a few nanoseconds. */
export function newPulse(): SharedArrayBuffer {
  return new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)
}

/** The side of the thread that works. */
export class Pulse {
  readonly #cell: Int32Array
  #count = 0

  constructor(shared: SharedArrayBuffer) {
    this.#cell = new Int32Array(shared)
  }

  /** Does a piece of work that is being watched. */
  during<T>(work: Work, piece: () => T): T {
    this.#count += 1
    Atomics.store(this.#cell, 0, (this.#count << CODE_BITS) | CODES[work])
    try {
      return piece()
    } finally {
      Atomics.store(this.#cell, 0, IDLE)
    }
  }
}

const TICK_MS = 50

/** Longest pieces of work, in milliseconds. */
export type WorkLimits = Readonly<Record<Work, number>>

/** The side of the thread that watches. */
export class PulseWatch {
  readonly #cell: Int32Array
  readonly #limits: WorkLimits
  readonly #onStuck: () => void
  #timer: NodeJS.Timeout | null = null
  #seen = IDLE
  #ticks = 0

  /** @param onStuck called when a piece of work has taken longer than its limit; the watch has ended then */
  constructor(shared: SharedArrayBuffer, limits: WorkLimits, onStuck: () => void) {
    this.#cell = new Int32Array(shared)
    this.#limits = limits
    this.#onStuck = onStuck
  }

  /** Begins to look, or goes on. Does not keep the process alive. */
  start(): void {
    this.#timer ??= setInterval(() => this.#look(), TICK_MS).unref()
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
    this.#ticks = 0
  }

  /** Counts looks and not time: while this thread or the whole machine sleeps, the other one does not get on either. */
  #look(): void {
    const value = Atomics.load(this.#cell, 0)
    this.#ticks = value !== IDLE && value === this.#seen ? this.#ticks + 1 : 0
    this.#seen = value
    const limit = (value & CODE_MASK) === CODES.ranges ? this.#limits.ranges : this.#limits.scan
    if (this.#ticks * TICK_MS < limit) return
    this.stop()
    this.#onStuck()
  }
}
