import type { Failure } from '../../core/failure.ts'
import { Matcher } from './matcher.ts'
import { asWholeWord } from './word-class.ts'

/** What is searched for, as a person puts it. */
export interface SearchPattern {
  readonly text: string
  /** `text` is a regular expression in JavaScript's syntax; otherwise it is taken literally. */
  readonly isPattern: boolean
  readonly matchCase: boolean
  /** Neither a letter, a mark, a digit nor an underscore may stand right before or after a match. */
  readonly wholeWord: boolean
}

export type CompiledPattern =
  | { readonly ok: true; readonly matcher: Matcher }
  | { readonly ok: false; readonly error: Failure }

/**
 * Makes a matcher of what a person searches for. It works on lines as they are shown (`shownText`), each for itself: `^`
 * and `$` are begin and end of a line, and of what stands between the carriage returns within one.
 *
 * @returns the failure `bad-pattern` if it is meant as a regular expression and is none
 */
export function compilePattern(pattern: SearchPattern): CompiledPattern {
  const { text, isPattern, matchCase, wholeWord } = pattern
  const source = isPattern ? text : text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
  const compiled = compile(source, matchCase ? '' : 'i')
  if (typeof compiled === 'string') return { ok: false, error: badPattern(text, compiled) }
  const { flags, unicode } = compiled
  const rest = { isLiteral: isLiteral(pattern), needle: !isPattern && matchCase ? text : null }
  if (wholeWord) {
    const regex = new RegExp(asWholeWord(source, unicode), flags)
    return { ok: true, matcher: new Matcher({ regex, finder: regex, ...rest }) }
  }
  const finder = new RegExp(anchored(source), flags)
  return { ok: true, matcher: new Matcher({ regex: compiled, finder, ...rest }) }
}

/** The regular expression, or the engine's reason why it is none. What the flag u forbids may be valid without it. */
function compile(source: string, caseFlag: string): RegExp | string {
  let reason = ''
  for (const flags of [`gm${caseFlag}u`, `gm${caseFlag}`]) {
    try {
      return new RegExp(source, flags)
    } catch (error) {
      reason = reasonOf(error, source, flags)
    }
  }
  return reason
}

/** V8 says `Invalid regular expression: /(/gm: Unterminated group`. */
function reasonOf(error: unknown, source: string, flags: string): string {
  const message = error instanceof Error ? error.message : String(error)
  const intro = `Invalid regular expression: /${source}/${flags}: `
  return message.startsWith(intro) ? message.slice(intro.length) : message
}

function badPattern(text: string, reason: string): Failure {
  return {
    code: 'bad-pattern',
    message: `“${text}” is not a regular expression: ${reason}.`,
    hint: 'Mend it, or search for it as plain text.',
  }
}

function isLiteral({ text, isPattern }: SearchPattern): boolean {
  return !isPattern && text !== '' && !/[\r\n]/.test(text)
}

/**
 * `.*x` matches from the begin of a line (or part of one) if it matches anywhere in it. Said so, it is tried once for each
 * line instead of at each of its characters, which takes fifty times as long.
 */
function anchored(source: string): string {
  return /^\.[*+](?!\?)/.test(source) ? `^${source}` : source
}
