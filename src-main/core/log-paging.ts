/** One offset is kept per this many lines; a page is found by scanning at most so many lines forward. */
export const INDEX_STRIDE = 1024

/**
 * A sparse index over a growing text: where every 1024th line begins. Ten million lines cost 80 KB.
 */
export interface LineIndexState {
  /** Byte offset at which line `n * INDEX_STRIDE` begins. */
  readonly offsets: readonly number[]
  /** Bytes looked at. */
  readonly scannedBytes: number
  /** Line ends seen. */
  readonly lineEnds: number
  /** Whether the text goes on after the last line end: an unfinished line. */
  readonly endsOpen: boolean
}

export function emptyLineIndex(): LineIndexState {
  return { offsets: [0], scannedBytes: 0, lineEnds: 0, endsOpen: false }
}

const LINE_FEED = 0x0a

/** The index after `chunk`, which follows directly on what was scanned. The offsets array is extended in place. */
export function extendLineIndex(index: LineIndexState, chunk: Uint8Array): LineIndexState {
  if (chunk.length === 0) return index
  const offsets = index.offsets as number[]
  let { lineEnds } = index
  let at = chunk.indexOf(LINE_FEED)
  while (at !== -1) {
    lineEnds += 1
    if (lineEnds % INDEX_STRIDE === 0) offsets.push(index.scannedBytes + at + 1)
    at = chunk.indexOf(LINE_FEED, at + 1)
  }
  return {
    offsets,
    scannedBytes: index.scannedBytes + chunk.length,
    lineEnds,
    endsOpen: chunk[chunk.length - 1] !== LINE_FEED,
  }
}

/** Lines so far, counting an unfinished last one. */
export function countLines(index: LineIndexState): number {
  return index.lineEnds + (index.endsOpen ? 1 : 0)
}

/** Where to begin reading to find line `line`, and how many lines to skip from there. */
export function seekLine(index: LineIndexState, line: number): { offset: number; skip: number } {
  const slot = Math.min(Math.floor(line / INDEX_STRIDE), index.offsets.length - 1)
  return { offset: index.offsets[slot] ?? 0, skip: line - slot * INDEX_STRIDE }
}

/** A line as a page shows it. */
export interface PageLine {
  readonly bytes: Uint8Array
  /** Length of the whole line, if `bytes` holds only its beginning; otherwise null. */
  readonly cutFromBytes: number | null
}

/**
 * Cuts a stream of chunks into lines, skipping the first `skip` and keeping at most `count`, each to at most
 * `maxLineBytes`: a line of any length costs no more memory than that.
 */
export class LineCutter {
  readonly lines: PageLine[] = []
  #skip: number
  readonly #count: number
  readonly #maxLineBytes: number
  #parts: Uint8Array[] = []
  #kept = 0
  #length = 0

  constructor(skip: number, count: number, maxLineBytes: number) {
    this.#skip = skip
    this.#count = count
    this.#maxLineBytes = maxLineBytes
  }

  get isFull(): boolean {
    return this.lines.length >= this.#count
  }

  push(chunk: Uint8Array): void {
    let from = 0
    while (from < chunk.length && !this.isFull) {
      const end = chunk.indexOf(LINE_FEED, from)
      this.#take(chunk.subarray(from, end === -1 ? chunk.length : end))
      if (end === -1) return
      this.#endLine()
      from = end + 1
    }
  }

  /** The text ends here: an unfinished line counts as one. */
  finish(): readonly PageLine[] {
    if (this.#length > 0 && !this.isFull) this.#endLine()
    return this.lines
  }

  #take(bytes: Uint8Array): void {
    this.#length += bytes.length
    if (this.#skip > 0) return
    const room = this.#maxLineBytes - this.#kept
    if (room <= 0 || bytes.length === 0) return
    // Copied: the caller may reuse its buffer for the next chunk. Not by slice(), which a Node Buffer answers with a view.
    const part = new Uint8Array(bytes.subarray(0, room))
    this.#parts.push(part)
    this.#kept += part.length
  }

  #endLine(): void {
    if (this.#skip > 0) this.#skip -= 1
    else {
      const cut = this.#length > this.#kept
      this.lines.push({ bytes: join(this.#parts, this.#kept), cutFromBytes: cut ? this.#length : null })
    }
    this.#parts = []
    this.#kept = 0
    this.#length = 0
  }
}

function join(parts: readonly Uint8Array[], length: number): Uint8Array {
  const [only] = parts
  if (only !== undefined && parts.length === 1) return only
  const whole = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
