import { open, stat } from 'node:fs/promises'
import { readBlocks } from './block-gzip.ts'
import { endOf, NO_SEGMENTS, newGeneration, type Segment, type Segments } from './segments.ts'
import { findArchives, type StreamFiles } from './stream-files.ts'

export interface RebuildOptions {
  readonly atLeast: number
  readonly currentBytes: number
  /** There was a `segments.json`, which could not be understood. */
  readonly wasLost: boolean
  readonly warn: (message: string) => void
}

/** An archive as its file shows it; the start is known where the file says it. */
interface Found {
  readonly bytes: number
  readonly start: number | null
}

/** Makes up the segments of a stream from its files. Archives beyond one that is missing or not ours are left out. */
export async function rebuildSegments(files: StreamFiles, options: RebuildOptions): Promise<Segments> {
  const { atLeast, currentBytes, wasLost } = options
  const found = await measure(files, options.warn)
  if (found.length === 0 && !wasLost) return NO_SEGMENTS
  const archives = place(found, Math.max(0, atLeast - currentBytes))
  const [newest] = archives
  const start = newest === undefined ? Math.max(0, atLeast - currentBytes) : endOf(newest)
  return { ...NO_SEGMENTS, generation: newGeneration(), start, archives }
}

async function measure(files: StreamFiles, warn: (message: string) => void): Promise<Found[]> {
  const { kinds } = await findArchives(files)
  const found: Found[] = []
  for (let number = 1; kinds.has(number); number += 1) {
    const isRaw = kinds.get(number)?.has('raw') === true
    const path = files.archive(number, isRaw ? 'raw' : 'gz')
    const archive = isRaw ? { bytes: (await stat(path)).size, start: null } : await measureCompressed(path)
    if (archive === null || archive.bytes === 0) {
      warn(`${path} cannot be read: this app did not write it; this part of the log and what is older is not shown`)
      break
    }
    found.push(archive)
  }
  return found
}

async function measureCompressed(path: string): Promise<Found | null> {
  const file = await open(path, 'r')
  try {
    const blocks = await readBlocks(file)
    const [first, last] = [blocks?.at(0), blocks?.at(-1)]
    return first === undefined || last === undefined ? null : { start: first.start, bytes: endOf(last) - first.start }
  } finally {
    await file.close()
  }
}

/**
 * Gives each archive its offset, newest first. The newest that names its own counts; the others follow from it. If none
 * does, they end at `end` or, if that is too early, begin at 0.
 */
function place(found: readonly Found[], end: number): Segment[] {
  const anchor = found.findIndex(({ start }) => start !== null)
  const total = (archives: readonly Found[]) => archives.reduce((sum, { bytes }) => sum + bytes, 0)
  let newer: number
  if (anchor === -1) newer = Math.max(end, total(found))
  else newer = (found[anchor]?.start ?? 0) + total(found.slice(0, anchor + 1))
  const placed: Segment[] = []
  for (const { bytes, start } of found) {
    const begin = start ?? newer - bytes
    if (begin < 0 || begin + bytes > newer) break
    placed.push({ start: begin, bytes })
    newer = begin
  }
  return placed
}
