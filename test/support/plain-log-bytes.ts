import type { LogBytes, LogBytesExtent } from '../../src-main/logs/store/log-bytes.ts'

/** A stream in memory: it grows, loses its oldest bytes, or is replaced by another. */
export class PlainLogBytes implements LogBytes {
  #data: Buffer
  #first = 0
  #generation = 0
  /** Bytes that were read of it. */
  readBytes = 0
  releases = 0
  /** Called before each read; may wait. */
  beforeRead: (offset: number, length: number) => Promise<void> | void = () => undefined

  constructor(data: Buffer | string = '') {
    this.#data = Buffer.from(data)
  }

  /** Every byte ever printed, also those that are lost. */
  get printed(): Buffer {
    return this.#data
  }

  get first(): number {
    return this.#first
  }

  append(data: Buffer | string): void {
    this.#data = Buffer.concat([this.#data, Buffer.from(data)])
  }

  /** As when the oldest archives are removed. */
  loseBefore(offset: number): void {
    this.#first = Math.max(this.#first, Math.min(offset, this.#data.length))
  }

  /** As when somebody truncates or replaces the file. */
  replace(data: Buffer | string): void {
    this.#data = Buffer.from(data)
    this.#first = 0
    this.#generation += 1
  }

  async extent(): Promise<LogBytesExtent> {
    return { first: this.#first, end: this.#data.length, generation: String(this.#generation) }
  }

  async read(offset: number, buffer: Buffer): Promise<number> {
    const generation = this.#generation
    await this.beforeRead(offset, buffer.length)
    if (offset < this.#first || generation !== this.#generation) return -1
    const read = this.#data.copy(buffer, 0, offset)
    this.readBytes += read
    return read
  }

  async release(): Promise<void> {
    this.releases += 1
  }
}
