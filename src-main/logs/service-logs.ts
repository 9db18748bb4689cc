import { readdir } from 'node:fs/promises'
import { LogFiles, type LogStream, type OpenLogs } from './log-files.ts'
import type { LogBytes } from './store/log-bytes.ts'
import { type LogLimits, LogStore } from './store/log-store.ts'
import { OneAtATime } from './store/one-at-a-time.ts'
import type { Quiesce } from './store/rotate-stream.ts'
import { openLogBytes } from './store/stream-bytes.ts'
import { LogKeeper } from './timeline/log-keeper.ts'
import type { Offsets } from './timeline/service-timeline.ts'

export interface ServiceLogsOptions {
  /** `getLogDir()`; created when the first log is opened, readable by its owner only. */
  readonly directory: string
  /** How much of a service's output is kept. Asked before each rotation. */
  readonly limitsOf: (key: string) => LogLimits
  /**
   * How to make a service stand still for a moment; null if no process has its logs open, nor is about to get them.
   */
  readonly quiesceOf: (key: string) => Quiesce | null
  readonly warn: (message: string) => void
}

/** Everything about the output of all services, on this thread: their files, their timelines, and what is kept of them. */
export class ServiceLogs {
  readonly keeper: LogKeeper
  readonly #options: ServiceLogsOptions
  readonly #files: LogFiles
  readonly #stores = new Map<string, LogStore>()
  readonly #compressing = new OneAtATime()

  constructor(options: ServiceLogsOptions) {
    this.#options = options
    this.#files = new LogFiles(options.directory)
    this.keeper = new LogKeeper({
      folderOf: (key) => this.folder(key),
      storeOf: (key) => {
        const store = this.#storeOf(key)
        return {
          look: () => ({ stdout: store.stdout.look(), stderr: store.stderr.look() }),
          maintain: () => this.#tendIfDue(key, store),
        }
      },
      warn: options.warn,
    })
  }

  get directory(): string {
    return this.#options.directory
  }

  folder(key: string): string {
    return this.#files.folder(key)
  }

  /** The file that the service writes to. */
  path(key: string, stream: LogStream): string {
    return this.#files.path(key, stream)
  }

  /** Where the streams end now, in bytes ever printed: what a run that begins now prints comes after that. */
  offsets(key: string): Offsets {
    return this.keeper.offsets(key)
  }

  /** Where an offset lies in the file that the service writes to; 0 if it lies in an archive. */
  positionInFile(key: string, stream: LogStream, offset: number): number {
    const store = this.#storeOf(key)[stream]
    const { end } = store.look()
    return Math.max(0, offset - (end - store.fileBytes))
  }

  /**
   * Opens both files for appending. What earlier runs wrote stays.
   *
   * @throws the file system's error, e.g. `ENOSPC` or `EACCES`
   */
  openForAppend(key: string): OpenLogs {
    return this.#files.openForAppend(key)
  }

  /** Reads a stream by offset, archives too. */
  bytes(key: string, stream: LogStream): LogBytes {
    return openLogBytes(this.folder(key), stream, { warn: this.#options.warn })
  }

  /**
   * Brings all logs in order that an earlier life of the app left in the middle of something. Before anything else is
   * asked of them. Never rejects: what cannot be mended is told.
   */
  async recover(): Promise<void> {
    const names = await readdir(this.directory).catch(() => [])
    await Promise.all(names.map((name) => this.#recover(decodeURIComponent(name))))
  }

  /**
   * Rotates what has become too long while the app did not run. Once it is known which services run: the log of one that
   * does not is renamed.
   */
  tendAll(): void {
    for (const [key, store] of this.#stores) {
      this.keeper.look(key)
      this.#tendIfDue(key, store)
    }
  }

  /**
   * Removes all that the service has printed so far, archives too.
   *
   * @throws the file system's error
   */
  async clear(key: string): Promise<void> {
    await this.#storeOf(key).clear()
    this.keeper.cleared(key)
  }

  /** Ends what goes on in the background, at a point at which nothing is lost. */
  async dispose(): Promise<void> {
    this.keeper.dispose()
    await Promise.all([...this.#stores.values()].map((store) => store.dispose()))
  }

  async #recover(key: string): Promise<void> {
    try {
      await this.#storeOf(key).recover(this.keeper.known(key))
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      this.#options.warn(`The log of ${key} could not be brought in order: ${reason}`)
    }
  }

  #storeOf(key: string): LogStore {
    const known = this.#stores.get(key)
    if (known !== undefined) return known
    const { limitsOf, quiesceOf, warn } = this.#options
    const store = new LogStore(this.folder(key), {
      limits: limitsOf(key),
      quiesce: () => quiesceOf(key),
      warn: (message) => warn(`${key}: ${message}`),
      compressing: this.#compressing,
    })
    this.#stores.set(key, store)
    return store
  }

  #tendIfDue(key: string, store: LogStore): void {
    store.limits = this.#options.limitsOf(key)
    if (store.isDue) void store.tend()
  }
}
