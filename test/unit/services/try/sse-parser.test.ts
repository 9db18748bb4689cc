import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type SseEvent, SseParser, SseTooLargeError } from '../../../../src-main/services/try/sse-parser.ts'

const encode = (text: string) => new TextEncoder().encode(text)

function parse(bytes: Uint8Array, cuts: readonly number[] = []): SseEvent[] {
  const parser = new SseParser()
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b)
  const events: SseEvent[] = []
  let from = 0
  for (const place of [...places, bytes.length]) {
    events.push(...parser.push(bytes.subarray(from, place)))
    from = place
  }
  return [...events, ...parser.end()]
}

const data = (...texts: string[]): SseEvent[] => texts.map((text) => ({ event: null, data: text }))

/** Text without line ends, with characters of one to four bytes. */
const line = fc.string({
  unit: fc.constantFrom('a', ' ', ':', '{', '"', 'é', '模', '🦙', '\u2028', '\ufeff', '\u0000'),
})
const lineEnd = fc.constantFrom('\n', '\r', '\r\n')

interface Written {
  readonly text: string
  readonly event: SseEvent | null
}

/** An event as a server may write it, and as it is to be read. */
const written: fc.Arbitrary<Written> = fc
  .record({
    name: fc.option(line),
    lines: fc.array(line, { maxLength: 4 }),
    comments: fc.array(line, { maxLength: 2 }),
    hasSpace: fc.boolean(),
    end: lineEnd,
  })
  .map(({ name, lines, comments, hasSpace, end }) => {
    // Without the space, one of the text itself would be taken for it.
    const space = hasSpace || lines.some((text) => text.startsWith(' ')) ? ' ' : ''
    const rows = [
      ...comments.map((comment) => `:${comment}`),
      ...(name === null ? [] : [`event: ${name}`]),
      'id: 7',
      ...lines.map((text) => `data:${space}${text}`),
      'unknown',
    ]
    return {
      text: `${rows.join(end)}${end}${end}`,
      event: lines.length === 0 ? null : { event: name, data: lines.join('\n') },
    }
  })

describe('a stream of events', () => {
  it('is read the same in whatever portions it comes', () => {
    fc.assert(
      fc.property(fc.array(written, { maxLength: 5 }), fc.array(fc.nat()), (all, cuts) => {
        const bytes = encode(all.map(({ text }) => text).join(''))
        const expected = all.flatMap(({ event }) => (event === null ? [] : [event]))
        expect(parse(bytes, cuts)).toEqual(expected)
      }),
      { numRuns: 500 },
    )
  })

  it('is read byte by byte', () => {
    const text = '\ufeffdata: Größe 🦙\r\n\r\n: ping\rdata:1\rdata: 2\r\rdata: [DONE]\n\n'
    const bytes = encode(text)
    const cuts = Array.from(bytes, (_, index) => index)
    expect(parse(bytes, cuts)).toEqual(data('Größe 🦙', '1\n2', '[DONE]'))
  })

  it('may be any bytes at all', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.array(fc.nat()), (bytes, cuts) => {
        expect(parse(bytes, cuts)).toEqual(parse(bytes))
      }),
    )
  })
})

describe('peculiarities', () => {
  it.each([
    ['an event that is cut off', 'data: a\n\ndata: b', data('a', 'b')],
    ['one that is cut off after its line', 'data: b\r', data('b')],
    ['one space only belongs to the field', 'data:  a\n\n', data(' a')],
    ['no space', 'data:a\n\n', data('a')],
    ['a field without colon is empty', 'data\n\n', data('')],
    ['an event without data is none', 'event: ping\n\ndata: a\n\n', data('a')],
    ['a name holds for its event only', 'event: x\ndata: a\n\ndata: b\n\n', [{ event: 'x', data: 'a' }, ...data('b')]],
    ['an error as a field', 'error: {"code":500}\n\n', [{ event: 'error', data: '{"code":500}' }]],
    ['blank lines', '\n\n\r\n\n', []],
    ['nothing', '', []],
  ])('%s', (_what, text, expected) => {
    expect(parse(encode(text))).toEqual(expected)
  })

  it('gives an event as soon as its blank line is there', () => {
    const parser = new SseParser()
    expect(parser.push(encode('data: a\n'))).toEqual([])
    expect(parser.push(encode('\n'))).toEqual(data('a'))
    expect(parser.push(encode('data: b\r\n\r'))).toEqual(data('b'))
    expect(parser.push(encode('\ndata: c\n\n'))).toEqual(data('c'))
    expect(parser.end()).toEqual([])
  })

  it('bounds an event, in one line or many, long or empty', () => {
    const tooLarge = (text: string, portion: number) => () => {
      const parser = new SseParser(100)
      for (let from = 0; from < text.length; from += portion) parser.push(encode(text.slice(from, from + portion)))
    }
    for (const portion of [1, 7, 1000]) {
      expect(tooLarge(`data: ${'x'.repeat(100)}`, portion)).toThrow(SseTooLargeError)
      expect(tooLarge('data: xxxxxxxx\n'.repeat(20), portion)).toThrow(SseTooLargeError)
      expect(tooLarge('data\n'.repeat(200), portion)).toThrow(SseTooLargeError)
      expect(tooLarge(`data: ${'x'.repeat(50)}\n\n`.repeat(20), portion)).not.toThrow()
    }
  })
})
