import { chooseRemovals } from './budget.ts'
import { OneAtATime } from './one-at-a-time.ts'
import { NotNowError, type Quiesce } from './rotate-stream.ts'
import { reasonOf } from './stream-files.ts'
import { StreamStore } from './stream-store.ts'

export interface LogLimits {
  /** A file that is longer is rotated. */
  readonly maxFileBytes: number
  /** All files of a service together, as they lie on disk. The files that are written to are never removed for it. */
  readonly maxTotalBytes: number
}

export interface LogStoreOptions {
  readonly limits: LogLimits
  /**
   * How to make the service stand still, or null if no process has its logs open. Asked right before it counts. From the
   * moment on at which the logs are opened for a service to be started, the answer must not be null.
   */
  readonly quiesce: () => Quiesce | null
  /** Told what is worth knowing but stops nothing. */
  readonly warn: (message: string) => void
  /** Shared by all services, so that one archive is compressed at a time. */
  readonly compressing?: OneAtATime
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number
}

/** After a rotation that could not be done: the copying is not begun again at every look. */
const RETRY_MIN_MS = 2_000
const RETRY_MAX_MS = 5 * 60_000

/**
 * The files of one service: rotates what is too long, compresses archives in the background, and removes the oldest
 * beyond the budget.
 */
export class LogStore {
  readonly stdout: StreamStore
  readonly stderr: StreamStore
  /** A new budget counts from the next `tend` on. */
  limits: LogLimits
  readonly #options: LogStoreOptions
  readonly #compressing: OneAtATime
  readonly #fitting = new OneAtATime()
  readonly #now: () => number
  readonly #disposed = new AbortController()
  #tending: Promise<void> | null = null
  #housekeeping: Promise<void> | null = null
  #hasMoreToCompress = false
  #retryAt = 0
  #timer: NodeJS.Timeout | undefined
  #retryMs = RETRY_MIN_MS

  constructor(folder: string, options: LogStoreOptions) {
    const { warn } = options
    this.#options = options
    this.limits = options.limits
    this.#compressing = options.compressing ?? new OneAtATime()
    this.#now = options.now ?? (() => performance.now())
    this.stdout = new StreamStore(folder, 'stdout', { warn })
    this.stderr = new StreamStore(folder, 'stderr', { warn })
  }

  /** Whether a file was too long at the last look, so that `tend` has something to do. Costs nothing. */
  get isDue(): boolean {
    return this.#tending === null && this.#tooLong().length > 0 && this.#now() >= this.#retryAt
  }

  /**
   * Brings the files in order after the app was killed, and goes on with what was left to be compressed.
   *
   * @param atLeast offsets that the streams are known to have reached
   * @throws the file system's error
   */
  async recover(atLeast: { readonly stdout: number; readonly stderr: number }): Promise<void> {
    await Promise.all([
      this.stdout.recover({ atLeast: atLeast.stdout }),
      this.stderr.recover({ atLeast: atLeast.stderr }),
    ])
    this.#keepHouse()
  }

  /**
   * Rotates what was too long at the last look, then compresses in the background. Ends when the rotations are done;
   * what cannot be done is told through `warn` and tried again later. Asked again meanwhile, it is the same one.
   */
  tend(): Promise<void> {
    this.#tending ??= this.#rotateWhatIsDue().finally(() => {
      this.#tending = null
      this.#tendLater()
    })
    return this.#tending
  }

  /** When everything in the background has been done. */
  async settled(): Promise<void> {
    await this.#tending
    await this.#housekeeping
  }

  /** @throws the file system's error */
  async clear(): Promise<void> {
    await Promise.all([this.stdout.clear(), this.stderr.clear()])
  }

  /** Ends what goes on in the background, at a point at which nothing is lost. */
  async dispose(): Promise<void> {
    this.#disposed.abort()
    clearTimeout(this.#timer)
    await this.settled()
  }

  #tooLong(): StreamStore[] {
    return [this.stdout, this.stderr].filter((stream) => stream.fileBytes > this.limits.maxFileBytes)
  }

  async #rotateWhatIsDue(): Promise<void> {
    const { signal } = this.#disposed
    for (const stream of this.#tooLong()) {
      if (signal.aborted) return
      try {
        await stream.rotate(this.#rotateOptions())
        await this.#fit()
        this.#retryMs = RETRY_MIN_MS
      } catch (error) {
        if (signal.aborted) return
        if (error instanceof NotNowError) {
          this.#retryAt = this.#now() + RETRY_MIN_MS
          continue
        }
        this.#options.warn(`a log could not be rotated and will be later: ${reasonOf(error)}`)
        this.#retryAt = this.#now() + this.#retryMs
        this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MAX_MS)
      }
    }
    this.#keepHouse()
  }

  /** What was printed meanwhile may be too long again, and a service that has ended is not looked at any more. */
  #tendLater(): void {
    clearTimeout(this.#timer)
    if (this.#disposed.signal.aborted) return
    this.#timer = setTimeout(() => void this.#lookAgain(), RETRY_MIN_MS)
    this.#timer.unref()
  }

  async #lookAgain(): Promise<void> {
    await this.#warnOnly('a log could not be looked at', async () => {
      for (const stream of [this.stdout, this.stderr]) stream.look()
    })
    if (!this.#disposed.signal.aborted && this.isDue) void this.tend()
  }

  #rotateOptions() {
    const { quiesce } = this.#options
    return {
      signal: this.#disposed.signal,
      get quiesce() {
        return quiesce()
      },
    }
  }

  #keepHouse(): void {
    this.#hasMoreToCompress = true
    this.#housekeeping ??= this.#compressAll().finally(() => {
      this.#housekeeping = null
    })
  }

  async #compressAll(): Promise<void> {
    const { signal } = this.#disposed
    // The sooner a rotation is done, the less is left to be copied while the service stands still.
    const giveWay = async () => await this.#tending
    while (this.#hasMoreToCompress && !signal.aborted) {
      this.#hasMoreToCompress = false
      for (const stream of [this.stdout, this.stderr]) {
        const compressed = await this.#warnOnly('an archive could not be compressed', () =>
          this.#compressing.run(() => stream.compressNewest({ signal, giveWay })),
        )
        if (compressed !== true) continue
        this.#hasMoreToCompress = true
        await this.#warnOnly('the logs could not be kept within their budget', () => this.#fit())
      }
    }
    await this.#warnOnly('the logs could not be kept within their budget', () => this.#fit())
  }

  /** Undefined if it failed. */
  async #warnOnly<T>(what: string, work: () => Promise<T>): Promise<T | undefined> {
    if (this.#disposed.signal.aborted) return undefined
    try {
      return await work()
    } catch (error) {
      if (!this.#disposed.signal.aborted) this.#options.warn(`${what}: ${reasonOf(error)}`)
      return undefined
    }
  }

  #fit(): Promise<void> {
    return this.#fitting.run(async () => {
      const streams = [this.stdout, this.stderr]
      const archives = [await this.stdout.archives(), await this.stderr.archives()]
      const removals = chooseRemovals(archives, {
        maxBytes: this.limits.maxTotalBytes,
        currentBytes: this.stdout.fileBytes + this.stderr.fileBytes,
      })
      // What is added meanwhile is newer, so the oldest stay the oldest.
      for (const index of removals) await streams[index]?.removeOldest()
    })
  }
}
