import { type FileHandle, open, stat } from 'node:fs/promises'
import { finishRotation } from './finish-rotation.ts'
import { removeFile } from './held-open.ts'
import { rebuildSegments } from './rebuild-segments.ts'
import { newGeneration, type PendingRotation, type Segments, withArchives, withRotationUndone } from './segments.ts'
import type { FoundSegments } from './segments-file.ts'
import { findArchives, firstGap, isMissing, type StreamFiles, shiftArchives } from './stream-files.ts'

export interface RecoverOptions {
  /** An offset that the stream is known to have reached, from its timeline. */
  readonly atLeast: number
  readonly warn: (message: string) => void
  readonly onStep: (step: string) => void
}

/**
 * Brings files and segments to where they agree, whatever step the app was killed at. A service may go on writing to the
 * current file meanwhile.
 *
 * @param found what `segments.json` says; the caller moves a corrupt one aside
 * @returns the segments to be written
 * @throws the file system's error
 */
export async function recoverSegments(
  files: StreamFiles,
  found: FoundSegments,
  options: RecoverOptions,
): Promise<Segments> {
  await removeFile(files.compressing)
  const isKnown = !found.isCorrupt && found.identity !== 'missing'
  const settled = isKnown ? await settle(files, found.segments, options) : await settleUnknown(files, found, options)
  return await checkEnd(files, await tidyArchives(files, settled), options.atLeast)
}

async function settle(files: StreamFiles, segments: Segments, { onStep }: RecoverOptions): Promise<Segments> {
  if (segments.rotating !== null) return await settleRotation(files, segments, segments.rotating, onStep)
  await removeFile(files.rotating)
  return segments.isTruncating ? await finishClearing(files, segments) : segments
}

/** Whether the current file was emptied is unknown; what is in it counts as new, so that nothing printed is lost. */
async function finishClearing(files: StreamFiles, segments: Segments): Promise<Segments> {
  const { kinds } = await findArchives(files)
  for (const number of kinds.keys()) {
    for (const kind of ['raw', 'gz'] as const) await removeFile(files.archive(number, kind))
  }
  return { ...segments, archives: [], isTruncating: false, generation: newGeneration() }
}

async function settleRotation(
  files: StreamFiles,
  segments: Segments,
  rotating: PendingRotation,
  onStep: (step: string) => void,
): Promise<Segments> {
  const { kinds, hasRotating } = await findArchives(files)
  const wasMoved = firstGap({ kinds, hasRotating }) !== rotating.moves + 1
  const isTaken = !segments.isTruncating || wasMoved || (await isOutOfCurrent(files, rotating, hasRotating))
  if (!isTaken) {
    if (rotating.by === 'copy') await removeFile(files.rotating)
    onStep('undone')
    return withRotationUndone(segments)
  }
  // More may have been copied after the commit, where writers could not be stopped.
  const taken = hasRotating ? files.rotating : files.archive(1, 'raw')
  const bytes = Math.max(rotating.bytes, await sizeOf(taken))
  const exact = { ...segments, start: segments.start + bytes - rotating.bytes, rotating: { ...rotating, bytes } }
  return await finishRotation(files, exact, onStep)
}

/**
 * Whether the bytes of the rotation are no longer in the current file. Only what was printed twice, byte for byte, from
 * the truncation on, passes for what was there before; it is then in the log once.
 */
async function isOutOfCurrent(files: StreamFiles, rotating: PendingRotation, hasRotating: boolean): Promise<boolean> {
  if (rotating.by === 'rename') return hasRotating
  if ((await sizeOf(files.current)) < rotating.bytes) return true
  return hasRotating && !(await beginsWith(files.current, files.rotating))
}

/** Without segments: a copy that is the current file's beginning is one that did not come to its end. */
async function settleUnknown(files: StreamFiles, found: FoundSegments, options: RecoverOptions): Promise<Segments> {
  if ((await sizeOf(files.rotating)) === 0 || (await beginsWith(files.current, files.rotating))) {
    await removeFile(files.rotating)
  } else {
    await shiftArchives(files, options.onStep)
  }
  return await rebuildSegments(files, {
    ...options,
    wasLost: found.isCorrupt,
    currentBytes: await sizeOf(files.current),
  })
}

/** Removes what a compression that was cut short has left, and forgets the oldest archives that are no longer there. */
async function tidyArchives(files: StreamFiles, segments: Segments): Promise<Segments> {
  const { kinds } = await findArchives(files)
  for (const [number, both] of kinds) if (both.size > 1) await removeFile(files.archive(number, 'gz'))
  let count = segments.archives.length
  while (count > 0 && !kinds.has(count)) count -= 1
  return withArchives(segments, count)
}

/** A stream that is shorter than it was: somebody truncated or removed the file while nobody looked. */
async function checkEnd(files: StreamFiles, segments: Segments, atLeast: number): Promise<Segments> {
  if (segments.start + (await sizeOf(files.current)) >= atLeast) return segments
  return { ...segments, start: atLeast, generation: newGeneration() }
}

/** 0 for a missing file. */
async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size
  } catch (error) {
    if (isMissing(error)) return 0
    throw error
  }
}

const CHUNK_BYTES = 1024 * 1024

/** Whether a file begins with all the bytes of another. False if one of them is missing. */
async function beginsWith(path: string, beginning: string): Promise<boolean> {
  const files: FileHandle[] = []
  try {
    for (const name of [path, beginning]) files.push(await open(name, 'r'))
    const [whole, part] = files
    return whole !== undefined && part !== undefined && (await isPrefix(whole, part))
  } catch (error) {
    if (isMissing(error)) return false
    throw error
  } finally {
    for (const file of files) await file.close()
  }
}

async function isPrefix(whole: FileHandle, part: FileHandle): Promise<boolean> {
  const [expected, found] = [Buffer.allocUnsafe(CHUNK_BYTES), Buffer.allocUnsafe(CHUNK_BYTES)]
  for (let at = 0; ; ) {
    const { bytesRead } = await part.read(expected, 0, CHUNK_BYTES, at)
    if (bytesRead === 0) return true
    const same = await whole.read(found, 0, bytesRead, at)
    if (!expected.subarray(0, bytesRead).equals(found.subarray(0, same.bytesRead))) return false
    at += bytesRead
  }
}
