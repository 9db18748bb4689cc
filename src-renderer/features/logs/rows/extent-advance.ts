import type { LogExtent } from '../../../../src-preload/contract/log-view.ts'

export interface RowRange {
  readonly from: number
  /** Excluded. */
  readonly to: number
}

/**
 * How far a log is shown. Whoever looks at the end sees it move only once the new rows are here; drawn at once, they would
 * flash by as blanks with every announcement. The aim stays while it is awaited, so that a log that grows faster than its
 * pages come is still shown.
 */
export class ExtentAdvance {
  readonly #isHere: (rows: RowRange) => boolean
  #shown: LogExtent | null = null
  /** What will be shown as soon as its last rows are here; null if nothing is awaited. */
  #coming: LogExtent | null = null

  constructor(isHere: (rows: RowRange) => boolean) {
    this.#isHere = isHere
  }

  get isWaiting(): boolean {
    return this.#coming !== null
  }

  isEndIn({ from, to }: RowRange): boolean {
    return this.#shown !== null && to > from && to >= this.#shown.endRow
  }

  /** The rows to ask for: those that are wanted, or as many of the end that is awaited. */
  target(wanted: RowRange): RowRange {
    return this.#coming === null ? wanted : lastOf(this.#coming, wanted)
  }

  reset(extent: LogExtent | null): void {
    this.#shown = extent
    this.#coming = null
  }

  /** What is to be shown after `announced`, while the rows `wanted` are in sight. */
  next(announced: LogExtent | null, wanted: RowRange, mayWait: boolean): LogExtent | null {
    if (!mayWait || !this.isEndIn(wanted)) {
      this.reset(announced)
      return this.#shown
    }
    this.#coming ??= this.#shown === announced ? null : announced
    while (this.#coming !== null && this.#isHere(lastOf(this.#coming, wanted))) {
      this.#shown = this.#coming
      this.#coming = this.#shown === announced ? null : announced
    }
    return this.#shown
  }
}

function lastOf({ firstRow, endRow }: LogExtent, { from, to }: RowRange): RowRange {
  return { from: Math.max(firstRow, endRow - (to - from)), to: endRow }
}
