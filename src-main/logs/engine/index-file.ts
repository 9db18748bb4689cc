import { createHash } from 'node:crypto'
import { open, readFile, rm } from 'node:fs/promises'
import { LineIndex, type LineIndexState } from '../../core/line-index.ts'
import { firstAbove, firstAtLeast } from '../../core/sorted.ts'
import { renameFile } from '../store/held-open.ts'
import type { LogBytes, LogBytesExtent } from '../store/log-bytes.ts'
import { CountedStream } from './counted-stream.ts'

const VERSION = 1
/** What is compared before an index is believed: the last bytes that it knows. */
const FINGERPRINT_BYTES = 1024

/** What is as long as the index is large. Stored as differences: shorter, and quicker to read. */
type SequenceName = 'anchorOffsets' | 'anchorLines' | 'countedOffsets' | 'counts'

/** So many numbers are written at once: the whole file, and all that is in it, would be some megabytes of memory each time. */
const PIECE_NUMBERS = 4096

interface SavedIndex extends LineIndexState {
  readonly generation: string
  /** How many lines begin before each of the timeline's offsets. */
  readonly countedOffsets: readonly number[]
  readonly counts: readonly number[]
  readonly fingerprintFrom: number
  readonly fingerprint: string
}

type Header = Omit<SavedIndex, SequenceName>
/** JSON of each, in pieces. */
type Sequences = Readonly<Record<SequenceName, Iterable<string>>>

/**
 * Saves what is counted of a stream, so that it need not be counted again. It is a cache: whatever goes wrong, a folder
 * that cannot be written to for instance, means that there is none.
 */
export async function saveIndex(file: string, bytes: LogBytes, extent: LogBytesExtent, counted: CountedStream) {
  // Before anything is waited for: the index goes on growing, its sequences at their ends only.
  const { anchorOffsets, anchorLines, ...known } = counted.index.state
  const anchors = anchorOffsets.length
  const entries = Math.min(counted.begun.length, firstAbove(counted.offsets, known.scanned))
  const isNew = (entry: number) => counted.offsets[entry] !== counted.offsets[entry - 1]
  const sequences: Sequences = {
    anchorOffsets: differences(anchorOffsets, anchors),
    anchorLines: differences(anchorLines, anchors),
    countedOffsets: differences(counted.offsets, entries, isNew),
    counts: differences(counted.begun, entries, isNew),
  }
  const fingerprintFrom = Math.max(extent.first, known.base, known.scanned - FINGERPRINT_BYTES)
  const temporary = `${file}.new`
  try {
    const fingerprint = await fingerprintOf(bytes, fingerprintFrom, known.scanned)
    if (fingerprint === null) return
    const { generation } = extent
    await writeInPieces(temporary, filePieces({ generation, ...known, fingerprintFrom, fingerprint }, sequences))
    await renameFile(temporary, file)
  } catch {
    await rm(temporary, { force: true }).catch(() => undefined)
  }
}

/** What was saved, if it is of this log and of this timeline; otherwise null. */
export async function loadIndex(
  file: string,
  bytes: LogBytes,
  extent: LogBytesExtent,
  offsets: readonly number[],
): Promise<CountedStream | null> {
  const saved = parse(await readFile(file, 'utf8').catch(() => null))
  if (saved === null || saved.generation !== extent.generation) return null
  if (saved.scanned > extent.end || saved.scanned < extent.first || saved.fingerprintFrom < extent.first) return null
  if ((await fingerprintOf(bytes, saved.fingerprintFrom, saved.scanned)) !== saved.fingerprint) return null
  const begun = countsFor(offsets, saved)
  return begun === null ? null : new CountedStream(new LineIndex(saved), offsets, begun)
}

/** The counts for a timeline's offsets as far as the index goes; null if it does not know one of them. */
function countsFor(offsets: readonly number[], saved: SavedIndex): number[] | null {
  const begun: number[] = []
  let at = firstAtLeast(saved.countedOffsets, offsets[0] ?? 0)
  for (const offset of offsets) {
    if (offset > saved.scanned) break
    while ((saved.countedOffsets[at] ?? Number.POSITIVE_INFINITY) < offset) at += 1
    if (saved.countedOffsets[at] === offset) begun.push(saved.counts[at] ?? 0)
    else if (offset === saved.scanned) begun.push(saved.begun)
    // What is lost anyway may be anywhere before it.
    else if (offset <= saved.base) begun.push(begun.at(-1) ?? 0)
    else return null
  }
  return begun
}

async function fingerprintOf(bytes: LogBytes, from: number, to: number): Promise<string | null> {
  const buffer = Buffer.alloc(Math.max(0, to - from))
  if (buffer.length > 0 && (await bytes.read(from, buffer)) !== buffer.length) return null
  return hash(buffer)
}

function hash(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex')
}

function parse(text: string | null): SavedIndex | null {
  if (text === null) return null
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  if (typeof value !== 'object' || value === null) return null
  const { version, check, index } = value as Record<string, unknown>
  // The check makes what follows what we have written, so its shape needs no second look.
  if (version !== VERSION || typeof index !== 'object' || check !== hash(JSON.stringify(index))) return null
  const saved = index as SavedIndex
  return {
    ...saved,
    anchorOffsets: sums(saved.anchorOffsets),
    anchorLines: sums(saved.anchorLines),
    countedOffsets: sums(saved.countedOffsets),
    counts: sums(saved.counts),
  }
}

/** JSON of the first `length` numbers, those that are kept, as differences, in pieces. */
function* differences(
  values: readonly number[],
  length: number,
  isKept: (index: number) => boolean = () => true,
): Generator<string> {
  let last = 0
  let piece: number[] = []
  let separator = ''
  yield '['
  for (let index = 0; index < length; index += 1) {
    const value = values[index]
    if (value === undefined || !isKept(index)) continue
    piece.push(value - last)
    last = value
    if (piece.length < PIECE_NUMBERS) continue
    yield separator + piece.join(',')
    piece = []
    separator = ','
  }
  if (piece.length > 0) yield separator + piece.join(',')
  yield ']'
}

/** The text of an index file; its check comes last, and holds for the index as JSON.stringify would write it. */
function* filePieces(header: Header, sequences: Sequences): Generator<string> {
  const check = createHash('sha256')
  yield `{"version":${VERSION},"index":`
  for (const piece of indexPieces(header, sequences)) {
    check.update(piece)
    yield piece
  }
  yield `,"check":"${check.digest('hex')}"}`
}

function* indexPieces(header: Header, sequences: Sequences): Generator<string> {
  yield JSON.stringify(header).slice(0, -1)
  for (const [name, pieces] of Object.entries(sequences)) {
    yield `,"${name}":`
    yield* pieces
  }
  yield '}'
}

async function writeInPieces(file: string, pieces: Iterable<string>): Promise<void> {
  const handle = await open(file, 'w', 0o600)
  try {
    for (const piece of pieces) await handle.writeFile(piece)
  } finally {
    await handle.close()
  }
}

function sums(values: readonly number[]): number[] {
  let sum = 0
  return values.map((value) => {
    sum += value
    return sum
  })
}
