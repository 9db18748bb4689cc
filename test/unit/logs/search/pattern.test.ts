import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MAX_RANGES, type Matcher } from '../../../../src-main/logs/search/matcher.ts'
import { compilePattern, type SearchPattern } from '../../../../src-main/logs/search/pattern.ts'
import { anyPattern, lineMatches } from './model.ts'

const PLAIN: Omit<SearchPattern, 'text'> = { isPattern: false, matchCase: true, wholeWord: false }
const REGEX = { ...PLAIN, isPattern: true }

function matcherOf(pattern: SearchPattern): Matcher {
  const compiled = compilePattern(pattern)
  if (!compiled.ok) throw new Error(compiled.error.message)
  return compiled.matcher
}

const plain = (text: string, options: Partial<SearchPattern> = {}) => matcherOf({ ...PLAIN, text, ...options })
const regex = (text: string, options: Partial<SearchPattern> = {}) => matcherOf({ ...REGEX, text, ...options })

describe('plain text', () => {
  it('is taken literally, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }), (text) => {
        const line = `x${text}x`
        expect(plain(text).ranges(line)[0]).toEqual([line.indexOf(text), line.indexOf(text) + text.length])
      }),
      { numRuns: 2000 },
    )
    for (const text of ['.*', '(', '[a', '\\', '\\d', '$', '^', 'a{2}', 'a-b', '/']) {
      expect(plain(text).ranges(`1${text}`)).toEqual([[1, 1 + text.length]])
      expect(plain(text).matches('aa 1')).toBe(false)
    }
  })

  it('ignores case in any script, if told to', () => {
    expect(plain('größe').matches('GRÖSSE größe')).toBe(true)
    expect(plain('ÄRGER', { matchCase: false }).ranges('ärger, Ärger')).toEqual([
      [0, 5],
      [7, 12],
    ])
    expect(plain('ÄRGER').matches('ärger')).toBe(false)
  })
})

describe('a whole word', () => {
  it.each([
    ['err', 'an err: ', true],
    ['err', 'error', false],
    ['err', 'my_err', false],
    ['err', 'err5', false],
    ['err', 'über err-or', true],
    ['rger', 'Ärger', false],
    ['cafe', 'cafe\u0301', false],
    ['日', '日本', false],
    ['err', '日err', false],
    ['err', '𝒳err', false],
    ['err', '😀err', true],
    ['[err', 'x[err', false],
    ['[err', ' [err', true],
  ])('%j in %j: %j', (text, line, expected) => {
    expect(plain(text, { wholeWord: true }).matches(line)).toBe(expected)
  })

  it('is looked for also where a shorter or later match is none', () => {
    expect(regex('err(or)?', { wholeWord: true }).ranges('errors error err')).toEqual([
      [7, 12],
      [13, 16],
    ])
    expect(regex('a|ab', { wholeWord: true }).ranges('ab')).toEqual([[0, 2]])
  })

  it('means the same for an expression that is valid only without the flag u', () => {
    const loose = (line: string) => regex('{err', { wholeWord: true }).matches(line)
    expect([loose(' {err'), loose('ä{err'), loose('{errä'), loose('日{err'), loose('{err_'), loose('{err.')]).toEqual([
      true,
      false,
      false,
      false,
      false,
      true,
    ])
  })
})

describe('a regular expression', () => {
  it('may be one that is valid only without the flag u', () => {
    expect(regex('{"level": "err\\-\\_"').matches('{"level": "err-_"}')).toBe(true)
    expect(regex('\\u{1F600}').matches('😀')).toBe(true)
    expect(regex('^.$').matches('😀')).toBe(true)
  })

  it.each([
    ['(', 'Unterminated group'],
    ['a(b/', 'Unterminated group'],
    ['*', 'Nothing to repeat'],
    ['[z-a]', 'Range out of order in character class'],
    ['\\', '\\ at end of pattern'],
    [')|(', 'Unmatched '],
    ['(?<x', 'Invalid capture group name'],
  ])('that is none, %j, is a failure with the reason and a hint', (text, reason) => {
    for (const wholeWord of [false, true]) {
      const compiled = compilePattern({ ...REGEX, text, wholeWord })
      expect(compiled).toMatchObject({
        ok: false,
        error: { code: 'bad-pattern', hint: expect.stringContaining('plain') },
      })
      if (compiled.ok) continue
      expect(compiled.error.message).toContain(`“${text}” is not a regular expression: ${reason}`)
      expect(compiled.error.message).not.toContain('Invalid regular expression')
    }
  })

  it('does not match nothing', () => {
    for (const text of ['', '^', '$', '^$', '\\b', '(?=b)', 'x*', '(x|)', 'x??']) {
      for (const wholeWord of [false, true]) {
        expect([text, regex(text, { wholeWord }).matches('a b')]).toEqual([text, false])
        expect([text, regex(text, { wholeWord }).ranges('a b')]).toEqual([text, []])
        expect([text, regex(text, { wholeWord }).matches('')]).toEqual([text, false])
      }
    }
    expect(plain('').matches('a')).toBe(false)
    expect(regex('x*').ranges('axxb😀x')).toEqual([
      [1, 3],
      [6, 7],
    ])
  })

  it('finds the lines without a word in the usual way', () => {
    const without = regex('^(?!.*health).*$')
    expect(without.matches('GET /v1/models')).toBe(true)
    expect(without.matches('GET /health 200')).toBe(false)
  })

  it('takes begin and end of the line, and of its parts between carriage returns', () => {
    expect(regex('^done$').matches('10%\rdone')).toBe(true)
    expect(regex('^done$').matches('all done')).toBe(false)
    expect(regex('.*10.*done').matches('10%\rdone')).toBe(false)
  })

  it('takes linear time for what begins with anything', () => {
    // Tried at each character it would be 5 * 10^11 steps.
    expect(regex('.*needle').matches('-'.repeat(1024 * 1024))).toBe(false)
    expect(regex('.+needle').matches('-'.repeat(1024 * 1024))).toBe(false)
  })
})

describe('ranges', () => {
  it('are all matches of a text, in order', () => {
    expect(plain('aa').ranges('aaaaa')).toEqual([
      [0, 2],
      [2, 4],
    ])
    expect(regex('.*x').ranges('ax bx c')).toEqual([[0, 5]])
    expect(plain('x').ranges('abc')).toEqual([])
  })

  it('are not more than anybody can look at', () => {
    const ranges = plain('x').ranges('x'.repeat(20_000))
    expect(ranges).toHaveLength(MAX_RANGES)
    expect(ranges.at(-1)).toEqual([MAX_RANGES - 1, MAX_RANGES])
  })

  it('are there exactly if the line matches', () => {
    const piece = fc.constantFrom('err', 'or', 'x', 'aa', 'b', ' ', '_', '\r', 'ä', '😀', 'É', '{', '"', '5', '\u2028')
    const line = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''))
    fc.assert(
      fc.property(anyPattern, line, (pattern, text) => {
        const expected = lineMatches(text, pattern)
        expect(matcherOf(pattern).matches(text)).toBe(expected)
        expect(matcherOf(pattern).ranges(text).length > 0).toBe(expected)
      }),
      { numRuns: 5000 },
    )
  })
})
