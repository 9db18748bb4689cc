import type { RowList } from './row-list.ts'

/**
 * As `ExtentAdvance`, for a list of rows that are picked one by one: at its end it moves on only once its last rows are
 * here.
 */
export class ListAdvance {
  #shown: RowList | null = null
  #coming: RowList | null = null

  /**
   * @param list what there is now
   * @param span how many rows are in sight; 0 if the end is not
   * @param isHere whether a row is here
   * @returns what to show, and the rows to ask for before more can be shown
   */
  next(list: RowList, span: number, isHere: (row: number) => boolean): { shown: RowList; awaited: readonly number[] } {
    if (this.#shown === null || span === 0) return this.reset(list)
    this.#coming ??= this.#shown === list ? null : list
    while (this.#coming !== null && lastRows(this.#coming, span).every(isHere)) {
      this.#shown = this.#coming
      this.#coming = this.#shown === list ? null : list
    }
    return { shown: this.#shown, awaited: this.#coming === null ? [] : lastRows(this.#coming, span) }
  }

  /** Shows `list` as it is. */
  reset(list: RowList): { shown: RowList; awaited: readonly number[] } {
    this.#shown = list
    this.#coming = null
    return { shown: list, awaited: [] }
  }
}

function lastRows(list: RowList, span: number): number[] {
  const from = Math.max(0, list.count - span)
  return Array.from({ length: list.count - from }, (_, index) => list.rowAt(from + index))
}
