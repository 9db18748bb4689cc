export type LogStreamName = 'stdout' | 'stderr'

/** The extent of one log stream. The window asks for the lines it shows (DESIGN.md, D6). */
export interface LogExtent {
  /**
   * Changes whenever earlier line numbers become invalid (the file was truncated or replaced). Pages are asked for with
   * it, so a page of an older file is never shown as part of the newer one.
   */
  readonly epoch: number
  /** Lines so far, counting an unfinished last line. */
  readonly lineCount: number
  readonly sizeBytes: number
}

export interface LogChange extends LogExtent {
  readonly key: string
  readonly stream: LogStreamName
}

export interface LogLine {
  /** Decoded as UTF-8; invalid bytes become U+FFFD. Control sequences are still in it: it is untrusted text. */
  readonly text: string
  /** Length of the whole line in bytes, if `text` holds only its beginning; otherwise null. */
  readonly cutFromBytes: number | null
}

export interface LogPage {
  readonly epoch: number
  /** 0-based number of the first line of the page. */
  readonly from: number
  readonly lines: readonly LogLine[]
}
