import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  isCompressed,
  MAX_PHYSICAL,
  maxVirtual,
  physicalHeight,
  scrolledTo,
  toPhysical,
} from '../../../src-renderer/features/logs/scroll-map.ts'

const LINE = 18
const lines = (count: number) => ({ total: count * LINE, viewport: 600 })
const huge = lines(10_000_000)

const geometry = fc.record({ total: fc.nat(400_000_000), viewport: fc.integer({ min: 100, max: 2000 }) })

describe('scrolling', () => {
  it('is the browser’s own in a log that it can lay out', () => {
    const small = lines(1000)
    expect(isCompressed(small)).toBe(false)
    expect(scrolledTo(small, { virtual: 0, physical: 0 }, 1234)).toEqual({ virtual: 1234, isStep: false })
  })

  it('never needs more height than the limit', () => {
    fc.assert(fc.property(geometry, (any) => physicalHeight(any) <= MAX_PHYSICAL))
  })

  it('reaches both ends, and every position stays inside', () => {
    fc.assert(
      fc.property(geometry, fc.double({ min: 0, max: 1, noNaN: true }), (any, part) => {
        const end = Math.max(0, physicalHeight(any) - any.viewport)
        const from = { virtual: 0, physical: 0 }
        expect(scrolledTo(any, from, 0).virtual).toBe(0)
        expect(scrolledTo(any, from, end).virtual).toBe(maxVirtual(any))
        const { virtual } = scrolledTo(any, from, part * end)
        expect(virtual).toBeGreaterThanOrEqual(0)
        expect(virtual).toBeLessThanOrEqual(maxVirtual(any))
      }),
    )
  })

  it('goes where the thumb is dragged to, there and back', () => {
    const target = maxVirtual(huge) / 3
    const physical = toPhysical(huge, target)
    const { virtual, isStep } = scrolledTo(huge, { virtual: 0, physical: 0 }, physical)
    expect(virtual).toBeCloseTo(target, 3)
    expect(isStep).toBe(false)
  })

  it('moves by what is seen if the way is short, so that no line is skipped', () => {
    const before = { virtual: 90_000_000, physical: toPhysical(huge, 90_000_000) }
    const after = scrolledTo(huge, before, before.physical + 540)
    expect(after).toEqual({ virtual: 90_000_540, isStep: true })
  })

  it('places any position so that dragging onto it shows it again', () => {
    const part = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(part, (share) => {
        const target = share * maxVirtual(huge)
        const far = target < maxVirtual(huge) / 2 ? maxVirtual(huge) : 0
        const before = { virtual: far, physical: toPhysical(huge, far) }
        const { virtual } = scrolledTo(huge, before, toPhysical(huge, target))
        // Within a pixel of the end it is the end.
        expect(Math.abs(virtual - target)).toBeLessThan(2 * LINE)
      }),
    )
  })
})
