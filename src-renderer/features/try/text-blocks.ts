import { withoutHalf } from './growing-text.ts'

/** From this length on a block ends with its line. */
export const SOFT_LENGTH = 2000
/** A line longer than this is broken. */
export const HARD_LENGTH = 50_000

/**
 * Where the present block of a text ends: an index in `piece`, which follows the `length` characters that the block has; 0 if
 * it is full, null if it does not end in this piece. Short blocks keep long answers fast: a browser lays out only the one that
 * grows. (`content-visibility` on them was measured to cost 15 ms a frame in Chromium 114; without it it is 1 ms.)
 */
export function blockEnd(length: number, piece: string): number | null {
  const newline = piece.indexOf('\n', Math.max(0, SOFT_LENGTH - length))
  if (newline !== -1 && length + newline < HARD_LENGTH) return newline + 1
  if (length + piece.length <= HARD_LENGTH) return null
  return withoutHalf(piece.slice(0, HARD_LENGTH - length)).length
}

/** Splits a text that comes in pieces into blocks, each a text node of its own. Untrusted text stays text. */
export class BlockWriter {
  readonly #parent: Element
  #block: Text | null = null

  constructor(parent: Element) {
    this.#parent = parent
  }

  write(piece: string): void {
    let rest = piece
    while (rest !== '') {
      const block = this.#block ?? this.#begin()
      const end = blockEnd(block.length, rest)
      block.appendData(end === null ? rest : rest.slice(0, end))
      if (end === null) return
      this.#block = null
      rest = rest.slice(end)
    }
  }

  #begin(): Text {
    const block = document.createTextNode('')
    const element = document.createElement('div')
    element.className = 'answer-block'
    element.append(block)
    this.#parent.append(element)
    this.#block = block
    return block
  }
}
