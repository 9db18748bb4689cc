/** Between two paragraphs. */
export const PARAGRAPH = '\n\n'

/** A word (with its apostrophes and hyphens), a number, or one punctuation mark; paragraphs are kept apart. */
const TOKEN = /[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*|[.,;:!?]|\n[ \t]*\n\s*/gu

export function tokenize(text: string): string[] {
  return (text.match(TOKEN) ?? []).map((token) => (token.startsWith('\n') ? PARAGRAPH : token))
}

/** The text of a token after another one: a word is set off by a space, punctuation is not. */
export function pieceOf(token: string, isFirst: boolean): string {
  return isFirst || token === PARAGRAPH || isPunctuation(token) ? token : ` ${token}`
}

export function isPunctuation(token: string): boolean {
  return /^[.,;:!?]$/.test(token)
}

export function endsSentence(token: string): boolean {
  return token === '.' || token === '!' || token === '?' || token === PARAGRAPH
}
