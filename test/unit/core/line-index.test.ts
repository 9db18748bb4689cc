import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ANCHOR_BYTES, ANCHOR_LINES, LineIndex } from '../../../src-main/core/line-index.ts'
import { linesOf } from '../../support/log-model.ts'

// Mostly short lines with every kind of byte; now and then more lines, or a longer one, than lie between two anchors.
const bytes = fc
  .array(fc.oneof({ weight: 1, arbitrary: fc.constant(0x0a) }, { weight: 3, arbitrary: fc.nat(255) }), {
    maxLength: 200,
    size: 'max',
  })
  .map((values) => Buffer.from(values))
const many = fc.integer({ min: 1000, max: 3000 }).map((count) => Buffer.alloc(count, '\n'))
const long = fc.integer({ min: ANCHOR_BYTES - 20, max: ANCHOR_BYTES + 20 }).map((length) => Buffer.alloc(length, 'x'))
const text = fc
  .array(fc.oneof({ weight: 6, arbitrary: bytes }, { weight: 1, arbitrary: many }, { weight: 1, arbitrary: long }), {
    maxLength: 5,
  })
  .map((parts) => Buffer.concat(parts))
const places = fc.array(fc.nat(3_000_000), { maxLength: 12 })

const within = (values: readonly number[], from: number, to: number) =>
  values.map((value) => from + (value % (to - from + 1))).sort((a, b) => a - b)

function scan(index: LineIndex, whole: Buffer, cuts: readonly number[], offsets: readonly number[]): number[] {
  const counts = { offsets, begun: [] as number[] }
  const ends = [...within(cuts, index.scanned, whole.length), whole.length]
  for (const end of ends) index.extend(Buffer.from(whole.subarray(index.scanned, end)), counts)
  return counts.begun
}

const begunBefore = (whole: Buffer, offset: number) => linesOf(whole).filter(({ begin }) => begin < offset).length

describe('the line index', () => {
  it('knows how many lines begin before any offset, however the text comes in', () => {
    fc.assert(
      fc.property(text, places, places, (whole, cuts, wanted) => {
        const offsets = within(wanted, 0, whole.length)
        const index = LineIndex.from(0, true)
        const begun = scan(index, whole, cuts, offsets)
        const begins = linesOf(whole).map(({ begin }) => begin)
        expect(begun).toEqual(offsets.map((offset) => begins.filter((begin) => begin < offset).length))
        expect(index.begun).toBe(begins.length)
        expect(index.atLineStart).toBe(whole.length === 0 || whole.at(-1) === 0x0a)
        expect(index.scanned).toBe(whole.length)
      }),
    )
  })

  it('has an anchor near every line, at the very beginning of a line', () => {
    fc.assert(
      fc.property(text, places, (whole, cuts) => {
        const index = LineIndex.from(0, true)
        scan(index, whole, cuts, [])
        const lines = linesOf(whole)
        for (const [line, { begin }] of lines.entries()) {
          const anchor = index.seek(line)
          if (anchor === null) throw new Error(`no anchor for line ${line}`)
          expect(lines[anchor.line]?.begin).toBe(anchor.offset)
          if (line - anchor.line >= ANCHOR_LINES || begin - anchor.offset >= ANCHOR_BYTES) {
            throw new Error(`line ${line} is far from its anchor ${anchor.line}`)
          }
          const next = index.anchorAfter(line)
          if (next !== null && next.line <= line) throw new Error('an anchor after a line is before it')
        }
      }),
      { numRuns: 40 },
    )
  })

  it('counts from the middle of a text the lines that begin there', () => {
    fc.assert(
      fc.property(text, places, places, fc.nat(), (whole, cuts, wanted, at) => {
        const base = at % (whole.length + 1)
        const offsets = within(wanted, 0, whole.length)
        const index = LineIndex.from(base, base === 0 || whole[base - 1] === 0x0a)
        const begun = scan(index, whole, cuts, offsets)
        const lost = begunBefore(whole, base)
        expect(begun).toEqual(offsets.map((offset) => Math.max(0, begunBefore(whole, offset) - lost)))
        const first = linesOf(whole)[lost]
        if (first !== undefined) expect(index.firstOffset).toBe(first.begin)
      }),
      { numRuns: 60 },
    )
  })

  it('goes on after its state was saved as if nothing had happened', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const whole = Buffer.concat([before, after])
        const index = LineIndex.from(0, true)
        scan(index, before, [], [])
        const copy = new LineIndex(JSON.parse(JSON.stringify(index.state)))
        scan(index, whole, [], [])
        scan(copy, whole, [], [])
        expect(copy.state).toEqual(index.state)
      }),
      { numRuns: 40 },
    )
  })
})
