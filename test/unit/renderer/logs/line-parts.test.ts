import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findLinks } from '../../../../src-renderer/features/logs/text/links.ts'
import { cutNote, markText, shownText } from '../../../../src-renderer/features/logs/text/row-text.ts'
import { segmentsOf } from '../../../../src-renderer/features/logs/text/segments.ts'
import { noStyle } from '../../../../src-renderer/features/logs/text/sgr.ts'
import { lineRow, markRow } from './rows.ts'

describe('the links of a line', () => {
  it.each([
    ['see http://127.0.0.1:8080 now', ['http://127.0.0.1:8080']],
    ['(https://example.com/a).', ['https://example.com/a']],
    ['https://en.wikipedia.org/wiki/Llama_(model), and', ['https://en.wikipedia.org/wiki/Llama_(model)']],
    ['"https://example.com/?q=1&b=2#top"', ['https://example.com/?q=1&b=2#top']],
    ['<http://a.example><HTTPS://b.example/>', ['http://a.example', 'HTTPS://b.example/']],
    ['http://[::1]:8080/v1', ['http://[::1]:8080/v1']],
    ['javascript:alert(1) file:///etc/passwd ftp://x', []],
    ['http:// and https://)', []],
    ['http://a\u2400b', ['http://a']],
    [`http://${'a'.repeat(5000)}.example`, []],
  ])('%s', (text, urls) => {
    const links = findLinks(text)
    expect(links.map(({ url }) => url)).toEqual(urls)
    for (const { from, to, url } of links) expect(text.slice(from, to)).toBe(url)
  })
})

describe('the pieces of a line', () => {
  const parts = fc
    .uniqueArray(fc.nat(40), { maxLength: 8 })
    .map((cuts) => [...cuts].sort((a, b) => a - b))
    .map((cuts) =>
      cuts.flatMap((from, index) =>
        index % 2 === 0 && cuts[index + 1] !== undefined ? [{ from, to: cuts[index + 1] ?? 0 }] : [],
      ),
    )

  it('cover it, and each has the style and the link of all its characters', () => {
    fc.assert(
      fc.property(parts, parts, (styled, linked) => {
        const spans = styled.map((part, index) => ({ ...part, style: { ...noStyle, color: index } }))
        const links = linked.map((part, index) => ({ ...part, url: `http://${index}` }))
        const segments = segmentsOf(41, spans, links)
        const characters = segments.flatMap(({ from, to, style, url }) =>
          Array.from({ length: to - from }, (_, at) => ({ at: from + at, style, url })),
        )
        const inside = (at: number) => (part: { from: number; to: number }) => part.from <= at && at < part.to
        expect(characters).toEqual(
          Array.from({ length: 41 }, (_, at) => ({
            at,
            style: spans.find(inside(at))?.style ?? null,
            url: links.find(inside(at))?.url ?? null,
          })),
        )
      }),
    )
  })
})

describe('a row as text', () => {
  const noon = new Date(2026, 10, 25, 12, 3, 11, 120).getTime()

  it('is followed by a note if only its beginning is shown', () => {
    expect(cutNote({ cutFromBytes: 4 * 1024 * 1024 })).toBe('… line of 4.0 MB, cut')
    expect(cutNote({ cutFromBytes: null })).toBeNull()
  })

  it('tells what happened to a run', () => {
    expect(markText(markRow({ kind: 'start', pid: 4711 }, noon), noon + 1000)).toBe('Started 12:03:11 · pid 4711')
    expect(markText(markRow({ kind: 'adopted', pid: 7 }, noon), noon)).toBe('Taken over 12:03:11 · pid 7')
    const end = markRow({ kind: 'end', reason: 'crashed with exit code 3' }, noon)
    expect(markText(end, noon)).toBe('Ended 12:03:11 · crashed with exit code 3')
    expect(markText(end, noon + 86_400_000)).toBe('Ended 2026-11-25 12:03:11 · crashed with exit code 3')
  })

  it('is what a search and a selection count columns of', () => {
    expect(shownText(lineRow(0, { text: '\u001b[31mred\u001b[0m' }), noon)).toBe('red')
    expect(shownText(markRow({ kind: 'start', pid: 1 }, noon), noon)).toBe('Started 12:03:11 · pid 1')
  })
})
