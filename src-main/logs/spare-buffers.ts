/** More are lent at once only by chance. */
const MAX_SPARE = 4

/**
 * Buffers for work that comes again and again, many times a second. New ones each time would pile up: the collector sees
 * only the few bytes that refer to them, so it seldom comes.
 */
export class SpareBuffers {
  readonly #size: number
  readonly #spare: Buffer[] = []

  /** @param size of each, in bytes */
  constructor(size: number) {
    this.#size = size
  }

  /** Lends a buffer to `work`, which must not keep it. */
  async lend<T>(work: (buffer: Buffer) => Promise<T>): Promise<T> {
    // Not from Node's pool, of which a piece would hold all.
    const buffer = this.#spare.pop() ?? Buffer.allocUnsafeSlow(this.#size)
    try {
      return await work(buffer)
    } finally {
      if (this.#spare.length < MAX_SPARE) this.#spare.push(buffer)
    }
  }
}
