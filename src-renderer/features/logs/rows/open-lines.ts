import type { LogPage, LogStreamName } from '../../../../src-preload/contract/log-view.ts'

/**
 * The last line seen of each stream: it may be unfinished. Where both streams are merged it is not always the last row,
 * as when one of them draws a progress bar while the other prints.
 */
export class OpenLines {
  readonly #last = new Map<LogStreamName, number>()

  see({ from, rows }: LogPage): void {
    rows.forEach((row, index) => {
      if (row.kind === 'line') this.#last.set(row.stream, Math.max(from + index, this.#last.get(row.stream) ?? 0))
    })
  }

  rows(): number[] {
    return [...this.#last.values()]
  }
}
