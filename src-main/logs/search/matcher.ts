/** More matches in one line than anybody can tell apart. */
export const MAX_RANGES = 1000

interface MatcherParts {
  /** What is searched for. Flags `g` and `m`. */
  readonly regex: RegExp
  /** Matches in a line exactly if `regex` does, but may begin elsewhere. Flags `g` and `m`. */
  readonly finder: RegExp
  /** No match is empty or has a line end or a carriage return in it. */
  readonly isLiteral: boolean
  /** Every match has this in it; null if nothing is known that has to be there. */
  readonly needle: string | null
}

/** What may begin a control sequence of a terminal, which may stand in the middle of a match. */
const CONTROL_LEADS = [0x1b, 0xc2] as const
/** Stands for bytes that are no UTF-8, whatever they are. */
const REPLACEMENT = '\ufffd'

/**
 * Matches lines as they are shown. A match of no characters is none: else `x*` would find every line, and
 * `^(?!.*x).*$` still finds the lines without an x.
 */
export class Matcher {
  readonly #regex: RegExp
  readonly #finder: RegExp
  /**
   * Finds the same in many lines at once as it would in each of them, if that is possible for this pattern; otherwise
   * null. Its matches are never empty. Flag `g`.
   */
  readonly literal: RegExp | null
  readonly #needle: Buffer | null

  constructor({ regex, finder, isLiteral, needle }: MatcherParts) {
    this.#needle = needle === null || needle.includes(REPLACEMENT) ? null : Buffer.from(needle)
    this.#regex = regex
    this.#finder = finder
    this.literal = isLiteral ? regex : null
  }

  /** Whether there can be a match in lines, by a look at their bytes that takes a fraction of what decoding them does. */
  canMatch(bytes: Buffer): boolean {
    if (this.#needle === null || bytes.includes(this.#needle)) return true
    return CONTROL_LEADS.some((lead) => bytes.includes(lead))
  }

  /** Whether there is a match in a line. */
  matches(line: string): boolean {
    return nextMatch(this.#finder, line, 0) !== null
  }

  /** Begin and end of each match in a line, in UTF-16 units: the first `MAX_RANGES`. */
  ranges(line: string): [number, number][] {
    const found: [number, number][] = []
    for (let at = 0; found.length < MAX_RANGES; ) {
      const match = nextMatch(this.#regex, line, at)
      if (match === null) break
      found.push(match)
      at = match[1]
    }
    return found
  }
}

/** The first match from `from` on that is not empty. */
function nextMatch(regex: RegExp, line: string, from: number): [number, number] | null {
  regex.lastIndex = from
  for (;;) {
    const match = regex.exec(line)
    if (match === null) return null
    const length = match[0].length
    if (length > 0) return [match.index, match.index + length]
    // With the flag u, a position within a surrogate pair counts as the one before it: that would go on for ever.
    const isPair = regex.unicode && (line.codePointAt(match.index) ?? 0) > 0xffff
    regex.lastIndex = match.index + (isPair ? 2 : 1)
  }
}
