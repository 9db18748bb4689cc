import type { LogExtent, LogPage, LogRow, LogTarget, LogView } from '../core/log-row.ts'
import type { TimelineEntry } from '../core/timeline-entry.ts'

/** The reader thread, as this thread sees it (docs/logs.md). `null` answers mean that `epoch` is not the current one. */
export interface LogReader {
  open(key: string, view: LogView): Promise<LogExtent>
  close(key: string, view: LogView): void
  advance(key: string, entries: readonly TimelineEntry[]): Promise<readonly LogChange[]>
  page(range: PageRange): Promise<LogPage | null>
  rows(picked: PickedRows): Promise<readonly (LogRow | null)[] | null>
  find(question: FindQuestion): Promise<{ readonly row: number | null } | null>
  exportRows(range: ExportRange): Promise<{ readonly rows: number } | null>
  /** Extents that changed without new entries, while lines are counted. @returns ends it */
  onChange(listener: (change: LogChange) => void): () => void
  dispose(): void
}
