import { describe, expect, it } from 'vitest'
import { alignedPause } from '../../../src-main/core/aligned-pause.ts'

describe('an aligned pause', () => {
  it('ends on a whole second, as near to the wish as that goes', () => {
    expect(alignedPause(2_000, 1_000_000_300)).toBe(1_700)
    expect(alignedPause(2_000, 1_000_000_700)).toBe(2_300)
    expect(alignedPause(2_000, 1_000_000_000)).toBe(2_000)
  })

  it('of five seconds or more ends with those of all others, and stays in step', () => {
    expect(alignedPause(5_000, 1_000_001_000)).toBe(4_000)
    expect(alignedPause(5_000, 1_000_004_000)).toBe(6_000)
    expect(alignedPause(5_000, 1_000_005_000)).toBe(5_000)
    const ends = [5_000, 10_000, 15_000].map((pause) => (1_000_000_007 + alignedPause(pause, 1_000_000_007)) % 5_000)
    expect(ends).toEqual([0, 0, 0])
  })

  it('of half a minute or more ends on a half minute, so that the longest pauses share their ends', () => {
    expect(alignedPause(30_000, 1_000_001_000)).toBe(19_000)
    expect(alignedPause(60_000, 1_000_001_000)).toBe(49_000)
    expect(alignedPause(30_000, 1_000_020_000)).toBe(30_000)
  })

  it('brings those who wait for a long time together', () => {
    const begun = [7, 120, 340, 499].map((ms) => 1_000_000_000 + ms)
    expect(new Set(begun.map((now) => now + alignedPause(10_000, now)))).toEqual(new Set([1_000_010_000]))
  })

  it('leaves short pauses alone', () => {
    expect(alignedPause(500, 1_000_000_300)).toBe(500)
  })
})
