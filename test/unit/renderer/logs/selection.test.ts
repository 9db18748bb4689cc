import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { allRows } from '../../../../src-renderer/features/logs/rows/row-list.ts'
import {
  columnsIn,
  drawn,
  movedHead,
  rangeOf,
  type SelectionMove,
  type SelectionUnit,
  type TextPoint,
  unitAt,
} from '../../../../src-renderer/features/logs/select/selection.ts'

const END = Number.POSITIVE_INFINITY

/** A log as one text, and a point as an offset in it. */
function model(lines: readonly string[]) {
  const whole = lines.join('\n')
  const begins = lines.map((_, row) => lines.slice(0, row).reduce((sum, line) => sum + line.length + 1, 0))
  const offset = ({ row, column }: TextPoint) => (begins[row] ?? 0) + Math.min(column, lines[row]?.length ?? 0)
  const list = allRows(0, lines.length)
  const move = (head: TextPoint, by: SelectionMove) => movedHead(head, by, list, (row) => lines[row])
  return { whole, offset, move }
}

const lines = fc.array(fc.string({ unit: fc.constantFrom('a', 'é', '🦙', ' ', '-'), maxLength: 8 }), {
  minLength: 1,
  maxLength: 8,
})
const pointIn = (all: readonly string[]) =>
  fc
    .tuple(fc.nat(all.length - 1), fc.nat(20), fc.boolean())
    .map(([row, column, isEnd]): TextPoint => ({ row, column: isEnd ? END : Math.min(column, all[row]?.length ?? 0) }))
const scene = lines.chain((all) => fc.tuple(fc.constant(all), pointIn(all), pointIn(all)))

describe('a selection', () => {
  it('covers in every row what it covers in the text as a whole', () => {
    fc.assert(
      fc.property(scene, ([all, anchor, head]) => {
        const { whole, offset } = model(all)
        const range = rangeOf({ anchor, head })
        const parts = all.flatMap((line, row) => {
          const columns = columnsIn(range, row, line.length)
          return columns === null ? [] : [line.slice(...columns)]
        })
        const [from, to] = [offset(anchor), offset(head)].sort((a, b) => a - b)
        expect(parts.join('\n')).toBe(whole.slice(from, to))
      }),
    )
  })

  it('grows by whole units, and holds where it began and where it was drawn to', () => {
    const unit = fc.constantFrom<SelectionUnit>('character', 'word', 'row')
    fc.assert(
      fc.property(scene, unit, ([all, from, to], by) => {
        const { offset } = model(all)
        const origin = unitAt(from, all[from.row] ?? '', by)
        const target = unitAt(to, all[to.row] ?? '', by)
        const range = rangeOf(drawn(origin, target))
        const ends = [origin.from, origin.to, target.from, target.to].map(offset)
        expect([offset(range.from), offset(range.to)]).toEqual([Math.min(...ends), Math.max(...ends)])
      }),
    )
  })

  it('selects the word, the blanks or the signs at a double click', () => {
    const text = 'kv  -->  llama_model naïve'
    const at = (column: number) => {
      const { from, to } = unitAt({ row: 0, column }, text, 'word')
      return text.slice(from.column, to.column)
    }
    expect([at(1), at(3), at(5), at(12), at(23), at(99)]).toEqual(['kv', '  ', '-->', 'llama_model', 'naïve', ''])
  })

  it('selects the whole row at a triple click, however long', () => {
    expect(unitAt({ row: 3, column: 2 }, 'abc', 'row')).toEqual({
      from: { row: 3, column: 0 },
      to: { row: 3, column: END },
    })
  })

  it('stays drawn from the far side of the first word when the mouse comes back over it', () => {
    const text = 'one two three'
    const origin = unitAt({ row: 0, column: 5 }, text, 'word')
    const back = drawn(origin, unitAt({ row: 0, column: 1 }, text, 'word'))
    expect([back.anchor.column, back.head.column]).toEqual([7, 0])
    const forth = drawn(origin, unitAt({ row: 0, column: 9 }, text, 'word'))
    expect([forth.anchor.column, forth.head.column]).toEqual([4, 13])
  })
})

describe('a key that moves the head', () => {
  const anyMove = fc.oneof(
    fc.record({ by: fc.constant('column' as const), step: fc.constantFrom<1 | -1>(1, -1) }),
    fc.record({ by: fc.constant('row' as const), step: fc.integer({ min: -9, max: 9 }) }),
    fc.record({
      by: fc.constantFrom('edge' as const, 'log' as const),
      edge: fc.constantFrom<'start' | 'end'>('start', 'end'),
    }),
  )

  it('moves by characters as in one text, and never into the middle of one', () => {
    fc.assert(
      fc.property(scene, fc.constantFrom<1 | -1>(1, -1), ([all, start], step) => {
        const { whole, offset, move } = model(all)
        // A start in the middle of a character is not one.
        const column = Math.min(start.column, all[start.row]?.length ?? 0)
        const isInside = /[\udc00-\udfff]/.test(all[start.row]?.[column] ?? '')
        const head = isInside ? { ...start, column: column - 1 } : start
        const before = offset(head)
        const after = offset(move(head, { by: 'column', step }))
        const character = step === 1 ? [...whole.slice(before)][0] : [...whole.slice(0, before)].at(-1)
        expect(after).toBe(before + step * (character?.length ?? 0))
      }),
    )
  })

  it('keeps the head in the log', () => {
    fc.assert(
      fc.property(scene, fc.array(anyMove, { maxLength: 10 }), ([all, start], moves) => {
        const { whole, offset, move } = model(all)
        let head = start
        for (const one of moves) head = move(head, one as SelectionMove)
        expect(head.row).toBeGreaterThanOrEqual(0)
        expect(head.row).toBeLessThan(all.length)
        expect(offset(head)).toBeLessThanOrEqual(whole.length)
      }),
    )
  })

  it('goes to the very ends from beyond the first and the last row', () => {
    const { move } = model(['abc', 'def'])
    expect(move({ row: 0, column: 2 }, { by: 'row', step: -1 })).toEqual({ row: 0, column: 0 })
    expect(move({ row: 1, column: 2 }, { by: 'row', step: 5 })).toEqual({ row: 1, column: END })
    expect(move({ row: 0, column: 2 }, { by: 'row', step: 1 })).toEqual({ row: 1, column: 2 })
  })
})
