import { createHash } from 'node:crypto'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { LineIndex, type LineIndexState } from '../../core/line-index.ts'
import { firstAtLeast } from '../../core/sorted.ts'
import { renameFile } from '../store/held-open.ts'
import type { LogBytes, LogBytesExtent } from '../store/log-bytes.ts'
import { CountedStream } from './counted-stream.ts'

const VERSION = 1
/** What is compared before an index is believed: the last bytes that it knows. */
const FINGERPRINT_BYTES = 1024

/** Sequences are stored as differences: shorter, and quicker to read. */
interface SavedIndex extends LineIndexState {
  readonly generation: string
  /** How many lines begin before each of the timeline's offsets. */
  readonly countedOffsets: readonly number[]
  readonly counts: readonly number[]
  readonly fingerprintFrom: number
  readonly fingerprint: string
}

/**
 * Saves what is counted of a stream, so that it need not be counted again. It is a cache: whatever goes wrong, a folder
 * that cannot be written to for instance, means that there is none.
 */
export async function saveIndex(file: string, bytes: LogBytes, extent: LogBytesExtent, counted: CountedStream) {
  // Before anything is waited for: the index goes on growing.
  const { state } = counted.index
  const known = countsOf(counted)
  const body = {
    generation: extent.generation,
    ...state,
    anchorOffsets: differences(state.anchorOffsets),
    anchorLines: differences(state.anchorLines),
    countedOffsets: differences(known.offsets),
    counts: differences(known.begun),
  }
  const fingerprintFrom = Math.max(extent.first, state.base, state.scanned - FINGERPRINT_BYTES)
  const temporary = `${file}.new`
  try {
    const fingerprint = await fingerprintOf(bytes, fingerprintFrom, body.scanned)
    if (fingerprint === null) return
    const saved: SavedIndex = { ...body, fingerprintFrom, fingerprint }
    const index = JSON.stringify(saved)
    await writeFile(temporary, `{"version":${VERSION},"check":"${hash(index)}","index":${index}}`, { mode: 0o600 })
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

function countsOf(counted: CountedStream): { offsets: number[]; begun: number[] } {
  const { scanned } = counted.index
  const offsets: number[] = []
  const begun: number[] = []
  let last = -1
  for (let entry = 0; entry < counted.begun.length; entry += 1) {
    const offset = counted.offsets[entry] ?? 0
    if (offset > scanned) break
    if (offset === last) continue
    last = offset
    offsets.push(offset)
    begun.push(counted.begun[entry] ?? 0)
  }
  return { offsets, begun }
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

function differences(values: readonly number[]): number[] {
  return values.map((value, index) => value - (values[index - 1] ?? 0))
}

function sums(values: readonly number[]): number[] {
  let sum = 0
  return values.map((value) => {
    sum += value
    return sum
  })
}
