import type { LogRow } from '../../../../src-preload/contract/log-view.ts'

/** Rows are fetched and kept in pages that begin at multiples of this. */
export const PAGE_ROWS = 200

/** A screen can touch this many pages; fewer must never be kept. */
const MIN_PAGES = 3

interface Page {
  /** Its first row: of the page where the log begins not the first of its places. */
  readonly from: number
  readonly rows: readonly LogRow[]
  readonly characters: number
  isStale: boolean
}

export interface PageLimits {
  readonly pages: number
  /** Lines may be long, so their number alone bounds nothing. */
  readonly characters: number
}

export function pageOf(row: number): number {
  return Math.floor(row / PAGE_ROWS)
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

  row(row: number): LogRow | undefined {
    const page = this.#pages.get(pageOf(row))
    return page?.rows[row - page.from]
  }

  /** Counts as a use. @returns whether the page is here and still right */
  isFresh(index: number): boolean {
    const page = this.#pages.get(index)
    if (page === undefined) return false
    this.#pages.delete(index)
    this.#pages.set(index, page)
    return !page.isStale
  }

  /** `from` lies in page `index`. */
  put(index: number, from: number, rows: readonly LogRow[]): void {
    this.#remove(index)
    const characters = rows.reduce((sum, row) => sum + (row.kind === 'line' ? row.text.length : 0), 0)
    this.#pages.set(index, { from, rows, characters, isStale: false })
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
