/** The rows of a view that are shown, one below the other. A position is a place in this list. */
export interface RowList {
  readonly count: number
  rowAt(position: number): number
  /** Position of the first listed row that is not before `row`; `count` if there is none. */
  positionOf(row: number): number
  /** Rows left out directly before this position, where that is worth a separator; otherwise 0. */
  hiddenBefore(position: number): number
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

interface Block {
  /** Its first row, and one more than its last. */
  readonly from: number
  readonly to: number
  /** Position of its first row. */
  readonly start: number
}

/**
 * The matching rows (sorted) between `first` and `end`, each with as many rows around it as `context` says. Blocks, so that
 * 100 000 matches with context cost no more than without.
 */
export function matchingRows(matches: readonly number[], context: number, first: number, end: number): RowList {
  const blocks: Block[] = []
  let last: { from: number; to: number; start: number } | null = null
  for (const row of matches) {
    if (row < first) continue
    if (row >= end) break
    const from = Math.max(first, row - context)
    const to = Math.min(end, row + context + 1)
    if (last !== null && from <= last.to) last.to = Math.max(last.to, to)
    else {
      last = { from, to, start: last === null ? 0 : last.start + last.to - last.from }
      blocks.push(last)
    }
  }
  const count = last === null ? 0 : last.start + last.to - last.from
  const at = (position: number) => lastIndex(blocks, ({ start }) => start <= position)
  return {
    count,
    rowAt: (position) => {
      const block = blocks[at(position)]
      return block === undefined ? first : block.from + position - block.start
    },
    positionOf: (row) => {
      const index = lastIndex(blocks, ({ from }) => from <= row)
      const block = blocks[index]
      if (block === undefined) return 0
      return row < block.to ? block.start + row - block.from : (blocks[index + 1]?.start ?? count)
    },
    hiddenBefore: (position) => {
      const index = at(position)
      const block = blocks[index]
      if (context === 0 || block === undefined || block.start !== position) return 0
      return block.from - (blocks[index - 1]?.to ?? first)
    },
  }
}

/** Index of the last element for which `holds`, which holds for a beginning of them; -1 if for none. */
function lastIndex<T>(elements: readonly T[], holds: (element: T) => boolean): number {
  let [low, high] = [0, elements.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const element = elements[middle]
    if (element !== undefined && holds(element)) low = middle + 1
    else high = middle
  }
  return low - 1
}
