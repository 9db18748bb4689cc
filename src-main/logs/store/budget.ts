/** An archive as the budget sees it. */
export interface BudgetArchive {
  readonly number: number
  readonly bytes: number
  readonly mtimeMs: number
  /** It is about to get smaller. */
  readonly willBeCompressed: boolean
}

export interface BudgetOptions {
  readonly maxBytes: number
  /** What cannot be removed: the current files. */
  readonly currentBytes: number
}

/**
 * Which archives have to go so that all files fit: the oldest of all streams first. A stream's newest is spared while it
 * is about to be compressed, since it may fit then.
 *
 * @param streams archives of each stream, newest first
 * @returns the index of the stream whose oldest archive goes, once for each that goes
 */
export function chooseRemovals(streams: readonly (readonly BudgetArchive[])[], options: BudgetOptions): number[] {
  const left = streams.map((archives) => [...archives])
  let total = options.currentBytes
  for (const archives of left) for (const { bytes } of archives) total += bytes
  const chosen: number[] = []
  while (total > options.maxBytes) {
    let oldest: { readonly index: number; readonly archive: BudgetArchive } | null = null
    for (const [index, archives] of left.entries()) {
      const archive = archives.at(-1)
      if (archive === undefined) continue
      if (archive.number === 1 && archive.willBeCompressed) continue
      if (oldest === null || archive.mtimeMs < oldest.archive.mtimeMs) oldest = { index, archive }
    }
    if (oldest === null) return chosen
    left[oldest.index]?.pop()
    total -= oldest.archive.bytes
    chosen.push(oldest.index)
  }
  return chosen
}
