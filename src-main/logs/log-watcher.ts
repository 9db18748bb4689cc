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
  extent: LogExtent
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

  constructor(files: LogFiles, onChange: (change: LogChange) => void) {
    this.#files = files
    this.#onChange = onChange
  }

  /** Begins to announce changes of this stream, from the returned extent on. Idempotent. */
  async open(key: string, stream: LogStream): Promise<LogExtent> {
    const id = `${stream} ${key}`
    const known = this.#watched.get(id)
    const reader = known?.reader ?? new LogReader(this.#files.path(key, stream))
    const extent = await reader.refresh()
    const current = this.#watched.get(id)
    if (current === undefined) this.#watched.set(id, { key, stream, reader, extent })
    else current.extent = extent
    this.#schedule()
    return extent
  }

  close(key: string, stream: LogStream): void {
    this.#watched.delete(`${stream} ${key}`)
  }

  /** Ends all watching, for a window that went away. */
  closeAll(): void {
    this.#watched.clear()
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  /** @returns null if the stream is not watched or `epoch` is not its current one */
  async page(key: string, stream: LogStream, epoch: number, from: number, count: number): Promise<LogPage | null> {
    return (await this.#watched.get(`${stream} ${key}`)?.reader.page(epoch, from, count)) ?? null
  }

  #schedule(): void {
    if (this.#watched.size === 0 || this.#timer !== undefined) return
    this.#timer = setTimeout(() => {
      void this.#poll()
    }, POLL_MS)
  }

  async #poll(): Promise<void> {
    await Promise.all([...this.#watched.values()].map((watched) => this.#look(watched)))
    // The next poll comes a pause after this one ended: a slow disk is not asked ever faster.
    this.#timer = undefined
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
    if (extent.epoch === before.epoch && extent.sizeBytes === before.sizeBytes) return
    watched.extent = extent
    this.#onChange({ key, stream, ...extent })
  }
}
