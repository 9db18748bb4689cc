import { type FileHandle, open } from 'node:fs/promises'
import { decodeLine } from './decode-line.ts'

const CHUNK_BYTES = 64 * 1024
/** Reading stops here however long the lines are; the first line returned may then lack its beginning. */
const MAX_TAIL_BYTES = 64 * 1024 * 1024
const LINE_FEED = 0x0a

/**
 * The last `count` lines of a file, oldest first, read from its end. Empty if there is no such file.
 *
 * @throws the file system's error for anything but a missing file
 */
export async function readLastLines(path: string, count: number): Promise<string[]> {
  let file: FileHandle
  try {
    file = await open(path, 'r')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
  try {
    return splitLines(await readTail(file, count), count)
  } finally {
    await file.close()
  }
}

/** Enough of the file's end to hold `count` lines. */
async function readTail(file: FileHandle, count: number): Promise<Buffer> {
  const { size } = await file.stat()
  const chunks: Buffer[] = []
  let start = size
  // One more than asked for: the end of the line before the first, and the one that ends the last.
  let missing = count + 1
  while (start > 0 && missing > 0 && size - start < MAX_TAIL_BYTES) {
    const length = Math.min(CHUNK_BYTES, start)
    start -= length
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, start)
    const chunk = buffer.subarray(0, bytesRead)
    for (let at = chunk.indexOf(LINE_FEED); at !== -1; at = chunk.indexOf(LINE_FEED, at + 1)) missing -= 1
    chunks.unshift(chunk)
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
