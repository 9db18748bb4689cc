import fc from 'fast-check'
import stripAnsi from 'strip-ansi'
import type { SearchPattern } from '../../../../src-main/logs/search/pattern.ts'

// What a search has to find, said as plainly as possible and without a line of the code under test.

/** Numbers of the lines of a whole log that match; of each line only the first `lineBytes` bytes count. */
export function matchingLines(log: Buffer, pattern: SearchPattern, lineBytes = Number.POSITIVE_INFINITY): number[] {
  const lines: Buffer[] = []
  let from = 0
  while (from < log.length) {
    const end = log.indexOf('\n', from)
    lines.push(log.subarray(from, end === -1 ? log.length : end))
    from = end === -1 ? log.length : end + 1
  }
  return lines.flatMap((bytes, line) => (lineMatches(asShown(bytes, lineBytes), pattern) ? [line] : []))
}

/** What the window shows. strip-ansi looks at nothing in a line without ESC or CSI, hence the sequence before it. */
export const withoutControls = (line: string) => stripAnsi(`\x1b[m${line}`)

function asShown(bytes: Buffer, lineBytes: number): string {
  const isCut = bytes.length >= lineBytes
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  const text = decoder.decode(isCut ? bytes.subarray(0, lineBytes) : bytes, { stream: isCut })
  return withoutControls(text).replace(/\r+$/, '')
}

export function lineMatches(line: string, { text, isPattern, matchCase, wholeWord }: SearchPattern): boolean {
  const i = matchCase ? '' : 'i'
  if (isPattern) {
    const source = wholeWord ? `(?<![\\p{L}\\p{M}\\p{N}_])(?:${text})(?![\\p{L}\\p{M}\\p{N}_])` : text
    return [...line.matchAll(new RegExp(source, `gmu${i}`))].some(([match]) => match !== '')
  }
  if (text === '') return false
  const characters = [...line]
  const wanted = [...text]
  return characters.some((_, at) => {
    const same = wanted.every((character, index) => isSame(characters[at + index], character, matchCase))
    const isWhole = !isWord(characters[at - 1]) && !isWord(characters[at + wanted.length])
    return same && (isWhole || !wholeWord)
  })
}

function isSame(one: string | undefined, other: string, matchCase: boolean): boolean {
  if (one === other || one === undefined) return one === other
  return !matchCase && new RegExp(`^\\u{${other.codePointAt(0)?.toString(16)}}$`, 'iu').test(one)
}

function isWord(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{M}\p{N}_]/u.test(character)
}

const bytes = (...values: readonly string[]) => values.map((value) => Buffer.from(value))

/** Pieces of logs such as make trouble: few words, so that they meet; sequences, whole and torn; half characters. */
const piece = fc.oneof(
  fc.constantFrom(...bytes('error', 'Error', 'err', 'or', 'x', 'aa', 'b', ' ', '_', '0', '.', '"', '{')),
  { arbitrary: fc.constantFrom(...bytes('\n', '\n', '\r\n', '\r', '\r\r\n', '\n\n')), weight: 2 },
  fc.constantFrom(
    ...bytes('\x1b[31m', '\x1b[0m', '\x1b]0;error\x07', '\x1b]8;;', '\x1b\\', '\x1b[', '\x1b', '\x1bP', '\u009b1m'),
  ),
  fc.constantFrom(...bytes('ä', 'Ä', 'é', 'e\u0301', 'ſ', '\u212a', '日本', '😀', '\u2028', '\ufeff', 'ß')),
  fc.constantFrom(Buffer.from([0xc3]), Buffer.from([0xf0, 0x9f]), Buffer.from([0x98, 0x80]), Buffer.from([0xff, 0x00])),
  fc.uint8Array({ maxLength: 6 }).map((values) => Buffer.from(values)),
)

export const anyLog = fc.array(piece, { maxLength: 60, size: 'max' }).map((pieces) => Buffer.concat(pieces))

const literal = fc.constantFrom(
  ...[
    '',
    'error',
    'ERROR',
    'or',
    'x',
    'a',
    'rx',
    '.',
    '\r',
    'r\nx',
    'ä',
    'É',
    'k',
    's',
    '日',
    '😀',
    '\ud83d',
    '\ufffd',
    '[31m',
    '{',
    '0;e',
  ],
)

const expression = fc.constantFrom(
  ...[
    'err',
    '^err',
    'or$',
    '^$',
    '^',
    'x*',
    'x+',
    '.*or',
    '.?or',
    '.*?x*',
    '.+?x*',
    '.+or',
    '.*?x',
    '.*',
    '^.*or|x$',
    '.*x|err',
    '[^x]or',
    'a[^b]*x',
  ],
  ...[
    '\\s',
    '\\sor',
    'r\\s*x',
    '\\Wx',
    '[\\s]x',
    '\\bor\\b',
    '\\Bor',
    '(?!.*err)x',
    '^(?!.*or).*$',
    '(a)\\1',
    '(?<=e)rr',
    'r|',
  ],
  ...[
    '\\n',
    '\\r',
    'x\\r?',
    '\\p{Lu}',
    '[\\p{L}]x',
    'ä|K',
    '.',
    '..',
    '(?=x)',
    '[^]',
    'a??',
    '\\u{1F600}',
    '\\d',
    '[^\\n]x',
    '"$',
  ],
)

const options = { matchCase: fc.boolean(), wholeWord: fc.boolean() }

export const anyPattern: fc.Arbitrary<SearchPattern> = fc.oneof(
  fc.record({ text: literal, isPattern: fc.constant(false), ...options }),
  fc.record({ text: expression, isPattern: fc.constant(true), ...options }),
)
