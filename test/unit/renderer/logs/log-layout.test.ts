import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { allRows } from '../../../../src-renderer/features/logs/rows/row-list.ts'
import { layoutOf, positionIn, settledPlace } from '../../../../src-renderer/features/logs/scroll/log-layout.ts'
import { LINE_HEIGHT, MAX_PHYSICAL } from '../../../../src-renderer/features/logs/scroll/scroll-place.ts'

const VIEWPORT = 600
const track = (count: number, average = LINE_HEIGHT) => ({ count, viewport: VIEWPORT, average })

describe('what is drawn of a log', () => {
  const log = fc.record({
    first: fc.nat(1000),
    count: fc.integer({ min: 1, max: 2_000_000 }),
    share: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
    offset: fc.integer({ min: -VIEWPORT, max: VIEWPORT }),
    isWrapped: fc.boolean(),
  })

  it('covers the viewport wherever somebody looks, and is never more than a few screens', () => {
    fc.assert(
      fc.property(log, ({ first, count, share, offset, isWrapped }) => {
        const list = allRows(first, first + count)
        const stored = share === null ? null : { row: first + Math.floor(share * (count - 1)), offset }
        const { from, to, place, height } = layoutOf(list, stored, track(count), isWrapped)
        expect(from).toBeGreaterThanOrEqual(0)
        expect(to).toBeLessThanOrEqual(count)
        expect(to - from).toBeLessThanOrEqual(6 * (VIEWPORT / LINE_HEIGHT))
        expect(height).toBeLessThanOrEqual(MAX_PHYSICAL)
        if (place === 'end') {
          expect(to).toBe(count)
          expect(from === 0 || (to - from) * LINE_HEIGHT >= VIEWPORT).toBe(true)
          return
        }
        // Rows are one line high at least: as many as these fill what is above and below the place.
        const above = place.position * LINE_HEIGHT + place.offset
        expect(from === 0 || (place.position - from) * LINE_HEIGHT >= -place.offset).toBe(true)
        expect(to === count || (to - place.position) * LINE_HEIGHT - place.offset >= VIEWPORT).toBe(true)
        if (!isWrapped) expect(above).toBeLessThanOrEqual(Math.max(0, count * LINE_HEIGHT - VIEWPORT))
      }),
    )
  })

  it('is scrolled by the browser as long as that can lay it out, and in a layer of its own otherwise', () => {
    const modeOf = (count: number, isWrapped: boolean) =>
      layoutOf(allRows(0, count), null, track(count), isWrapped).mode
    expect([modeOf(1000, false), modeOf(1000, true), modeOf(1_000_000, false)]).toEqual(['free', 'pinned', 'pinned'])
  })

  it('keeps the row somebody looks at when older rows are rotated away, and the first one when that is gone', () => {
    expect(positionIn(allRows(0, 1000), { row: 400, offset: 7 })).toEqual({ position: 400, offset: 7 })
    expect(positionIn(allRows(300, 1000), { row: 400, offset: 7 })).toEqual({ position: 100, offset: 7 })
    expect(positionIn(allRows(500, 1000), { row: 400, offset: 7 })).toEqual({ position: 0, offset: 0 })
  })
})

describe('a place, once the rows around it are measured', () => {
  const space = (heights: readonly number[]) => ({
    count: heights.length,
    viewport: VIEWPORT,
    heightOf: (position: number) => heights[position],
  })
  const tall = space(Array.from({ length: 100 }, () => 90))

  it('stays if it is right', () => {
    expect(settledPlace({ position: 50, offset: 10 }, tall)).toBeNull()
    expect(settledPlace(null, tall)).toBeNull()
  })

  it('is written with the row at the upper edge', () => {
    expect(settledPlace({ position: 50, offset: -200 }, tall)).toEqual({ position: 47, offset: 70 })
  })

  it('goes no further than the beginning and the end', () => {
    expect(settledPlace({ position: 1, offset: -200 }, tall)).toEqual({ position: 0, offset: 0 })
    expect(settledPlace({ position: 98, offset: 0 }, tall)).toEqual({ position: 93, offset: 30 })
    expect(settledPlace({ position: 1, offset: 5 }, space([18, 18, 18]))).toEqual({ position: 0, offset: 0 })
  })
})
