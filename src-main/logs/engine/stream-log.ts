import { setImmediate as turn } from 'node:timers/promises'
import { LineIndex } from '../../core/line-index.ts'
import type { LogStream } from '../../core/log-row.ts'
import type { LogBytes, LogBytesExtent } from '../store/log-bytes.ts'
import { CountedStream, LogChangedError } from './counted-stream.ts'
import { loadIndex, saveIndex } from './index-file.ts'
import { trimIndex } from './trim-index.ts'

/** So much is counted again at most if the app is killed, ... */
const SAVE_EVERY_BYTES = 64 * 1024 * 1024
/** ... or this share of all: what is saved grows too, and counting a gigabyte takes a quarter of a second. */
const SAVE_EVERY_SHARE = 1 / 8

export interface CountingEvents {
  progressed(): void
  finished(): void
  /** `error` is a `LogChangedError` or the file system's. */
  failed(error: unknown): void
}

/**
 * One stream of a service while somebody looks at it: its bytes, and the index of all its lines. The index is either
 * `isReady`, then it is kept up by whoever shows it, or behind, then it is counted in the background.
 */
export class StreamLog {
  readonly stream: LogStream
  readonly bytes: LogBytes
  readonly #indexFile: string
  #offsets: readonly number[] = []
  #extent: LogBytesExtent | null = null
  #all: CountedStream | null = null
  #isReady = false
  #counting: Promise<void> | null = null
  /** What the saved index knows. */
  #savedAt = 0
  #savedFirst = 0

  constructor(stream: LogStream, bytes: LogBytes, indexFile: string) {
    this.stream = stream
    this.bytes = bytes
    this.#indexFile = indexFile
  }

  /** What was on disk at the last look. */
  get extent(): LogBytesExtent {
    return this.#extent ?? { first: 0, end: 0, generation: '' }
  }

  /** The index of all lines. Only after `prepare`. */
  get all(): CountedStream {
    if (this.#all === null) throw new Error(`the index of ${this.stream} is not there yet`)
    return this.#all
  }

  get isReady(): boolean {
    return this.#isReady
  }

  /** Settles when the background counting ends; null if there is none. */
  get counting(): Promise<void> | null {
    return this.#counting
  }

  /** How far it is to be counted: to the newest entry, if that much is there. */
  get target(): number {
    return Math.min(this.extent.end, this.#offsets.at(-1) ?? 0)
  }

  get remaining(): number {
    return Math.max(0, this.target - (this.#all?.index.scanned ?? 0))
  }

  /**
   * Looks at what is on disk.
   *
   * @throws LogChangedError if nothing known before holds
   */
  async look(): Promise<void> {
    const found = await this.bytes.extent()
    const before = this.#extent
    this.#extent = found
    if (before !== null && found.generation !== before.generation) throw new LogChangedError()
    if (this.#all !== null && this.#all.index.scanned < found.first) throw new LogChangedError()
  }

  /** Begins with what was saved. `offsets` are the timeline's. */
  async prepare(offsets: readonly number[]): Promise<void> {
    if (this.#all !== null) return
    this.#offsets = offsets
    const saved = await loadIndex(this.#indexFile, this.bytes, this.extent, offsets)
    this.#savedAt = saved?.index.scanned ?? -1
    this.#savedFirst = this.extent.first
    this.#all = saved ?? new CountedStream(LineIndex.from(this.extent.first, true), offsets)
  }

  /**
   * Counts to the end, at once, and forgets what is not on disk any longer.
   *
   * @throws LogChangedError
   */
  async catchUp(): Promise<void> {
    await this.all.scanAll(this.bytes, this.target)
    await trimIndex(this.bytes, this.all, this.extent.first)
    this.#isReady = true
    if (this.#isSaveDue(this.all)) await this.#save()
  }

  /** Counts in the background, unless it does so already. What follows `finished` is `catchUp`. */
  startCounting(events: CountingEvents): void {
    if (this.#counting !== null || this.#isReady) return
    const { all } = this
    this.#counting = this.#count(all, events)
      .catch((error: unknown) => {
        if (this.#all === all) events.failed(error)
      })
      .finally(() => {
        if (this.#all === all) this.#counting = null
      })
  }

  /** Lets go of everything; what is counted is saved. */
  async retire(): Promise<void> {
    if (this.#all !== null) await this.#save()
    const counting = this.#counting
    this.forget()
    await counting
    await this.bytes.release()
  }

  forget(): void {
    this.#extent = null
    this.#all = null
    this.#isReady = false
    this.#counting = null
  }

  async #count(all: CountedStream, events: CountingEvents): Promise<void> {
    for (;;) {
      const isMore = await all.scan(this.bytes, this.target)
      if (this.#all !== all) return
      if (!isMore) break
      if (this.#isSaveDue(all)) await this.#save()
      events.progressed()
      // Whoever asked for a page meanwhile comes first.
      await turn()
    }
    this.#counting = null
    events.finished()
  }

  #isSaveDue({ index: { scanned, base } }: CountedStream): boolean {
    return scanned - Math.max(0, this.#savedAt) >= Math.max(SAVE_EVERY_BYTES, (scanned - base) * SAVE_EVERY_SHARE)
  }

  async #save(): Promise<void> {
    const { all } = this
    // Of now: what is gone since the last look can tell nothing when the index is to be believed again.
    const extent = await this.bytes.extent().catch(() => null)
    if (extent === null || extent.generation !== this.extent.generation) return
    if (all.index.scanned === this.#savedAt && extent.first === this.#savedFirst) return
    this.#savedAt = all.index.scanned
    this.#savedFirst = extent.first
    await saveIndex(this.#indexFile, this.bytes, extent, all)
  }
}
