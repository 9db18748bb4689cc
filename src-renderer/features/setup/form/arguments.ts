/** `-c 4096` in one argument: the program gets it as one, and most do not understand that. */
export function looksJoined(argument: string): boolean {
  return /^--?[A-Za-z][\w-]*\s+\S/.test(argument)
}

/** Splits as a shell would, but nothing is replaced: spaces separate, quotes keep together, a backslash only in quotes. */
export function splitWords(text: string): readonly string[] {
  const words: string[] = []
  let word: string | null = null
  let quote: string | null = null
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at] ?? ''
    if (quote !== null) {
      if (sign === quote) quote = null
      else if (sign === '\\' && quote === '"' && /["\\]/.test(text[at + 1] ?? '')) {
        at += 1
        word = (word ?? '') + (text[at] ?? '')
      } else word = (word ?? '') + sign
    } else if (sign === '"' || sign === "'") {
      quote = sign
      word = word ?? ''
    } else if (/\s/.test(sign)) {
      if (word !== null) words.push(word)
      word = null
    } else word = (word ?? '') + sign
  }
  return word === null ? words : [...words, word]
}

export function replaceAt<T>(list: readonly T[], at: number, ...items: readonly T[]): T[] {
  return [...list.slice(0, at), ...items, ...list.slice(at + 1)]
}

export function insertAt<T>(list: readonly T[], at: number, item: T): T[] {
  return [...list.slice(0, at), item, ...list.slice(at)]
}

/** The same list with two neighbours exchanged; the list itself if there is no such neighbour. */
export function moveItem<T>(list: readonly T[], at: number, step: 1 | -1): readonly T[] {
  const one = list[at]
  const other = list[at + step]
  if (one === undefined || other === undefined) return list
  return list.map((item, index) => (index === at ? other : index === at + step ? one : item))
}
