import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  endPlace,
  fromPhysical,
  type Geometry,
  LINE_HEIGHT,
  MAX_PHYSICAL,
  normalized,
  type Place,
  physicalHeight,
  pixelsBelow,
  toPhysical,
  trackLength,
} from '../../../../src-renderer/features/logs/scroll/scroll-place.ts'

/** Rows of these many lines, all drawn. */
function rowsOf(lines: readonly number[], viewport: number): Geometry {
  const heights = lines.map((count) => count * LINE_HEIGHT)
  return { count: lines.length, viewport, heightOf: (position) => heights[position] }
}

/** Pixels from the very beginning. */
function pixelsOf({ position, offset }: Place, space: Geometry): number {
  let pixels = offset
  for (let at = 0; at < position; at += 1) pixels += space.heightOf(at) ?? LINE_HEIGHT
  return pixels
}

const total = (space: Geometry) => pixelsOf({ position: space.count, offset: 0 }, space)

const space = fc
  .record({
    lines: fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 60 }),
    viewport: fc.integer({ min: 20, max: 900 }),
  })
  .map(({ lines, viewport }) => rowsOf(lines, viewport))

describe('a place in rows of different heights', () => {
  it('is written with the row at the upper edge', () => {
    const three = rowsOf([2, 5, 1], 50)
    expect(normalized({ position: 0, offset: 40 }, three)).toEqual({ position: 1, offset: 4 })
    expect(normalized({ position: 2, offset: -20 }, three)).toEqual({ position: 1, offset: 70 })
    expect(normalized({ position: 1, offset: -300 }, three)).toEqual({ position: 0, offset: 0 })
  })

  it('moves by exactly the pixels asked for, as far as there are any', () => {
    fc.assert(
      fc.property(space, fc.nat(), fc.integer({ min: -3000, max: 3000 }), (any, start, pixels) => {
        const from = { position: start % any.count, offset: 0 }
        const moved = normalized({ ...from, offset: pixels }, any)
        const last = pixelsOf({ position: any.count - 1, offset: 0 }, any)
        const wanted = Math.max(0, pixelsOf(from, any) + pixels)
        expect(pixelsOf(moved, any)).toBe(wanted)
        expect(moved.offset).toBeGreaterThanOrEqual(0)
        if (wanted < last) expect(moved.offset).toBeLessThan(any.heightOf(moved.position) ?? 0)
      }),
    )
  })

  it('comes back after a way there and back', () => {
    fc.assert(
      fc.property(space, fc.nat(), fc.nat(2000), (any, start, pixels) => {
        const from = { position: start % any.count, offset: 0 }
        if (pixelsOf(from, any) < pixels) return
        const there = normalized({ position: from.position, offset: -pixels }, any)
        expect(normalized({ position: there.position, offset: there.offset + pixels }, any)).toEqual(from)
      }),
    )
  })

  it('at the end shows the end of the last row at the lower edge, or all rows', () => {
    fc.assert(
      fc.property(space, (any) => {
        const end = endPlace(any)
        expect(pixelsOf(end, any)).toBe(Math.max(0, total(any) - any.viewport))
        const below = pixelsBelow(end, any)
        expect(below).toBe(Math.min(total(any), any.viewport))
      }),
    )
  })

  it('knows how much is below, or that it is more than is seen', () => {
    fc.assert(
      fc.property(space, fc.nat(), (any, start) => {
        const place = { position: start % any.count, offset: 0 }
        const below = pixelsBelow(place, any)
        const exact = total(any) - pixelsOf(place, any)
        expect(below === exact || (below === Number.POSITIVE_INFINITY && exact > any.viewport)).toBe(true)
      }),
    )
  })

  it('crosses millions of rows that are not drawn without counting them one by one', () => {
    const huge: Geometry = { count: 10_000_000, viewport: 600, heightOf: () => undefined }
    expect(normalized({ position: 5, offset: 90_000_000 }, huge)).toEqual({ position: 5_000_005, offset: 0 })
  })
})

describe('the scrollbar', () => {
  const track = fc.record({
    count: fc.integer({ min: 1, max: 20_000_000 }),
    viewport: fc.integer({ min: 50, max: 2000 }),
    average: fc.double({ min: 18, max: 200, noNaN: true }),
  })

  it('never needs more height than the browser lays out', () => {
    fc.assert(fc.property(track, ({ count, average }) => physicalHeight(count, average) <= MAX_PHYSICAL))
  })

  it('reaches both ends', () => {
    fc.assert(
      fc.property(track, (any) => {
        const heightOf = () => undefined
        expect(fromPhysical(0, any, heightOf)).toEqual({ position: 0, offset: 0 })
        const last = fromPhysical(trackLength(any), any, heightOf)
        const rowsLeft = any.count - last.position - last.offset / any.average
        expect(rowsLeft).toBeLessThanOrEqual(any.viewport / any.average + 1)
      }),
    )
  })

  it('stands where it has to be dragged to for the same place', () => {
    fc.assert(
      fc.property(track, fc.double({ min: 0, max: 1, noNaN: true }), (any, share) => {
        if (trackLength(any) === 0) return
        const physical = share * trackLength(any)
        const place = fromPhysical(physical, any, () => undefined)
        expect(toPhysical(place, any.average, any)).toBeCloseTo(physical, 3)
      }),
    )
  })
})
