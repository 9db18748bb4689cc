import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LogRow } from '../../../../src-preload/contract/log-view.ts'
import { PAGE_ROWS, PageCache } from '../../../../src-renderer/features/logs/rows/page-cache.ts'
import { lineRow } from './rows.ts'

const page = (text: string) => Array.from({ length: PAGE_ROWS }, (_, index) => lineRow(index, { text }))
const textOf = (row: LogRow | undefined) => (row?.kind === 'line' ? row.text : undefined)

describe('the cache of pages', () => {
  it('keeps the pages used last', () => {
    const cache = new PageCache({ pages: 4, characters: 1_000_000 })
    for (const index of [0, 1, 2, 3]) cache.put(index, index * PAGE_ROWS, page(`page ${index}`))
    cache.isFresh(0)
    cache.put(4, 4 * PAGE_ROWS, page('page 4'))
    expect([0, 1, 2, 3, 4].map((index) => textOf(cache.row(index * PAGE_ROWS)))).toEqual([
      'page 0',
      undefined,
      'page 2',
      'page 3',
      'page 4',
    ])
  })

  it('keeps fewer pages of long lines, but as many as a screen can touch', () => {
    const cache = new PageCache({ pages: 100, characters: 1000 })
    for (let index = 0; index < 10; index += 1) cache.put(index, index * PAGE_ROWS, page('x'.repeat(100)))
    expect(cache.size).toBe(3)
  })

  it('shows an outdated page until a newer one takes its place', () => {
    const cache = new PageCache({ pages: 4, characters: 1_000_000 })
    cache.put(0, 0, page('old'))
    cache.markStale(0)
    expect([cache.isFresh(0), textOf(cache.row(5))]).toEqual([false, 'old'])
    cache.put(0, 0, page('new'))
    expect([cache.isFresh(0), textOf(cache.row(5))]).toEqual([true, 'new'])
  })

  it('holds a page that begins where the log begins, and has no rows before', () => {
    const cache = new PageCache({ pages: 4, characters: 1_000_000 })
    cache.put(2, 450, page('late').slice(0, 50))
    expect([cache.row(449), textOf(cache.row(450)), textOf(cache.row(499)), cache.row(500)]).toEqual([
      undefined,
      'late',
      'late',
      undefined,
    ])
  })

  it('never grows beyond its limits, and always keeps the newest page', () => {
    const puts = fc.array(fc.record({ index: fc.nat(30), length: fc.nat(50) }), { minLength: 1 })
    fc.assert(
      fc.property(puts, (steps) => {
        const cache = new PageCache({ pages: 5, characters: 20_000 })
        const kept = new Map<number, number>()
        for (const { index, length } of steps) {
          cache.put(index, index * PAGE_ROWS, page('x'.repeat(length)))
          kept.set(index, length * PAGE_ROWS)
          expect(textOf(cache.row(index * PAGE_ROWS))).toHaveLength(length)
          for (const one of kept.keys()) if (cache.row(one * PAGE_ROWS) === undefined) kept.delete(one)
          const characters = [...kept.values()].reduce((sum, size) => sum + size, 0)
          expect(kept.size).toBe(cache.size)
          expect(cache.size <= 3 || (cache.size <= 5 && characters <= 20_000)).toBe(true)
        }
      }),
    )
  })
})
