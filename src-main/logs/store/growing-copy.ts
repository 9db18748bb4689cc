import { closeSync, fstatSync, ftruncateSync, openSync, read, readSync, write, writeSync } from 'node:fs'
import { promisify } from 'node:util'
import { type FileState, fileState } from './file-state.ts'

const readAsync = promisify(read)
const writeAsync = promisify(write)

const CHUNK_BYTES = 1024 * 1024
/** What is left for the moment in which the writers stand still: about 0.1 ms of copying. */
const SMALL_REST_BYTES = 128 * 1024
/** A writer that is about as fast as the copying is not chased: what is left only gets more. */
const MIN_GAIN = 0.8
/** Rounds of copying after the commit, for writers that nothing can stop. */
const MAX_LAST_ROUNDS = 64
/** What a writer appends while a piece is copied; as long as it is more, copying catches up. */
const FEW_BYTES = 4 * 1024

/** Copies a file that somebody appends to, most of it while they do. */
export class GrowingCopy {
  readonly #source: number
  readonly #target: number
  readonly #chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES)
  #bytes = 0
  /** How much of the chunk was read and is not written yet. */
  #held = 0

  /**
   * Opens both. The source is opened for writing, too: on Windows a file cannot be truncated through an append handle.
   *
   * @throws the file system's error
   */
  constructor(source: string, target: string) {
    this.#source = openSync(source, 'r+')
    try {
      this.#target = openSync(target, 'w', 0o600)
    } catch (error) {
      closeSync(this.#source)
      throw error
    }
  }

  /** How many bytes are copied. */
  get bytes(): number {
    return this.#bytes
  }

  /** Whether the source is this file. */
  isOf({ id }: FileState): boolean {
    return fileState(fstatSync(this.#source, { bigint: true })).id === id
  }

  /**
   * Copies until little is left, or until that does not get less.
   *
   * @throws the file system's error, e.g. `ENOSPC`, or the signal's reason
   */
  async copyMost(signal?: AbortSignal): Promise<void> {
    let before = Number.POSITIVE_INFINITY
    for (;;) {
      signal?.throwIfAborted()
      const { size } = fstatSync(this.#source)
      const left = size - this.#bytes
      if (left < SMALL_REST_BYTES || left > before * MIN_GAIN) return
      before = left
      while (this.#bytes < size) {
        signal?.throwIfAborted()
        if ((await this.#copyChunk(size - this.#bytes)) === 0) return
      }
    }
  }

  async #copyChunk(left: number): Promise<number> {
    const wanted = Math.min(CHUNK_BYTES, left)
    const { bytesRead } = await readAsync(this.#source, this.#chunk, 0, wanted, this.#bytes)
    let written = 0
    while (written < bytesRead) {
      const at = this.#bytes + written
      written += (await writeAsync(this.#target, this.#chunk, written, bytesRead - written, at)).bytesWritten
    }
    this.#bytes += bytesRead
    return bytesRead
  }

  /** Copies what there is at the moment and returns how much that was. */
  copyRest(): number {
    const before = this.#bytes
    const { size } = fstatSync(this.#source)
    while (this.#bytes < size) {
      const wanted = Math.min(CHUNK_BYTES, size - this.#bytes)
      const bytesRead = readSync(this.#source, this.#chunk, 0, wanted, this.#bytes)
      if (bytesRead === 0) break
      this.#writeChunk(bytesRead)
    }
    return this.#bytes - before
  }

  /**
   * Truncates the source, right after a read that found nothing left. Where writers go on all the while, what they append
   * between that read and the next system call is lost. What was read since the last write to the target is written with
   * {@link writeHeld}, since writing it first would take ten times as long as reading it.
   *
   * @throws the file system's error; then nothing is lost
   */
  truncateSource(): void {
    let rounds = 0
    while (this.copyRest() > FEW_BYTES && rounds < MAX_LAST_ROUNDS) rounds += 1
    this.#held = 0
    for (rounds = 0; rounds < MAX_LAST_ROUNDS && this.#held < CHUNK_BYTES; rounds += 1) {
      const at = this.#bytes + this.#held
      const bytesRead = readSync(this.#source, this.#chunk, this.#held, CHUNK_BYTES - this.#held, at)
      if (bytesRead === 0) break
      this.#held += bytesRead
    }
    ftruncateSync(this.#source, 0)
  }

  /** @throws the file system's error, e.g. `ENOSPC`; then what was read last is lost */
  writeHeld(): void {
    const held = this.#held
    this.#held = 0
    this.#writeChunk(held)
  }

  #writeChunk(bytes: number): void {
    let written = 0
    while (written < bytes) {
      written += writeSync(this.#target, this.#chunk, written, bytes - written, this.#bytes + written)
    }
    this.#bytes += bytes
  }

  close(): void {
    closeSync(this.#source)
    closeSync(this.#target)
  }
}
