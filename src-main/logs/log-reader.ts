import { type FileHandle, open, stat } from 'node:fs/promises'
import {
  countLines,
  emptyLineIndex,
  extendLineIndex,
  LineCutter,
  type LineIndexState,
  seekLine,
} from '../core/log-paging.ts'
import { decodeLine } from './decode-line.ts'

export interface LogExtent {
  /** Changes whenever earlier line numbers become invalid: the file was truncated, replaced or removed. */
  readonly epoch: number
  /** Lines so far, counting an unfinished last one. */
  readonly lineCount: number
  readonly sizeBytes: number
}

export interface LogLine {
  readonly text: string
  /** Length of the whole line in bytes, if `text` holds only its beginning; otherwise null. */
  readonly cutFromBytes: number | null
}

export interface LogPage {
  readonly epoch: number
  readonly from: number
  readonly lines: readonly LogLine[]
}

/** Small enough that counting its line ends (about 1 ms) does not hold up anything else on the thread. */
const CHUNK_BYTES = 1024 * 1024
/** What is shown of one line; the rest is on disk. */
export const MAX_LINE_BYTES = 16 * 1024

let lastEpoch = 0

/**
 * Reads one log file by line numbers while it grows. Holds no file open between calls, so that on Windows nobody is kept
 * from renaming or removing it. Calls are carried out one after another.
 */
export class LogReader {
  readonly #path: string
  #index: LineIndexState = emptyLineIndex()
  #epoch = ++lastEpoch
  #fileId = ''
  #queue: Promise<unknown> = Promise.resolve()

  constructor(path: string) {
    this.#path = path
  }

  /** Looks at what was written since the last call. A missing file is an empty log. */
  refresh(): Promise<LogExtent> {
    return this.#inTurn(async () => {
      await this.#catchUp()
      return this.#extent()
    })
  }

  /**
   * Lines `from` up to `from + count`, fewer at the end of the log.
   *
   * @returns null if `epoch` is not the current one
   */
  page(epoch: number, from: number, count: number): Promise<LogPage | null> {
    return this.#inTurn(async () => {
      await this.#catchUp()
      if (epoch !== this.#epoch) return null
      const available = Math.max(0, Math.min(count, countLines(this.#index) - from))
      const lines = available === 0 ? [] : await this.#read(from, available)
      return { epoch, from, lines }
    })
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work)
    this.#queue = result.catch(() => undefined)
    return result
  }

  #extent(): LogExtent {
    return { epoch: this.#epoch, lineCount: countLines(this.#index), sizeBytes: this.#index.scannedBytes }
  }

  #reset(fileId: string): void {
    this.#fileId = fileId
    if (this.#index.scannedBytes > 0) this.#epoch = ++lastEpoch
    this.#index = emptyLineIndex()
  }

  async #catchUp(): Promise<void> {
    const found = await stat(this.#path).catch(ignoreMissing)
    const fileId = found === null ? '' : `${found.dev}:${found.ino}`
    if (fileId !== this.#fileId || (found !== null && found.size < this.#index.scannedBytes)) this.#reset(fileId)
    if (found === null || found.size === this.#index.scannedBytes) return
    const file = await open(this.#path, 'r').catch(ignoreMissing)
    if (file === null) return
    try {
      await this.#scan(file)
    } finally {
      await file.close()
    }
  }

  async #scan(file: FileHandle): Promise<void> {
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES)
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES, this.#index.scannedBytes)
      if (bytesRead === 0) return
      this.#index = extendLineIndex(this.#index, buffer.subarray(0, bytesRead))
      // A flood is caught up with at the next call, so that this one ends.
      if (bytesRead < CHUNK_BYTES) return
    }
  }

  async #read(from: number, count: number): Promise<LogLine[]> {
    const { offset, skip } = seekLine(this.#index, from)
    const cutter = new LineCutter(skip, count, MAX_LINE_BYTES)
    const file = await open(this.#path, 'r')
    try {
      const buffer = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, 64 * 1024))
      let at = offset
      // Not beyond what the index counts, so that a page agrees with the extent announced before it.
      while (!cutter.isFull && at < this.#index.scannedBytes) {
        const wanted = Math.min(buffer.length, this.#index.scannedBytes - at)
        const { bytesRead } = await file.read(buffer, 0, wanted, at)
        if (bytesRead === 0) break
        cutter.push(buffer.subarray(0, bytesRead))
        at += bytesRead
      }
    } finally {
      await file.close()
    }
    return cutter.finish().map(({ bytes, cutFromBytes }) => ({
      text: decodeLine(bytes, cutFromBytes !== null),
      cutFromBytes,
    }))
  }
}

function ignoreMissing(error: unknown): null {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
  throw error
}
