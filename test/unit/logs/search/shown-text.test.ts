import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { shownBeginning, shownText } from '../../../../src-main/logs/search/shown-text.ts'
import { withoutControls } from './model.ts'

const shown = (text: string) => shownText(Buffer.from(text))

describe('the text that is searched', () => {
  it('has no colours, titles and links of a terminal in it', () => {
    expect(shown('\x1b[31merr\x1b[0mor\n')).toBe('error\n')
    expect(shown('\x1b]8;;http://x\x1b\\link\x1b]8;;\x07')).toBe('link')
    expect(shown('\u009b1mbold')).toBe('bold')
    expect(shown('ä\x1b[1mb')).toBe('äb')
  })

  it('does not let a sequence that is never ended swallow the lines after it', () => {
    expect(shown('a\x1b]0;title\nb\x07\nc')).toBe('a\x1b]0;title\nb\x07\nc')
    expect(shown('\x1bXa\nb\x1b\\')).toBe('\x1bXa\nb\x1b\\')
  })

  it('is, line by line, what the window shows', () => {
    const introducers = [
      '\x1b',
      '\x1b[',
      '\x1b]',
      '\x1bP',
      '\x1bX',
      '\x1b_',
      '\x1bk',
      '\x1b]P',
      '\x1b]R',
      '\x1b#',
      '\x1b(',
    ]
    const c1 = ['\u009b', '\u009d', '\u0090', '\u0098', '\u009e', '\u009f', '\u009c', '\u0085']
    const others = [
      '\x07',
      '\x1b\\',
      '\x18',
      '0',
      '31',
      ';',
      'm',
      'a',
      'K',
      '?',
      ' ',
      '8',
      '1234567',
      '=',
      '\n',
      '\n',
      '\r',
      'ä',
      '日',
    ]
    const piece = fc.oneof(fc.constantFrom(...introducers), fc.constantFrom(...c1), fc.constantFrom(...others))
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const text = pieces.join('')
        expect(shown(text).split('\n')).toEqual(text.split('\n').map((line) => withoutControls(line)))
      }),
      { numRuns: 5000 },
    )
  })

  it('has as many lines as the bytes, whatever they are, each decoded for itself', () => {
    const chunk = fc.array(fc.oneof(fc.nat(255), fc.constant(0x0a), fc.constantFrom(0xe2, 0x82, 0xac)), {
      maxLength: 60,
    })
    fc.assert(
      fc.property(chunk, (values) => {
        const bytes = Buffer.from(values)
        const expected = bytes
          .toString('latin1')
          .split('\n')
          .map((line) => {
            return withoutControls(new TextDecoder('utf-8', { ignoreBOM: true }).decode(Buffer.from(line, 'latin1')))
          })
        expect(shownText(bytes).split('\n')).toEqual(expected)
      }),
      { numRuns: 3000 },
    )
  })

  it('leaves out a character that is cut', () => {
    const bytes = Buffer.from('a€')
    expect(shownBeginning(bytes)).toBe('a€')
    expect(shownBeginning(bytes.subarray(0, 3))).toBe('a')
    expect(shownBeginning(bytes.subarray(0, 2))).toBe('a')
    expect(shownBeginning(Buffer.from('\x1b[31mred\x1b['))).toBe('red\x1b[')
  })
})
