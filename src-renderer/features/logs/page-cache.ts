import type { LogLine } from '../../../src-preload/contract/log-view.ts'

/** Lines are fetched and kept in pages that begin at multiples of this. */
export const PAGE_LINES = 200

/** A screen can touch this many pages; fewer must never be kept. */
const MIN_PAGES = 3

interface Page {
  readonly lines: readonly LogLine[]
  readonly characters: number
  isStale: boolean
}

export interface PageLimits {
  readonly pages: number
  /** Lines may be long, so their number alone bounds nothing. */
  readonly characters: number
}

export function pageOf(line: number): number {
  return Math.floor(line / PAGE_LINES)
}

/** The pages used last, bounded in number and size. */
export class PageCache {
  readonly #limits: PageLimits
  /** In the order of their use, the longest unused first. */
  readonly #pages = new Map<number, Page>()
  #characters = 0

  constructor(limits: PageLimits) {
    this.#limits = limits
  }

  get size(): number {
    return this.#pages.size
  }

  line(line: number): LogLine | undefined {
    const index = pageOf(line)
    return this.#pages.get(index)?.lines[line - index * PAGE_LINES]
  }

  /** Counts as a use. @returns whether the page is here and still right */
  isFresh(index: number): boolean {
    const page = this.#pages.get(index)
    if (page === undefined) return false
    this.#pages.delete(index)
    this.#pages.set(index, page)
    return !page.isStale
  }

  put(index: number, lines: readonly LogLine[]): void {
    this.#remove(index)
    const characters = lines.reduce((sum, { text }) => sum + text.length, 0)
    this.#pages.set(index, { lines, characters, isStale: false })
    this.#characters += characters
    for (const oldest of [...this.#pages.keys()]) {
      const isOver = this.#pages.size > this.#limits.pages || this.#characters > this.#limits.characters
      if (!isOver || this.#pages.size <= MIN_PAGES) break
      this.#remove(oldest)
    }
  }

  /** It is still shown until a newer one takes its place: better a moment old than blank. */
  markStale(index: number): void {
    const page = this.#pages.get(index)
    if (page !== undefined) page.isStale = true
  }

  clear(): void {
    this.#pages.clear()
    this.#characters = 0
  }

  #remove(index: number): void {
    this.#characters -= this.#pages.get(index)?.characters ?? 0
    this.#pages.delete(index)
  }
}
