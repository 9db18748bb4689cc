import type { LogStream } from '../../core/log-row.ts'
import type { SearchSpan } from './scan.ts'
import type { SearchProgress } from './search-messages.ts'

/** More lines than anybody steps through; beyond, they are only counted. */
export const MAX_LISTED_LINES = 100_000

/** Gathers what a search finds until it is told. */
export class FoundBatch {
  #lines: Record<LogStream, number[]> = { stdout: [], stderr: [] }
  #gone: SearchSpan[] = []
  #listed = 0
  #count = 0

  add(stream: LogStream, line: number): void {
    this.#count += 1
    if (this.#listed === MAX_LISTED_LINES) return
    this.#listed += 1
    this.#lines[stream].push(line)
  }

  addGone(rest: SearchSpan): void {
    this.#gone.push(rest)
  }

  take(scannedBytes: number, totalBytes: number): SearchProgress {
    const taken = { lines: this.#lines, gone: this.#gone }
    this.#lines = { stdout: [], stderr: [] }
    this.#gone = []
    return { ...taken, count: this.#count, isCapped: this.#count > this.#listed, scannedBytes, totalBytes }
  }
}
