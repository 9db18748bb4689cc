export interface Link {
  /** UTF-16 units of the text, `to` excluded. */
  readonly from: number
  readonly to: number
  readonly url: string
}

/** As the contract has it (`app.openLink`). */
const MAX_URL = 4000
/** Pictures of control characters and U+FFFD are what the viewer put there. */
const ADDRESS = /https?:\/\/[^\s<>"'`{}|\\^\u2400-\u2421\ufffd]+/gi
/** What follows an address in a sentence more often than it ends one. */
const TRAILING = /[.,;:!?*)\]]$/

/** The http(s) addresses in a text that is shown. */
export function findLinks(text: string): Link[] {
  if (!text.includes('://')) return []
  const links: Link[] = []
  for (const { 0: found, index } of text.matchAll(ADDRESS)) {
    const url = withoutTrailing(found)
    if (isAddress(url)) links.push({ from: index, to: index + url.length, url })
  }
  return links
}

function withoutTrailing(found: string): string {
  let url = found
  while (TRAILING.test(url) && !closesBracket(url)) url = url.slice(0, -1)
  return url
}

/** A bracket that was opened inside the address belongs to it: Wikipedia is full of them. */
function closesBracket(url: string): boolean {
  const pair = { ')': '(', ']': '[' }[url.at(-1) ?? '']
  if (pair === undefined) return false
  return count(url, pair) >= count(url, url.at(-1) ?? '')
}

function count(text: string, character: string): number {
  return text.split(character).length - 1
}

/** `URL.canParse` is younger than the oldest Electron this runs in. */
function isAddress(url: string): boolean {
  if (url.length > MAX_URL) return false
  try {
    return new URL(url).hostname !== ''
  } catch {
    return false
  }
}
