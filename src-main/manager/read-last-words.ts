import { open } from 'node:fs/promises'
import { lastWords } from '../core/last-words.ts'
import { decodeLine } from '../logs/decode-line.ts'
import type { LogFiles, LogStream } from '../logs/log-files.ts'
import type { LogOffsets } from '../os/run-records.ts'

/** More than the last few lines have, unless they are very long; then their ends are enough. */
const MAX_BYTES = 16 * 1024

/**
 * What a run said last: the end of its stderr, or of its stdout if it wrote nothing there. Nothing of earlier runs, and
 * nothing at all where it is not known where this one began. Never rejects: it is a help, not a duty.
 */
export async function readLastWords(logs: LogFiles, key: string, from: LogOffsets | null): Promise<string[]> {
  if (from === null) return []
  for (const stream of ['stderr', 'stdout'] as const) {
    const words = await readEnd(logs, key, stream, from[stream]).catch(() => [])
    if (words.length > 0) return words
  }
  return []
}

async function readEnd(logs: LogFiles, key: string, stream: LogStream, from: number): Promise<string[]> {
  const file = await open(logs.path(key, stream), 'r')
  try {
    const { size } = await file.stat()
    // Shorter than it was: it was cut off since, and what it holds now is of this run.
    const begin = size < from ? 0 : from
    const start = Math.max(begin, size - MAX_BYTES)
    if (start >= size) return []
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - start), 0, size - start, start)
    const lines = decodeLine(buffer.subarray(0, bytesRead)).split('\n')
    // The first one lacks its beginning.
    return lastWords(start > begin && lines.length > 1 ? lines.slice(1) : lines)
  } finally {
    await file.close()
  }
}
