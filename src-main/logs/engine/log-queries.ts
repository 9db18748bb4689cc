import type { LogPage, LogRow, LogStream, LogTarget, LogView } from '../../core/log-row.ts'
import { exportRows } from './export-rows.ts'
import { findRow } from './find-row.ts'
import { readRows } from './read-rows.ts'
import type { ServiceLog } from './service-log.ts'

/** A piece of a stream that belongs to a view, for a search. */
export interface LogSpan {
  readonly stream: LogStream
  readonly fromOffset: number
  /** Number of the line that begins at `fromOffset`, as `rowsOf` takes it. */
  readonly fromLine: number
  readonly toOffset: number
}

/** What can be asked about the open views of a service. Nothing here changes them. */
export class LogQueries {
  readonly #service: ServiceLog

  constructor(service: ServiceLog) {
    this.#service = service
  }

  /** Rows `from` up to `from + count`, as far as there are any. Null if the epoch is not current. */
  async page(view: LogView, epoch: number, from: number, count: number): Promise<LogPage | null> {
    return await this.#service.read(view, epoch, async (open) => {
      const first = Math.max(from, open.firstRow)
      return { epoch, from: first, rows: await readRows(open, open.rows.items(first, from + count)) }
    })
  }

  /** In the order asked for; null for rows that are not there (any longer). Null if the epoch is not current. */
  async rows(view: LogView, epoch: number, rows: readonly number[]): Promise<(LogRow | null)[] | null> {
    return await this.#service.read(view, epoch, async (open) => {
      const { firstRow } = open
      const items = rows.map((row) => (row < firstRow ? undefined : open.rows.items(row, row + 1)[0]))
      const found = (
        await readRows(
          open,
          items.filter((item) => item !== undefined),
        )
      ).values()
      return items.map((item) => (item === undefined ? null : (found.next().value ?? null)))
    })
  }

  async find(view: LogView, epoch: number, row: number, target: LogTarget): Promise<number | null | 'log-changed'> {
    const answer = await this.#service.read(view, epoch, async (open) => {
      const isCurrent = () => this.#service.isCurrent(open)
      const found = await findRow(open, row, target, isCurrent)
      if (!isCurrent()) return null
      if (!open.isTail || !mayBeBeforeTail(target, found)) return { found }
      // It may be in what is not counted yet; then there is another epoch.
      await this.#service.counted(open)
      return isCurrent() ? { found } : null
    })
    return answer === null ? 'log-changed' : answer.found
  }

  /** Null if the epoch is not current; otherwise the number of rows that were written. */
  async export(
    view: LogView,
    epoch: number,
    from: number,
    to: number,
    file: string,
    withTimes: boolean,
  ): Promise<{ rows: number } | null> {
    return await this.#service.read(view, epoch, (open) =>
      exportRows(open, from, to, file, withTimes, () => this.#service.isCurrent(open)),
    )
  }

  /** Null if the epoch is not current. */
  spans(view: LogView, epoch: number): LogSpan[] | null {
    const open = this.#service.current(view, epoch)
    if (open === null) return null
    return open.parts.map(({ stream, index, cover }) => ({
      stream,
      fromOffset: Math.min(index.firstOffset, cover.offset),
      fromLine: index.firstLine,
      toOffset: cover.offset,
    }))
  }

  /** The rows of lines, in their order, without those that have none (any longer). Null if the epoch is not current. */
  rowsOf(view: LogView, epoch: number, stream: LogStream, lines: readonly number[]): number[] | null {
    const open = this.#service.current(view, epoch)
    if (open === null) return null
    const { firstRow } = open
    return lines.flatMap((line) => {
      const row = open.rows.rowOfLine(stream, line)
      return row === null || row < firstRow ? [] : [row]
    })
  }
}

/** Whether what is before the end may hold another answer than this. */
function mayBeBeforeTail(target: LogTarget, found: number | null): boolean {
  switch (target.to) {
    case 'line':
      return true
    case 'time':
      return found === 0
    case 'error':
    case 'mark':
      return found === null && target.direction === 'previous'
  }
}
