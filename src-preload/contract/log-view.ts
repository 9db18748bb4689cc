export type LogStreamName = 'stdout' | 'stderr'

/** What is looked at: one stream, or both in order of arrival. */
export type LogViewName = LogStreamName | 'merged'

export type LogLevel = 'error' | 'warn' | 'info' | 'debug'

/** How far a view of a service's output goes, in rows: lines, and marks of its runs (docs/logs.md). */
export interface LogExtent {
  /**
   * Changes whenever earlier row numbers become invalid (the log was cleared, truncated or counted anew). Rows are asked
   * for with it, so a row of an older log is never shown as one of the newer.
   */
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

export interface LogChange extends LogExtent {
  readonly key: string
  readonly view: LogViewName
}

export interface LogLineRow {
  readonly kind: 'line'
  readonly stream: LogStreamName
  /** Number of the line in its stream, 0-based; null while the lines before it are not counted yet. */
  readonly line: number | null
  /** Decoded as UTF-8; invalid bytes become U+FFFD. Control sequences are still in it: it is untrusted text. */
  readonly text: string
  /** Length of the whole line in bytes, if `text` holds only its beginning; otherwise null. */
  readonly cutFromBytes: number | null
  /** When it was printed, in milliseconds since the epoch; null if it was while the app was not running. */
  readonly time: number | null
  readonly level: LogLevel | null
}

/** A start, an end or an adoption of a run, at its place in the output. */
export interface LogMarkRow {
  readonly kind: 'mark'
  /** Milliseconds since the epoch. */
  readonly time: number
  readonly mark:
    | { readonly kind: 'start'; readonly pid: number }
    /** The app took over a run that goes on; the lines before it were written while the app was not running. */
    | { readonly kind: 'adopted'; readonly pid: number }
    | { readonly kind: 'end'; readonly reason: string }
}

export type LogRow = LogLineRow | LogMarkRow

export interface LogPage {
  readonly epoch: number
  /** Number of the first row of the page. */
  readonly from: number
  readonly rows: readonly LogRow[]
}

/** Found by a search since the event before. */
export interface LogMatches {
  readonly searchId: number
  /** Of the view's extent that the rows belong to. With another epoch than before, earlier rows are void. */
  readonly epoch: number
  /** Rows that hold a match, in no order. */
  readonly rows: readonly number[]
  /** Matching rows so far, also those beyond what is listed. */
  readonly count: number
  /** Share of the log that is searched, from 0 to 1. At 1 it goes on with what is printed. */
  readonly progress: number
  /** There are more matching rows than are listed. */
  readonly isCapped: boolean
  /** Why the search ended early, in words, e.g. a pattern that takes too long; null otherwise. */
  readonly problem: string | null
}

/** Where matches lie in a text: begin and end of each, in UTF-16 units. */
export type MatchRanges = readonly (readonly [number, number])[]
