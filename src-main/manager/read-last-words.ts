import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { lastWords } from '../core/last-words.ts'
import { decodeLine } from '../logs/decode-line.ts'
import type { LogStream } from '../logs/log-files.ts'
import type { ServiceLogs } from '../logs/service-logs.ts'
import type { LogOffsets } from '../os/run-records.ts'

/** More than the last few lines have, unless they are very long; then their ends are enough. */
const MAX_BYTES = 16 * 1024

/**
 * What a run said last: the end of its stderr, or of its stdout if it wrote nothing there. Nothing of earlier runs, and
 * nothing at all where it is not known where this one began. Never throws: it is a help, not a duty.
 *
 * Synchronous: what was just written is in memory and read in microseconds, while a restart would wait a millisecond for the
 * thread pool (docs/decisions/0010-fast-restart.md).
 */
export function readLastWords(logs: ServiceLogs, key: string, from: LogOffsets | null): readonly string[] {
  if (from === null) return []
  for (const stream of ['stderr', 'stdout'] as const) {
    const words = readEnd(logs, key, stream, from[stream])
    if (words.length > 0) return words
  }
  return []
}

function readEnd(logs: ServiceLogs, key: string, stream: LogStream, from: number): readonly string[] {
  let file: number
  try {
    file = openSync(logs.path(key, stream), 'r')
  } catch {
    return []
  }
  try {
    const { size } = fstatSync(file)
    const begin = logs.positionInFile(key, stream, from)
    const start = Math.max(begin, size - MAX_BYTES)
    if (start >= size) return []
    const buffer = Buffer.alloc(size - start)
    const bytesRead = readSync(file, buffer, 0, buffer.length, start)
    const lines = decodeLine(buffer.subarray(0, bytesRead)).split('\n')
    // The first one lacks its beginning.
    return lastWords(start > begin && lines.length > 1 ? lines.slice(1) : lines)
  } catch {
    return []
  } finally {
    closeSync(file)
  }
}
