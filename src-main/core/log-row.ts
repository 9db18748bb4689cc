import type { RunMark } from './timeline-entry.ts'

export type LogStream = 'stdout' | 'stderr'

/** What is looked at: one stream, or both in order of arrival. */
export type LogView = LogStream | 'merged'

export type LogLevel = 'error' | 'warn' | 'info' | 'debug'

export interface LineRow {
  readonly kind: 'line'
  readonly stream: LogStream
  /** Number of the line in its stream, 0-based; null while the lines before it are not counted yet. */
  readonly line: number | null
  /** UTF-8, with U+FFFD for bytes that are not. Control sequences are still in it. */
  readonly text: string
  /** Length of the whole line in bytes, if `text` holds only its beginning; otherwise null. */
  readonly cutFromBytes: number | null
  /** Milliseconds since the epoch; null if it was written while the app was not running. */
  readonly time: number | null
  readonly level: LogLevel | null
}

export interface MarkRow {
  readonly kind: 'mark'
  readonly time: number
  readonly mark: RunMark
}

export type LogRow = LineRow | MarkRow

/** How far a view goes. */
export interface LogExtent {
  /** Changes whenever earlier row numbers become invalid. */
  readonly epoch: number
  /** The first row that is still on disk. */
  readonly firstRow: number
  /** One more than the last row. */
  readonly endRow: number
  /** Bytes of the view that are on disk, as they were printed. */
  readonly sizeBytes: number
  /**
   * Share of the view that is counted, from 0 to 1; null once all is. Until then the rows are those of the log's last
   * part, and their numbers hold for this epoch only.
   */
  readonly counting: number | null
  /** Where rows of the epoch before went: `row + shift` is the same row in this one. Null if they are gone. */
  readonly moved: { readonly fromEpoch: number; readonly shift: number } | null
}

export interface LogPage {
  readonly epoch: number
  readonly from: number
  readonly rows: readonly LogRow[]
}

/** Where to go from a row. */
export type LogTarget =
  | { readonly to: 'line'; readonly stream: LogStream; readonly line: number }
  | { readonly to: 'time'; readonly time: number }
  | { readonly to: 'error' | 'mark'; readonly direction: 'next' | 'previous' }
