/** A character of a word, for regular expressions with the flag u: letters, the marks on them, digits, underscore. */
const UNICODE_WORD = String.raw`[\p{L}\p{M}\p{N}_]`

let plainWord: string | null = null

/**
 * Wraps a regular expression's source so that a match is a whole word: no character of a word stands before or after it.
 *
 * @param isUnicode whether it gets the flag u. Without it, characters beyond U+FFFF count as none of a word.
 */
export function asWholeWord(source: string, isUnicode: boolean): string {
  const word = isUnicode ? UNICODE_WORD : wordWithoutFlag()
  return `(?<!${word})(?:${source})(?!${word})`
}

/** The same class spelt out as ranges, since `\p` needs the flag. Made once: it takes some milliseconds. */
function wordWithoutFlag(): string {
  if (plainWord !== null) return plainWord
  const isWord = new RegExp(UNICODE_WORD, 'u')
  const ranges: string[] = []
  let first = -1
  for (let code = 0; code <= 0x10000; code++) {
    const belongs = code <= 0xffff && isWord.test(String.fromCharCode(code))
    if (belongs && first === -1) first = code
    if (belongs || first === -1) continue
    ranges.push(`${unit(first)}-${unit(code - 1)}`)
    first = -1
  }
  plainWord = `[${ranges.join('')}]`
  return plainWord
}

function unit(code: number): string {
  return `\\u${code.toString(16).padStart(4, '0')}`
}
