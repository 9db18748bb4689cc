import type { Failure } from '../../core/failure.ts'
import type { LogStream } from '../../core/log-row.ts'
import type { SearchPattern } from './pattern.ts'
import type { SearchSpan } from './scan.ts'

/** Begin and end of each match in a text, in UTF-16 units. */
export type Ranges = readonly (readonly [number, number])[]

export type FoundLines = Readonly<Record<LogStream, readonly number[]>>

/** How far a search has come. */
export interface SearchProgress {
  /** Numbers of the lines found since the progress before. */
  readonly lines: FoundLines
  /** Lines found so far, also those that are not listed. */
  readonly count: number
  /** More lines match than are listed. */
  readonly isCapped: boolean
  readonly scannedBytes: number
  /** Of all spans so far. Once as much is scanned, everything is. */
  readonly totalBytes: number
  /** What was rotated away, since the progress before, in the middle of its search: the rest of each span. */
  readonly gone: readonly SearchSpan[]
}

/** What the search thread begins with. */
export interface SearchJob {
  /** Where the service's logs lie. */
  readonly folder: string
  readonly pattern: SearchPattern
  readonly pulse: SharedArrayBuffer
}

export type ToSearchThread =
  | { readonly kind: 'search'; readonly spans: readonly SearchSpan[] }
  | { readonly kind: 'ranges'; readonly request: number; readonly texts: readonly string[] }

export type FromSearchThread =
  /** `finished` is how many `search` messages are dealt with. */
  | { readonly kind: 'progress'; readonly progress: SearchProgress; readonly finished: number }
  | { readonly kind: 'ranges'; readonly request: number; readonly ranges: readonly Ranges[] }
  /** Nothing else comes after this. */
  | { readonly kind: 'failed'; readonly failure: Failure }
