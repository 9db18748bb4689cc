import { levelOf } from '../../src-main/core/log-level.ts'
import type { LogRow, LogStream, LogView } from '../../src-main/core/log-row.ts'
import type { TimelineEntry } from '../../src-main/core/timeline-entry.ts'

/** What the engine does, by the plainest means there is (docs/logs.md, "Rows of a view"). */

const SHOWN_BYTES = 16 * 1024

interface ModelLine {
  readonly begin: number
  readonly bytes: Buffer
  readonly isEnded: boolean
}

export function linesOf(text: Buffer): ModelLine[] {
  const lines: ModelLine[] = []
  let begin = 0
  while (begin < text.length) {
    const feed = text.indexOf('\n', begin)
    const end = feed === -1 ? text.length : feed
    lines.push({ begin, bytes: text.subarray(begin, end), isEnded: feed !== -1 })
    begin = end + 1
  }
  return lines
}

/** `printed`: both streams as far as the newest entry goes. */
export function modelRows(
  view: LogView,
  entries: readonly TimelineEntry[],
  printed: Readonly<Record<LogStream, Buffer>>,
): LogRow[] {
  const rows: LogRow[] = []
  const streams: LogStream[] = view === 'merged' ? ['stdout', 'stderr'] : [view]
  const lines = { stdout: linesOf(printed.stdout), stderr: linesOf(printed.stderr) }
  let before = { stdout: 0, stderr: 0 }
  for (const entry of entries) {
    for (const stream of streams) {
      for (const [line, { begin, bytes }] of lines[stream].entries()) {
        if (begin < before[stream] || begin >= entry[stream]) continue
        rows.push({ kind: 'line', stream, line, ...shown(bytes), time: entry.untimed === true ? null : entry.time })
      }
    }
    if (entry.mark !== undefined) rows.push({ kind: 'mark', time: entry.time, mark: entry.mark })
    before = entry
  }
  return rows
}

function shown(bytes: Buffer) {
  const isCut = bytes.length > SHOWN_BYTES
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  const whole = decoder.decode(bytes.subarray(0, SHOWN_BYTES), { stream: isCut })
  const text = !isCut && whole.endsWith('\r') ? whole.slice(0, -1) : whole
  return { text, cutFromBytes: isCut ? bytes.length : null, level: levelOf(text) }
}
