import { levelOf } from '../../core/log-level.ts'
import type { LogRow, LogStream } from '../../core/log-row.ts'
import type { RowItem } from '../../core/log-rows.ts'
import type { OpenView } from './open-view.ts'
import { type LineText, readLines } from './read-lines.ts'

/**
 * The rows that these items are.
 *
 * @throws LogChangedError if one is not there any longer
 */
export async function readRows(view: OpenView, items: readonly RowItem[]): Promise<LogRow[]> {
  const texts: Partial<Record<LogStream, Map<number, LineText>>> = {}
  for (const part of view.parts) {
    const lines: number[] = []
    for (const item of items) if (item.kind === 'line' && item.stream === part.stream) lines.push(item.line)
    const { bytes, index, cover } = part
    texts[part.stream] = await readLines({ bytes, index, cover }, [...new Set(lines)].sort(ascending))
  }
  return items.map((item) => rowOf(view, item, texts))
}

const ascending = (a: number, b: number) => a - b

function rowOf(view: OpenView, item: RowItem, texts: Partial<Record<LogStream, Map<number, LineText>>>): LogRow {
  const { timeline, isTail } = view
  const time = timeline.timeOf(item.entry)
  if (item.kind === 'mark') {
    const mark = timeline.markOf(item.entry)
    if (mark === null) throw new Error(`entry ${item.entry} of the timeline has a row but no mark`)
    return { kind: 'mark', time, mark }
  }
  const { text, cutFromBytes } = texts[item.stream]?.get(item.line) ?? { text: '', cutFromBytes: null }
  return {
    kind: 'line',
    stream: item.stream,
    line: isTail ? null : item.line,
    text,
    cutFromBytes,
    time: timeline.isUntimed(item.entry) ? null : time,
    level: levelOf(text),
  }
}
