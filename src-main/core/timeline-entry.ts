/** What happened to a run at an entry's place in the output. */
export type RunMark =
  | { readonly kind: 'start'; readonly pid: number }
  /** The app took over a run that goes on. */
  | { readonly kind: 'adopted'; readonly pid: number }
  /** `reason` in words, e.g. `stopped` or `crashed with exit code 3`. */
  | { readonly kind: 'end'; readonly reason: string }

/** "At this time the streams were that long" (docs/logs.md). */
export interface TimelineEntry {
  /** 1, 2, 3, ... within a service; a gap means that an entry was not seen. */
  readonly n: number
  /** Milliseconds since the epoch. Never smaller than the entry's before. */
  readonly time: number
  /** Offsets: bytes ever printed. Never smaller than the entry's before. */
  readonly stdout: number
  readonly stderr: number
  /** What was printed since the entry before has no time: the app was not running, or did not look. */
  readonly untimed?: true
  readonly mark?: RunMark
}
