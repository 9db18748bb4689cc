import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  countLines,
  emptyLineIndex,
  extendLineIndex,
  INDEX_STRIDE,
  LineCutter,
  type LineIndexState,
  seekLine,
} from '../../../src-main/core/log-paging.ts'

/** The lines of a text by the plainest means there is; an unfinished last one counts if it is not empty. */
function naiveLines(text: Buffer): Buffer[] {
  const lines: Buffer[] = []
  let rest = text
  for (let end = rest.indexOf('\n'); end !== -1; end = rest.indexOf('\n')) {
    lines.push(rest.subarray(0, end))
    rest = rest.subarray(end + 1)
  }
  return rest.length > 0 ? [...lines, rest] : lines
}

/** Cuts `text` into chunks at these places, wrapped around its length. */
function chunksOf(text: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [...cuts.map((cut) => cut % (text.length + 1)), text.length].sort((a, b) => a - b)
  return places.map((place, index) => text.subarray(places[index - 1] ?? 0, place))
}

const indexOf = (chunks: readonly Buffer[]): LineIndexState => chunks.reduce(extendLineIndex, emptyLineIndex())

function readPage(text: Buffer, index: LineIndexState, from: number, count: number, max: number, chunkSize: number) {
  const { offset, skip } = seekLine(index, from)
  const cutter = new LineCutter(skip, count, max)
  for (let at = offset; at < text.length && !cutter.isFull; at += chunkSize) {
    // A Buffer as readers give it (its slice() is a view), spoilt afterwards as they spoil it by reusing it.
    const chunk = Buffer.from(text.subarray(at, at + chunkSize))
    cutter.push(chunk)
    chunk.fill(0x2a)
  }
  return cutter.finish()
}

// Mostly short lines, with every kind of byte, also such as are no UTF-8.
const bytes = fc
  .array(fc.oneof({ weight: 1, arbitrary: fc.constant(0x0a) }, { weight: 3, arbitrary: fc.nat(255) }), {
    maxLength: 400,
    size: 'max',
  })
  .map((values) => Buffer.from(values))
const cuts = fc.array(fc.nat(1000), { maxLength: 10 })

describe('the line index', () => {
  it('counts as splitting does, however the text comes in', () => {
    fc.assert(
      fc.property(bytes, cuts, (text, places) => {
        const index = indexOf(chunksOf(text, places))
        expect(countLines(index)).toBe(naiveLines(text).length)
        expect(index.scannedBytes).toBe(text.length)
      }),
    )
  })

  it('finds any page of any text, each line whole or cut to the limit with its true length', () => {
    fc.assert(
      fc.property(
        bytes,
        cuts,
        fc.nat(120),
        fc.nat(50),
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 64 }),
        (text, places, from, count, max, chunkSize) => {
          const page = readPage(text, indexOf(chunksOf(text, places)), from, count, max, chunkSize)
          const expected = naiveLines(text).slice(from, from + count)
          expect(page.map((line) => Buffer.from(line.bytes).toString('latin1'))).toEqual(
            expected.map((line) => line.subarray(0, max).toString('latin1')),
          )
          expect(page.map((line) => line.cutFromBytes)).toEqual(
            expected.map((line) => (line.length > max ? line.length : null)),
          )
        },
      ),
    )
  })

  it('holds one offset per stride and finds the lines around its borders', () => {
    const lines = Array.from({ length: 3 * INDEX_STRIDE + 5 }, (_, line) => `line ${line} ${'x'.repeat(line % 7)}`)
    const text = Buffer.from(`${lines.join('\n')}\n`)
    const index = indexOf(chunksOf(text, [1, 1000, 5000, 5001, 20_000]))
    expect(index.offsets).toHaveLength(4)
    expect(countLines(index)).toBe(lines.length)
    for (const border of [0, INDEX_STRIDE, 2 * INDEX_STRIDE, 3 * INDEX_STRIDE]) {
      for (const from of [border - 1, border, border + 1].filter((line) => line >= 0)) {
        expect(seekLine(index, from).skip).toBeLessThan(INDEX_STRIDE)
        const page = readPage(text, index, from, 3, 100, 997)
        expect(page.map((line) => Buffer.from(line.bytes).toString())).toEqual(lines.slice(from, from + 3))
      }
    }
  })

  it('ends exactly at a stride without an extra line', () => {
    const text = Buffer.from('\n'.repeat(INDEX_STRIDE))
    const index = indexOf([text])
    expect(countLines(index)).toBe(INDEX_STRIDE)
    expect(index.offsets).toEqual([0, INDEX_STRIDE])
    expect(readPage(text, index, INDEX_STRIDE, 5, 10, 10)).toEqual([])
    expect(readPage(text, index, INDEX_STRIDE - 1, 5, 10, 10)).toHaveLength(1)
  })
})

describe('a very long line', () => {
  it('costs no more memory than is shown of it', () => {
    const cutter = new LineCutter(0, 2, 16)
    const chunk = Buffer.alloc(1024 * 1024, 'a')
    for (let megabyte = 0; megabyte < 64; megabyte += 1) cutter.push(chunk)
    cutter.push(Buffer.from('end\nnext\n'))
    const [long, next] = cutter.finish()
    expect(Buffer.from(long?.bytes ?? []).toString()).toBe('a'.repeat(16))
    expect(long?.bytes.buffer.byteLength).toBeLessThan(100)
    expect(long?.cutFromBytes).toBe(64 * 1024 * 1024 + 3)
    expect(next).toEqual({ bytes: expect.anything(), cutFromBytes: null })
  })
})
