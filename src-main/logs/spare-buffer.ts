/**
 * A buffer for work that comes again and again, many times a second. New ones of this size would pile up: the collector
 * sees only the few bytes that refer to them, so it seldom comes, and what it then frees comes back in pieces.
 */
export class SpareBuffer {
  readonly #size: number
  #spare: Buffer | null = null

  /** @param size in bytes */
  constructor(size: number) {
    this.#size = size
  }

  /** Lends the buffer to `work`, which must not keep it. Who comes while it is lent gets another. */
  async lend<T>(work: (buffer: Buffer) => Promise<T>): Promise<T> {
    // Not from Node's pool, of which a piece would hold all.
    const buffer = this.#spare ?? Buffer.allocUnsafeSlow(this.#size)
    this.#spare = null
    try {
      return await work(buffer)
    } finally {
      this.#spare = buffer
    }
  }
}
