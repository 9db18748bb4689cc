import type { FileHandle } from 'node:fs/promises'
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'

// An archive is a sequence of gzip members (RFC 1952), each of BLOCK_BYTES of input, so that any gunzip reads it. Each
// has an extra field that says how long it is, so that a reader finds its way from one to the next and inflates only
// the one it needs. bgzip does the same with blocks too small for logs.

const gzipAsync = promisify(gzip)
const gunzipAsync = promisify(gunzip)

/** What is inflated to read one byte: about 4 ms. */
export const BLOCK_BYTES = 1024 * 1024
const LEVEL = 4

/** Fixed part of a member's header, with nothing but FEXTRA: its bytes 0 to 9. */
const FIXED_BYTES = 10
const FLAG_EXTRA = 4
/** Subfield: 2 bytes id, 2 bytes length, then member length, input length (4 bytes each), input offset (8 bytes). */
const FIELD_ID = 'AT'
const FIELD_BYTES = 16
const EXTRA_BYTES = 4 + FIELD_BYTES
const HEADER_BYTES = FIXED_BYTES + 2 + EXTRA_BYTES
const TRAILER_BYTES = 8

/** One member of an archive. */
export interface GzipBlock {
  /** Where the member lies in the file, and how long it is. */
  readonly position: number
  readonly length: number
  /** Which bytes of the stream it holds. */
  readonly start: number
  readonly bytes: number
}

/**
 * Compresses one block into a member, on the thread pool.
 *
 * @param start offset in the stream of its first byte
 */
export async function deflateBlock(input: Uint8Array, start: number): Promise<Buffer> {
  const plain = await gzipAsync(input, { level: LEVEL })
  const member = Buffer.alloc(plain.length + 2 + EXTRA_BYTES)
  plain.copy(member, 0, 0, FIXED_BYTES)
  member[3] = FLAG_EXTRA
  let at = member.writeUInt16LE(EXTRA_BYTES, FIXED_BYTES)
  at += member.write(FIELD_ID, at, 'latin1')
  at = member.writeUInt16LE(FIELD_BYTES, at)
  at = member.writeUInt32LE(member.length, at)
  at = member.writeUInt32LE(input.length, at)
  at = member.writeBigUInt64LE(BigInt(start), at)
  plain.copy(member, at, FIXED_BYTES)
  return member
}

/** Null if these bytes do not begin with the header of a member written here. */
function parseHeader(header: Buffer, position: number): GzipBlock | null {
  if (header.length < HEADER_BYTES) return null
  const isOurs =
    header.readUInt16BE(0) === 0x1f8b &&
    header[3] === FLAG_EXTRA &&
    header.readUInt16LE(FIXED_BYTES) === EXTRA_BYTES &&
    header.toString('latin1', FIXED_BYTES + 2, FIXED_BYTES + 4) === FIELD_ID &&
    header.readUInt16LE(FIXED_BYTES + 4) === FIELD_BYTES
  if (!isOurs) return null
  const length = header.readUInt32LE(FIXED_BYTES + 6)
  const bytes = header.readUInt32LE(FIXED_BYTES + 10)
  const start = Number(header.readBigUInt64LE(FIXED_BYTES + 14))
  const isSensible = length > HEADER_BYTES + TRAILER_BYTES && bytes > 0 && bytes <= BLOCK_BYTES
  return isSensible && Number.isSafeInteger(start) ? { position, length, start, bytes } : null
}

/**
 * Walks the headers of an archive.
 *
 * @returns its blocks, at least one, each following directly on the one before; null if it is not ours or not complete
 */
export async function readBlocks(file: FileHandle): Promise<readonly GzipBlock[] | null> {
  const { size } = await file.stat()
  const blocks: GzipBlock[] = []
  const header = Buffer.alloc(HEADER_BYTES)
  let position = 0
  let expected: number | null = null
  while (position < size) {
    const { bytesRead } = await file.read(header, 0, HEADER_BYTES, position)
    const block = parseHeader(header.subarray(0, bytesRead), position)
    if (block === null || position + block.length > size || block.start !== (expected ?? block.start)) return null
    blocks.push(block)
    position += block.length
    expected = block.start + block.bytes
  }
  return blocks.length === 0 ? null : blocks
}

/**
 * Inflates one block, on the thread pool.
 *
 * @returns null if it is damaged, or another one
 * @throws the file system's error
 */
export async function inflateBlock(file: FileHandle, block: GzipBlock): Promise<Buffer | null> {
  const member = Buffer.allocUnsafe(block.length)
  const { bytesRead } = await file.read(member, 0, block.length, block.position)
  // It names its offset, so that a block of another archive is never taken for this one.
  const found = parseHeader(member, block.position)
  if (bytesRead < block.length || found?.start !== block.start || found.length !== block.length) return null
  try {
    const bytes = await gunzipAsync(member, { maxOutputLength: BLOCK_BYTES })
    return bytes.length === block.bytes ? bytes : null
  } catch {
    return null // zlib says no more than that it is damaged.
  }
}
