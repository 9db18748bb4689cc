/** Reads a stream by offset, wherever its bytes lie: in the file that is written to, or in an archive (docs/logs.md). */
export interface LogBytes {
  /**
   * The offsets that can be read at the moment: `first` up to `end`, `end` excluded. Both only grow, except when the log
   * was truncated or replaced by somebody else, which `generation` tells: another one means that nothing known before holds.
   * Clearing by the app is no such case: `first` becomes `end`. Until the keeper notices a truncation, `end` stays as it was
   * and what is no longer there is not read.
   */
  extent(): Promise<LogBytesExtent>
  /**
   * Fills `buffer` from `offset` on. For going through a whole stream, buffers of 4 MB are best: up to four blocks of a
   * compressed archive are inflated at the same time.
   *
   * @returns bytes read: as many as fit, or as there are up to the end. -1 if `offset` is before the first (rotated away) or
   * the generation is another than `extent` told last.
   * @throws the file system's error
   */
  read(offset: number, buffer: Buffer): Promise<number>
  /** Lets go of files and memory. It can be used again afterwards. */
  release(): Promise<void>
}

export interface LogBytesExtent {
  readonly first: number
  readonly end: number
  readonly generation: string
}
