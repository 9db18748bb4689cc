import fc from 'fast-check'
import stripAnsi from 'strip-ansi'
import { describe, expect, it } from 'vitest'
import { parseAnsi } from '../../../../src-renderer/features/logs/text/ansi.ts'
import { noStyle, withSgr } from '../../../../src-renderer/features/logs/text/sgr.ts'

const E = '\u001b'
const text = (raw: string) => parseAnsi(raw).text

describe('the text of a line', () => {
  it.each([
    { what: 'stays as it is', raw: 'plain text, naïve 日本 🦙', shown: 'plain text, naïve 日本 🦙' },
    { what: 'loses its colours', raw: `${E}[32mINFO${E}[0m: ok`, shown: 'INFO: ok' },
    { what: 'loses colours of one byte less', raw: '\u009b32mINFO\u009bm', shown: 'INFO' },
    { what: 'loses links', raw: `${E}]8;;http://x\u0007here${E}]8;;\u0007`, shown: 'here' },
    { what: 'loses links that end otherwise', raw: `${E}]8;;http://x${E}\\here${E}]8;;${E}\\`, shown: 'here' },
    { what: 'loses a title of the window', raw: `${E}]0;owned\u0007text`, shown: 'text' },
    { what: 'loses movements of the cursor', raw: `a${E}[2K${E}[1Ab${E}[?25l${E}[10;20H`, shown: 'ab' },
    { what: 'loses character sets and resets', raw: `${E}(Ba${E}=b${E}c`, shown: 'ab' },
    { what: 'loses device strings', raw: `a${E}Pq#0${E}\\b`, shown: 'ab' },
    { what: 'loses a CR of Windows', raw: 'text\r', shown: 'text' },
    { what: 'is the last state of a progress bar', raw: '10%\r55%\r100%\r', shown: '100%' },
    { what: 'is its last state also if it ends with a reset', raw: `10%\r${E}[32m100%\r${E}[0m`, shown: '100%' },
    { what: 'keeps tabs', raw: 'a\tb', shown: 'a\tb' },
    { what: 'shows control characters', raw: 'a\u0000b\u0007c\u007fd', shown: 'a␀b␇c␡d' },
    { what: 'replaces those without a picture', raw: 'a\u0085b', shown: 'a\ufffdb' },
    { what: 'replaces what would reorder it', raw: 'a\u202eb\u2066c\u2028d', shown: 'a\ufffdb\ufffdc\ufffdd' },
    { what: 'shows an escape that leads nowhere', raw: `a${E}`, shown: 'a␛' },
    { what: 'shows a link that never ends', raw: `a${E}]8;;http://x`, shown: 'a␛]8;;http://x' },
    { what: 'keeps markup as text', raw: '<b>&amp;</b>', shown: '<b>&amp;</b>' },
  ])('$what', ({ raw, shown }) => {
    expect(text(raw)).toBe(shown)
  })

  const piece = fc.oneof(
    fc.constantFrom(`${E}[`, `${E}]`, `${E}P`, '\r', '\u0007', 'm', '31m', '38;5;', `${E}\\`),
    fc.string({ unit: 'binary' }),
  )
  const anything = fc.array(piece).map((pieces) => pieces.join(''))

  it('never holds a control character but the tab', () => {
    fc.assert(
      fc.property(anything, (raw) => {
        const codes = [...text(raw)].map((character) => character.codePointAt(0) ?? 0)
        expect(codes.filter((code) => code !== 9 && (code < 0x20 || (code >= 0x7f && code <= 0x9f)))).toEqual([])
      }),
    )
  })

  it('has spans that are in order, apart, not empty, inside, and styled', () => {
    fc.assert(
      fc.property(anything, (raw) => {
        const parsed = parseAnsi(raw)
        let before = 0
        for (const { from, to, style } of parsed.spans) {
          expect(from).toBeGreaterThanOrEqual(before)
          expect(to).toBeGreaterThan(from)
          expect(style).not.toEqual(noStyle)
          before = to
        }
        expect(before).toBeLessThanOrEqual(parsed.text.length)
      }),
    )
  })

  const word = fc.stringMatching(/^[a-z ]{0,5}$/)
  const sgr = fc.constantFrom(
    '0',
    '1',
    '31',
    '92',
    '44',
    '39',
    '49',
    '22',
    '38;5;208',
    '48;2;1;2;3',
    '4',
    '24',
    '7',
    '',
  )

  it('styles every character as a terminal that goes on one by one', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(sgr, word)), (parts) => {
        const raw = parts.map(([codes, letters]) => `${E}[${codes}m${letters}`).join('')
        const parsed = parseAnsi(raw)
        let style = noStyle
        const expected = parts.flatMap(([codes, letters]) => {
          style = withSgr(style, codes)
          return [...letters].map((letter) => ({ letter, style }))
        })
        const styleAt = (at: number) => parsed.spans.find(({ from, to }) => from <= at && at < to)?.style ?? noStyle
        expect([...parsed.text].map((letter, at) => ({ letter, style: styleAt(at) }))).toEqual(expected)
        expect(parsed.text).toBe(stripAnsi(raw))
      }),
    )
  })
})

describe('a style', () => {
  const style = (codes: string) => withSgr(noStyle, codes)

  it.each([
    ['31', { color: 1 }],
    ['97', { color: 15 }],
    ['100', { ground: 8 }],
    ['1;3;4;9', { bold: true, italic: true, underline: true, strike: true }],
    ['38;5;9', { color: 9 }],
    ['38;5;16', { color: [0, 0, 0] }],
    ['38;5;208', { color: [255, 135, 0] }],
    ['38;5;255', { color: [238, 238, 238] }],
    ['48;2;10;20;30;1', { ground: [10, 20, 30], bold: true }],
    ['38:2:10:20:30', { color: [10, 20, 30] }],
    ['38:2::10:20:30', { color: [10, 20, 30] }],
    ['38:5:208;1', { color: [255, 135, 0], bold: true }],
    ['4:3', { underline: true }],
  ])('of %s', (codes, expected) => {
    expect(style(codes)).toEqual({ ...noStyle, ...expected })
  })

  it.each(['', '0', '31;0', '1;22', '31;39', '4;4:0', '7;27', '5', '8', '38;5;999', '38;2;1', '38', '999', ';;'])(
    'is none after %s',
    (codes) => {
      expect(style(codes)).toBe(noStyle)
    },
  )
})
