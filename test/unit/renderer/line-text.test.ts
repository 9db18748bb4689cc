import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cutNote, displayText } from '../../../src-renderer/features/logs/line-text.ts'

describe('the text of a line', () => {
  it.each([
    { what: 'stays as it is', raw: 'plain text, naïve 日本 🦙', shown: 'plain text, naïve 日本 🦙' },
    { what: 'loses its colours', raw: '\u001b[32mINFO\u001b[0m: ok', shown: 'INFO: ok' },
    { what: 'loses links', raw: '\u001b]8;;http://x\u0007here\u001b]8;;\u0007', shown: 'here' },
    { what: 'loses a CR of Windows', raw: 'text\r', shown: 'text' },
    { what: 'is the last state of a progress bar', raw: '10%\r55%\r100%\r', shown: '100%' },
    { what: 'keeps tabs', raw: 'a\tb', shown: 'a\tb' },
    { what: 'shows control characters', raw: 'a\u0000b\u0007c\u007fd', shown: 'a␀b␇c␡d' },
    { what: 'replaces those without a picture', raw: 'a\u0085b', shown: 'a\ufffdb' },
    { what: 'replaces what would reorder it', raw: 'a\u202eb\u2066c\u2028d', shown: 'a\ufffdb\ufffdc\ufffdd' },
    { what: 'shows an escape that leads nowhere', raw: 'a\u001b', shown: 'a␛' },
    { what: 'keeps markup as text', raw: '<b>&amp;</b>', shown: '<b>&amp;</b>' },
  ])('$what', ({ raw, shown }) => {
    expect(displayText(raw)).toBe(shown)
  })

  it('never holds a control character but the tab', () => {
    const unit = fc.oneof(fc.constantFrom('\u001b[', '\u001b]', '\r', '\u0007', 'm'), fc.string({ unit: 'binary' }))
    fc.assert(
      fc.property(fc.array(unit), (units) => {
        const codes = [...displayText(units.join(''))].map((character) => character.codePointAt(0) ?? 0)
        expect(codes.filter((code) => code !== 9 && (code < 0x20 || (code >= 0x7f && code <= 0x9f)))).toEqual([])
      }),
    )
  })

  it('is followed by a note if only its beginning is shown', () => {
    expect(cutNote({ text: 'a', cutFromBytes: 4 * 1024 * 1024 })).toBe('… line of 4.0 MB, cut')
    expect(cutNote({ text: 'a', cutFromBytes: null })).toBeNull()
  })
})
