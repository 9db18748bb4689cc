import type { FileHandle } from 'node:fs/promises'
import { DamagedFile } from './damaged-file.ts'

const CHUNK_BYTES = 128 * 1024
/** What can be waited for at once: the longest name that the format allows, and its length. */
const MAX_NEED_BYTES = 64 * 1024
/** Vocabularies take a few megabytes; nothing that is a header is larger. */
export const MAX_HEADER_BYTES = 64 * 1024 * 1024

/**
 * Reads a file from its beginning, forwards only, through one small buffer. Numbers are taken without waiting once
 * `need` has seen to it that they are there.
 */
export class HeaderSource {
  readonly #handle: FileHandle
  readonly #fileSize: number
  readonly #buffer = Buffer.allocUnsafe(CHUNK_BYTES)
  /** What the buffer holds: `#filled` bytes from `#start` of the file on. */
  #start = 0
  #filled = 0
  /** Next byte in the buffer. */
  #at = 0
  /** Known after the version: until then nothing is read that has an order. */
  isBigEndian = false

  /** @param fileSize bytes; what is beyond it counts as missing */
  constructor(handle: FileHandle, fileSize: number) {
    this.#handle = handle
    this.#fileSize = fileSize
  }

  /** Bytes from the beginning of the file. */
  get position(): number {
    return this.#start + this.#at
  }

  /** Bytes of the file from here on. */
  get left(): number {
    return this.#fileSize - this.position
  }

  /** True if so many bytes can be taken without waiting. */
  has(bytes: number): boolean {
    return this.#filled - this.#at >= bytes
  }

  /**
   * Waits until so many bytes can be taken, at most 64 KiB.
   *
   * @throws DamagedFile if the file ends before, or if this is no header any more
   */
  async need(bytes: number): Promise<void> {
    if (this.has(bytes)) return
    if (bytes > MAX_NEED_BYTES) throw new RangeError(`expected at most ${MAX_NEED_BYTES} bytes, got ${bytes}`)
    this.#check(bytes)
    this.#buffer.copyWithin(0, this.#at, this.#filled)
    this.#start = this.position
    this.#filled -= this.#at
    this.#at = 0
    while (this.#filled < bytes) {
      const { bytesRead } = await this.#handle.read(
        this.#buffer,
        this.#filled,
        CHUNK_BYTES - this.#filled,
        this.#start + this.#filled,
      )
      if (bytesRead === 0) throw endsInHeader()
      this.#filled += bytesRead
    }
  }

  /** @throws DamagedFile as `need` */
  skip(bytes: number): void {
    this.#check(bytes)
    if (this.has(bytes)) {
      this.#at += bytes
      return
    }
    this.#start = this.position + bytes
    this.#filled = 0
    this.#at = 0
  }

  /**
   * Skips up to so many texts, each with its length before it, as far as they can be without waiting. A vocabulary has
   * hundreds of thousands of them.
   *
   * @returns how many
   */
  skipTexts(count: number): number {
    const [low, high] = this.isBigEndian ? [4, 0] : [0, 4]
    let skipped = 0
    let at = this.#at
    while (skipped < count && this.#filled - at >= 8) {
      const length = this.#order32(at + low)
      const next = at + 8 + length
      if (next > this.#filled || this.#order32(at + high) !== 0) break
      at = next
      skipped += 1
    }
    if (this.#start + at > MAX_HEADER_BYTES) throw endless()
    this.#at = at
    return skipped
  }

  uint8(): number {
    return this.#buffer.readUInt8(this.#take(1))
  }

  uint16(): number {
    const at = this.#take(2)
    return this.isBigEndian ? this.#buffer.readUInt16BE(at) : this.#buffer.readUInt16LE(at)
  }

  uint32(): number {
    return this.#order32(this.#take(4))
  }

  /** Not exact beyond 2^53: nothing that large is possible in a file. */
  uint64(): number {
    const first = this.uint32()
    const second = this.uint32()
    return this.isBigEndian ? first * 2 ** 32 + second : second * 2 ** 32 + first
  }

  text(bytes: number): string {
    const at = this.#take(bytes)
    return this.#buffer.toString('utf8', at, at + bytes)
  }

  #order32(at: number): number {
    return this.isBigEndian ? this.#buffer.readUInt32BE(at) : this.#buffer.readUInt32LE(at)
  }

  #take(bytes: number): number {
    if (!this.has(bytes)) throw new Error(`expected ${bytes} bytes to be there; call need() first`)
    const at = this.#at
    this.#at += bytes
    return at
  }

  #check(bytes: number): void {
    if (bytes > this.left) throw endsInHeader()
    if (this.position + bytes > MAX_HEADER_BYTES) throw endless()
  }
}

function endless(): DamagedFile {
  return new DamagedFile('is damaged: its header has no end')
}

function endsInHeader(): DamagedFile {
  return new DamagedFile('ends inside its header: download it again')
}
