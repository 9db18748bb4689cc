import type { LogLineRow, LogMarkRow } from '../../../../src-preload/contract/log-view.ts'

/** A line as the main process sends it. */
export function lineRow(line: number | null, fields: Partial<LogLineRow> = {}): LogLineRow {
  return {
    kind: 'line',
    stream: 'stdout',
    line,
    text: `line ${line}`,
    cutFromBytes: null,
    time: 0,
    level: null,
    ...fields,
  }
}

export function markRow(mark: LogMarkRow['mark'], time = 0): LogMarkRow {
  return { kind: 'mark', time, mark }
}
