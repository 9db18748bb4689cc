import type { LogRow } from '../../../../src-preload/contract/log-view.ts'
import type { Problem, Reply } from '../../../../src-preload/contract/result.ts'
import { MAX_PAGE_ROWS, MAX_PICKED_ROWS } from '../limits.ts'
import { isListed, type RowList } from '../rows/row-list.ts'
import { parseAnsi } from '../text/ansi.ts'
import { cutNote, markText } from '../text/row-text.ts'
import { columnsIn, type TextRange } from './selection.ts'

export interface RowReader {
  /** Rows `from` up to `from + count`. */
  readonly page: (from: number, count: number) => Promise<Reply<{ from: number; rows: readonly LogRow[] }>>
  /** Rows one by one; null for those that are gone. */
  readonly rows: (rows: readonly number[]) => Promise<Reply<{ rows: readonly (LogRow | null)[] }>>
}

export interface CopyOptions {
  readonly maxLength: number
  /** For marks of other days than today. */
  readonly now: number
  /** Share that is read, from 0 to 1. */
  readonly onProgress: (share: number) => void
  readonly signal: AbortSignal
}

export type CopyResult =
  | { readonly kind: 'text'; readonly text: string; readonly rows: number }
  | { readonly kind: 'too-long' }
  | { readonly kind: 'aborted' }
  | { readonly kind: 'failed'; readonly problem: Problem }

/**
 * The text of a selection as it is shown, read in batches: most of its rows were never drawn. Marks are copied whole; of a
 * list of matching rows only what is listed, with a line `--` where rows are left out.
 */
export async function readSelection(
  range: TextRange,
  list: RowList,
  reader: RowReader,
  options: CopyOptions,
): Promise<CopyResult> {
  const first = list.positionOf(range.from.row)
  const end = Math.min(list.count, endPosition(list, range.to.row))
  const lines: string[] = []
  let length = 0
  for (let position = first; position < end; ) {
    const batch = await readBatch(list, position, end, reader)
    if (options.signal.aborted) return { kind: 'aborted' }
    if (!batch.ok) return { kind: 'failed', problem: batch.error }
    for (const { at, row } of batch.value.rows) {
      if (at > first && list.hiddenBefore(at) > 0) lines.push('--')
      lines.push(selectedText(range, list.rowAt(at), row, options.now))
      length += (lines.at(-1)?.length ?? 0) + 1
      if (length > options.maxLength) return { kind: 'too-long' }
    }
    position = batch.value.next
    options.onProgress((position - first) / (end - first))
  }
  return { kind: 'text', text: lines.join('\n'), rows: end - first }
}

/** One more than the position of the last listed row that is not after `row`. */
function endPosition(list: RowList, row: number): number {
  return list.positionOf(row) + (isListed(list, row) ? 1 : 0)
}

interface Batch {
  readonly rows: readonly { readonly at: number; readonly row: LogRow }[]
  readonly next: number
}

async function readBatch(list: RowList, from: number, end: number, reader: RowReader): Promise<Reply<Batch>> {
  const isWhole = list.rowAt(end - 1) - list.rowAt(from) === end - 1 - from
  if (isWhole) {
    const next = Math.min(end, from + MAX_PAGE_ROWS)
    const first = list.rowAt(from)
    const reply = await reader.page(first, next - from)
    if (!reply.ok) return reply
    // Rows that were rotated away meanwhile are missing at the beginning.
    const skipped = reply.value.from - first
    const rows = reply.value.rows.slice(0, next - from).map((row, index) => ({ at: from + skipped + index, row }))
    return { ok: true, value: { rows: rows.filter(({ at }) => at < next), next } }
  }
  const next = Math.min(end, from + MAX_PICKED_ROWS)
  const positions = Array.from({ length: next - from }, (_, index) => from + index)
  const reply = await reader.rows(positions.map((position) => list.rowAt(position)))
  if (!reply.ok) return reply
  const rows = positions.flatMap((at, index) => {
    const row = reply.value.rows[index]
    return row === null || row === undefined ? [] : [{ at, row }]
  })
  return { ok: true, value: { rows, next } }
}

function selectedText(range: TextRange, number: number, row: LogRow, now: number): string {
  if (row.kind === 'mark') return `--- ${markText(row, now)} ---`
  const { text } = parseAnsi(row.text)
  const [from, to] = columnsIn(range, number, text.length) ?? [0, 0]
  const note = to === text.length && (number !== range.to.row || range.to.column > to) ? cutNote(row) : null
  return note === null ? text.slice(from, to) : `${text.slice(from, to)} ${note}`
}
