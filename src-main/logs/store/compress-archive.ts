import { type FileHandle, open } from 'node:fs/promises'
import { BLOCK_BYTES, deflateBlock } from './block-gzip.ts'
import type { Segment, Segments } from './segments.ts'
import { findArchives, isMissing, type StreamFiles } from './stream-files.ts'

/** An archive that is to be compressed. To be closed by who asked for it. */
export interface RawArchive {
  readonly source: FileHandle
  readonly segment: Segment
}

/**
 * Opens the newest archive that is not compressed, but those that begin at one of these offsets. The handle stays the
 * same archive's when the file gets another number.
 */
export async function openNewestRaw(
  files: StreamFiles,
  segments: Segments,
  except: ReadonlySet<number>,
): Promise<RawArchive | null> {
  const { kinds } = await findArchives(files)
  for (const [index, segment] of segments.archives.entries()) {
    if (!kinds.get(index + 1)?.has('raw') || except.has(segment.start)) continue
    try {
      return { source: await open(files.archive(index + 1, 'raw'), 'r'), segment }
    } catch (error) {
      if (!isMissing(error)) throw error
    }
  }
  return null
}

export interface CompressOptions {
  readonly signal: AbortSignal
  /** Waited for before each block of 1 MB, to give way to what is more urgent. */
  readonly giveWay?: () => Promise<unknown>
}

/**
 * Writes the compressed form of a raw archive, one block after another. The result keeps the time of the original, by
 * which the oldest archives are found.
 *
 * @throws the file system's error, the signal's reason, or that the archive is not as long as its segment
 */
export async function compressArchive(
  source: FileHandle,
  segment: Segment,
  target: string,
  { signal, giveWay }: CompressOptions,
): Promise<void> {
  const { atime, mtime, size } = await source.stat()
  // A longer one is still written to, by a process that nobody knew of when it was rotated.
  if (size !== segment.bytes) throw new Error(`expected an archive of ${segment.bytes} bytes, found ${size}`)
  const file = await open(target, 'w', 0o600)
  try {
    const chunk = Buffer.allocUnsafe(Math.min(BLOCK_BYTES, segment.bytes))
    for (let done = 0; done < segment.bytes; ) {
      await giveWay?.()
      signal.throwIfAborted()
      const wanted = Math.min(BLOCK_BYTES, segment.bytes - done)
      const { bytesRead } = await source.read(chunk, 0, wanted, done)
      if (bytesRead < wanted) throw new Error(`expected ${wanted} bytes at ${done}, found ${bytesRead}`)
      const member = await deflateBlock(chunk.subarray(0, wanted), segment.start + done)
      await file.writeFile(member)
      done += wanted
    }
    await file.utimes(atime, mtime)
  } finally {
    await file.close()
  }
}
