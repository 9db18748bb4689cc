/** What is kept of an answer, in UTF-16 units: a server that never ends must not fill the memory. */
export const MAX_TEXT = 1024 * 1024

/** Text that only ever grows, up to a bound. Whoever shows it gets each piece once and never the whole again. */
export class GrowingText {
  readonly #sinks = new Set<(piece: string) => void>()
  #text = ''
  #isCut = false

  /** All of it so far. */
  get text(): string {
    return this.#text
  }

  /** More came than is kept. */
  get isCut(): boolean {
    return this.#isCut
  }

  append(text: string): void {
    const room = MAX_TEXT - this.#text.length
    const piece = text.length <= room ? text : withoutHalf(text.slice(0, room))
    if (piece.length < text.length) this.#isCut = true
    if (piece === '') return
    this.#text += piece
    for (const sink of this.#sinks) sink(piece)
  }

  /** @returns the function that ends it */
  subscribe(sink: (piece: string) => void): () => void {
    this.#sinks.add(sink)
    return () => this.#sinks.delete(sink)
  }
}

/** Without the first half of a character that was cut in two. */
export function withoutHalf(text: string): string {
  const last = text.charCodeAt(text.length - 1)
  return last >= 0xd800 && last <= 0xdbff ? text.slice(0, -1) : text
}
