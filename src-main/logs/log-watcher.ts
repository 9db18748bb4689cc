import type { LogFiles, LogStream } from './log-files.ts'
import { type LogExtent, type LogPage, LogReader } from './log-reader.ts'

export interface LogChange extends LogExtent {
  readonly key: string
  readonly stream: LogStream
}

/** 20 times a second: the most often a change is announced, and what a line waits at most before it is seen. */
const POLL_MS = 50

interface Watched {
  readonly key: string
  readonly stream: LogStream
  readonly reader: LogReader
  /** What was announced last; null until the stream is open. */
  extent: LogExtent | null
}

/**
 * Announces how far the watched streams have grown (DESIGN.md, D6). It polls, because file watching differs between
 * systems and file systems, misses changes on some, and floods on others; a poll costs one stat, and only while somebody
 * looks at the stream.
 */
export class LogWatcher {
  readonly #files: LogFiles
  readonly #onChange: (change: LogChange) => void
  readonly #watched = new Map<string, Watched>()
  #timer: NodeJS.Timeout | undefined
  #isPolling = false

  constructor(files: LogFiles, onChange: (change: LogChange) => void) {
    this.#files = files
    this.#onChange = onChange
  }

  /** Begins to announce changes of this stream, from the returned extent on. Idempotent. */
  async open(key: string, stream: LogStream): Promise<LogExtent> {
    const id = idOf(key, stream)
    const known = this.#watched.get(id)
    const watched = known ?? { key, stream, reader: new LogReader(this.#files.path(key, stream)), extent: null }
    this.#watched.set(id, watched)
    try {
      const extent = await watched.reader.refresh()
      // Who opened it before is told of everything since, so what was announced to them stays.
      watched.extent ??= extent
      this.#schedule()
      return extent
    } catch (error) {
      if (watched.extent === null && this.#isWatched(watched)) this.close(key, stream)
      throw error
    }
  }

  close(key: string, stream: LogStream): void {
    this.#watched.delete(idOf(key, stream))
  }

  /** Ends all watching, for a window that went away. */
  closeAll(): void {
    this.#watched.clear()
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  /** @returns null if the stream is not watched or `epoch` is not its current one */
  async page(key: string, stream: LogStream, epoch: number, from: number, count: number): Promise<LogPage | null> {
    return (await this.#watched.get(idOf(key, stream))?.reader.page(epoch, from, count)) ?? null
  }

  #schedule(): void {
    if (this.#watched.size === 0 || this.#timer !== undefined || this.#isPolling) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      void this.#poll()
    }, POLL_MS)
  }

  async #poll(): Promise<void> {
    this.#isPolling = true
    await Promise.all([...this.#watched.values()].map((watched) => this.#look(watched)))
    // The next poll comes a pause after this one ended: a slow disk is not asked ever faster.
    this.#isPolling = false
    this.#schedule()
  }

  async #look(watched: Watched): Promise<void> {
    const { key, stream, reader } = watched
    let extent: LogExtent
    try {
      extent = await reader.refresh()
    } catch {
      return // Unreadable at the moment; asked again at the next poll.
    }
    const before = watched.extent
    if (before === null || !this.#isWatched(watched)) return
    if (extent.epoch === before.epoch && extent.sizeBytes === before.sizeBytes) return
    watched.extent = extent
    this.#onChange({ key, stream, ...extent })
  }

  #isWatched(watched: Watched): boolean {
    return this.#watched.get(idOf(watched.key, watched.stream)) === watched
  }
}

const idOf = (key: string, stream: LogStream) => `${stream} ${key}`
