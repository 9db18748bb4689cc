import { setImmediate as turn } from 'node:timers/promises'
import type { LogStream, LogTarget } from '../../core/log-row.ts'
import { ErrorScan } from './error-scan.ts'
import type { OpenView } from './open-view.ts'

/** How long it looks for an error before others have their turn. */
const SLICE_MS = 5

/**
 * The row of a target, from `row` on, which counts itself; null if there is none.
 *
 * @param isCurrent false ends a long search
 * @throws LogChangedError
 */
export async function findRow(
  view: OpenView,
  row: number,
  target: LogTarget,
  isCurrent: () => boolean,
): Promise<number | null> {
  const found = await find(view, row, target, isCurrent)
  if (found === null) return null
  // A time before everything that is left is where that begins; a line or a mark that is lost is not there.
  const { firstRow } = view
  if (found >= firstRow) return found
  return target.to === 'time' ? firstRow : null
}

async function find(view: OpenView, row: number, target: LogTarget, isCurrent: () => boolean): Promise<number | null> {
  switch (target.to) {
    case 'line':
      return view.rows.rowOfLine(target.stream, target.line)
    case 'time':
      return view.rows.rowOfTime(target.time)
    case 'mark':
      return view.rows.rowOfMark(row, target.direction)
    case 'error':
      return await findError(view, row, target.direction, isCurrent)
  }
}

/**
 * Looks through the streams of the view side by side, always in the one that is behind, so that what is found first is
 * the nearest.
 */
async function findError(
  view: OpenView,
  row: number,
  direction: 'next' | 'previous',
  isCurrent: () => boolean,
): Promise<number | null> {
  const { rows } = view
  const isNearer = (a: number, b: number) => (direction === 'next' ? a < b : a > b)
  const scans = view.parts.map((part) => {
    const line = direction === 'next' ? rows.linesBefore(part.stream, row) : rows.linesBefore(part.stream, row + 1) - 1
    const source = { bytes: part.bytes, index: part.index, cover: part.cover }
    return { stream: part.stream, scan: new ErrorScan(source, line, direction) }
  })
  let nearest: number | null = null
  let sliceEnd = performance.now() + SLICE_MS
  for (;;) {
    let behind: { stream: LogStream; scan: ErrorScan; at: number } | null = null
    for (const { stream, scan } of scans) {
      const at = scan.position === null ? null : rows.rowOfLine(stream, scan.position)
      if (at === null || at < view.firstRow || (nearest !== null && !isNearer(at, nearest))) continue
      if (behind === null || isNearer(at, behind.at)) behind = { stream, scan, at }
    }
    if (behind === null) return nearest
    await behind.scan.step()
    const { found } = behind.scan
    const foundRow = found === null ? null : rows.rowOfLine(behind.stream, found)
    if (foundRow !== null && (nearest === null || isNearer(foundRow, nearest))) nearest = foundRow
    if (performance.now() < sliceEnd) continue
    await turn()
    if (!isCurrent()) return null
    sliceEnd = performance.now() + SLICE_MS
  }
}
