import { lowerBound } from '../search/match-rows.ts'

/** The rows of a view that are shown, one below the other. A position is a place in this list. */
export interface RowList {
  readonly count: number
  rowAt(position: number): number
  /** Position of the first listed row that is not before `row`; `count` if there is none. */
  positionOf(row: number): number
  /** Rows left out directly before this position, where that is worth a separator; otherwise 0. */
  hiddenBefore(position: number): number
}

export function isListed(list: RowList, row: number): boolean {
  const position = list.positionOf(row)
  return position < list.count && list.rowAt(position) === row
}

/** Every row from `first` up to `end`. */
export function allRows(first: number, end: number): RowList {
  const count = Math.max(0, end - first)
  return {
    count,
    rowAt: (position) => first + position,
    positionOf: (row) => Math.min(count, Math.max(0, row - first)),
    hiddenBefore: () => 0,
  }
}

/**
 * The matching rows (sorted) between `first` and `end`, each with as many rows around it as `context` says; between rows
 * that do not follow each other is a separator, unless there is no context.
 */
export function matchingRows(matches: readonly number[], context: number, first: number, end: number): RowList {
  return context === 0 ? bareMatches(matches, first, end) : new Blocks(matches, context, first, end)
}

/** Costs nothing per match: it is made anew with everything that is found or printed. */
function bareMatches(matches: readonly number[], first: number, end: number): RowList {
  const from = lowerBound(matches, first)
  const count = lowerBound(matches, end) - from
  return {
    count,
    rowAt: (position) => matches[from + position] ?? first,
    positionOf: (row) => Math.min(count, Math.max(0, lowerBound(matches, row) - from)),
    hiddenBefore: () => 0,
  }
}

/** Runs of rows without a gap. Plain arrays of numbers: there may be 100 000 of them. */
class Blocks implements RowList {
  readonly #first: number
  /** The first row of each block, one more than its last, and the position of its first. */
  readonly #from: number[] = []
  readonly #to: number[] = []
  readonly #start: number[] = []
  readonly count: number

  constructor(matches: readonly number[], context: number, first: number, end: number) {
    this.#first = first
    let count = 0
    let before = Number.NEGATIVE_INFINITY
    for (let index = lowerBound(matches, first); index < matches.length; index += 1) {
      const row = matches[index] ?? end
      if (row >= end) break
      const from = Math.max(first, row - context, before)
      const to = Math.min(end, row + context + 1)
      if (from === before) this.#to[this.#to.length - 1] = to
      else {
        this.#from.push(from)
        this.#to.push(to)
        this.#start.push(count)
      }
      count += to - from
      before = to
    }
    this.count = count
  }

  rowAt(position: number): number {
    const block = this.#blockAt(position)
    return (this.#from[block] ?? this.#first) + position - (this.#start[block] ?? 0)
  }

  positionOf(row: number): number {
    const block = lowerBound(this.#from, row + 1) - 1
    if (block < 0) return 0
    if (row < (this.#to[block] ?? 0)) return (this.#start[block] ?? 0) + row - (this.#from[block] ?? 0)
    return this.#start[block + 1] ?? this.count
  }

  hiddenBefore(position: number): number {
    const block = this.#blockAt(position)
    if (this.#start[block] !== position) return 0
    return (this.#from[block] ?? 0) - (this.#to[block - 1] ?? this.#first)
  }

  #blockAt(position: number): number {
    return lowerBound(this.#start, position + 1) - 1
  }
}
