import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ListAdvance } from '../../../../src-renderer/features/logs/rows/list-advance.ts'
import { allRows, matchingRows } from '../../../../src-renderer/features/logs/rows/row-list.ts'

describe('the list of rows', () => {
  it('is all of them, from the first that is left', () => {
    const list = allRows(100, 105)
    expect([0, 1, 2, 3, 4].map((position) => list.rowAt(position))).toEqual([100, 101, 102, 103, 104])
    expect([50, 100, 104, 105, 999].map((row) => list.positionOf(row))).toEqual([0, 0, 4, 5, 5])
    expect(allRows(7, 7).count).toBe(0)
  })

  it('is the matching ones with what is around them, and says what is left out', () => {
    const list = matchingRows([3, 5, 20], 1, 0, 100)
    const rows = Array.from({ length: list.count }, (_, position) => list.rowAt(position))
    expect(rows).toEqual([2, 3, 4, 5, 6, 19, 20, 21])
    expect(rows.map((_, position) => list.hiddenBefore(position))).toEqual([2, 0, 0, 0, 0, 12, 0, 0])
    expect([0, 4, 7, 19, 22].map((row) => list.positionOf(row))).toEqual([0, 2, 5, 5, 8])
  })

  it('is as a naive model says', () => {
    const log = fc.record({
      matches: fc.uniqueArray(fc.nat(120), { maxLength: 40 }),
      context: fc.constantFrom(0, 1, 3, 5),
      first: fc.nat(40),
      length: fc.nat(100),
    })
    fc.assert(
      fc.property(log, ({ matches, context, first, length }) => {
        const end = first + length
        const sorted = [...matches].sort((a, b) => a - b)
        const isNear = (row: number) =>
          sorted.some((match) => match >= first && match < end && Math.abs(match - row) <= context)
        const expected = Array.from({ length }, (_, index) => first + index).filter(isNear)
        const list = matchingRows(sorted, context, first, end)
        const positions = Array.from({ length: list.count }, (_, position) => position)
        expect(positions.map((position) => list.rowAt(position))).toEqual(expected)
        for (let row = 0; row < 150; row += 1) {
          expect(list.positionOf(row)).toBe(expected.filter((listed) => listed < row).length)
        }
        const hidden = expected.map((row, index) => (context === 0 ? 0 : row - (expected[index - 1] ?? first - 1) - 1))
        expect(positions.map((position) => list.hiddenBefore(position))).toEqual(hidden)
      }),
    )
  })
})

describe('the end of a list of picked rows', () => {
  const list = (end: number) => allRows(0, end)

  it('moves on only when its last rows are here, and keeps up with one that never rests', () => {
    const advance = new ListAdvance()
    const here = new Set([0, 1, 2])
    const isHere = (row: number) => here.has(row)
    advance.next(list(3), 0, isHere)
    const [five, nine] = [list(5), list(9)]
    const first = advance.next(five, 2, isHere)
    expect([first.shown.count, first.awaited]).toEqual([3, [3, 4]])
    here.add(3).add(4)
    const second = advance.next(nine, 2, isHere)
    expect([second.shown, second.awaited]).toEqual([five, [7, 8]])
    here.add(7).add(8)
    expect(advance.next(nine, 2, isHere)).toEqual({ shown: nine, awaited: [] })
  })

  it('moves on at once for whoever looks elsewhere', () => {
    const advance = new ListAdvance()
    advance.reset(list(3))
    expect(advance.next(list(5), 0, () => false).shown.count).toBe(5)
  })
})
