const MAX_WORDS = 500

/** Of fields that servers put their reason into, the usual one first. */
const PLACES = ['message', 'error', 'detail', 'msg'] as const

/**
 * What a server says about an error, from the bodies that are usual: `{"error": {"message": ...}}`, `{"error": "..."}`,
 * `{"message": ...}`, `{"detail": ...}`, or a line of text. At most 500 characters on one line; empty if there is nothing
 * to read. Untrusted: to be shown as text.
 */
export function wordsOf(body: unknown): string {
  const text = find(body, 3).replace(/\s+/g, ' ').trim()
  // A page for browsers says nothing to a person.
  if (text.startsWith('<')) return ''
  return text.length > MAX_WORDS ? `${text.slice(0, MAX_WORDS)} …` : text
}

function find(value: unknown, depth: number): string {
  if (typeof value === 'string') return value.slice(0, 4 * MAX_WORDS)
  if (typeof value !== 'object' || value === null || depth === 0) return ''
  // FastAPI: a list of objects with "msg".
  if (Array.isArray(value)) return find(value[0], depth - 1)
  for (const place of PLACES) {
    if (!Object.hasOwn(value, place)) continue
    const words = find((value as Readonly<Record<string, unknown>>)[place], depth - 1)
    if (words !== '') return words
  }
  return ''
}

/** The words of a body that may be JSON. */
export function wordsOfText(text: string): string {
  try {
    return wordsOf(JSON.parse(text))
  } catch {
    // Then it is text for people, or nothing.
    return wordsOf(text)
  }
}
