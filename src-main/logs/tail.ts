import { decodeLine } from './decode-line.ts'
import type { LogBytes } from './store/log-bytes.ts'

const CHUNK_BYTES = 64 * 1024
/** Reading stops here however long the lines are; the first line returned may then lack its beginning. */
const MAX_TAIL_BYTES = 64 * 1024 * 1024
const LINE_FEED = 0x0a

/**
 * The last `count` lines of a stream, oldest first, read from its end, across archives. Empty if nothing was ever printed.
 *
 * @throws the file system's error
 */
export async function readLastLines(bytes: LogBytes, count: number): Promise<string[]> {
  return splitLines(await readTail(bytes, count), count)
}

/** Enough of the stream's end to hold `count` lines. */
async function readTail(bytes: LogBytes, count: number): Promise<Buffer> {
  const { first, end } = await bytes.extent()
  const chunks: Buffer[] = []
  let start = end
  // One more than asked for: the end of the line before the first, and the one that ends the last.
  let missing = count + 1
  while (start > first && missing > 0 && end - start < MAX_TAIL_BYTES) {
    const length = Math.min(CHUNK_BYTES, start - first)
    const buffer = Buffer.alloc(length)
    const bytesRead = await bytes.read(start - length, buffer)
    // Rotated away or truncated meanwhile: what was read so far is what there is.
    if (bytesRead < length) break
    start -= length
    for (let at = buffer.indexOf(LINE_FEED); at !== -1; at = buffer.indexOf(LINE_FEED, at + 1)) missing -= 1
    chunks.unshift(buffer)
  }
  return Buffer.concat(chunks)
}

function splitLines(bytes: Buffer, count: number): string[] {
  const lines: string[] = []
  let from = 0
  while (from < bytes.length) {
    const end = bytes.indexOf(LINE_FEED, from)
    lines.push(decodeLine(bytes.subarray(from, end === -1 ? bytes.length : end)))
    if (end === -1) break
    from = end + 1
  }
  return count > 0 ? lines.slice(-count) : []
}
