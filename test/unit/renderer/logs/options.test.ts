import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MAX_COPY_LENGTH, MAX_PAGE_ROWS, MAX_PICKED_ROWS, requests } from '../../../../src-preload/contract/contract.ts'
import * as limits from '../../../../src-renderer/features/logs/limits.ts'
import { noOptions, parseOptions } from '../../../../src-renderer/store/log-options-text.ts'

describe('the limits of requests', () => {
  it('are those of the contract', () => {
    expect([limits.MAX_COPY_LENGTH, limits.MAX_PAGE_ROWS, limits.MAX_PICKED_ROWS]).toEqual([
      MAX_COPY_LENGTH,
      MAX_PAGE_ROWS,
      MAX_PICKED_ROWS,
    ])
    const search = (length: number) => ({
      key: 'a:b',
      view: 'merged',
      text: 'x'.repeat(length),
      isPattern: false,
      matchCase: false,
      wholeWord: false,
    })
    const accepts = (length: number) => requests['logs.search'].input.safeParse(search(length)).success
    expect([accepts(limits.MAX_SEARCH_LENGTH), accepts(limits.MAX_SEARCH_LENGTH + 1)]).toEqual([true, false])
  })
})

describe('how output is shown', () => {
  it('is read back as it was stored', () => {
    const options = {
      views: { 'demo:one': 'stderr' as const },
      wrapped: ['demo:two'],
      showTimes: true,
      context: 3,
      search: { isPattern: true, matchCase: false, wholeWord: true },
    }
    expect(parseOptions(JSON.stringify(options))).toEqual(options)
  })

  it('is nothing special where nothing sensible was stored', () => {
    expect([parseOptions(null), parseOptions('{'), parseOptions('[]'), parseOptions('7')]).toEqual([
      null,
      null,
      null,
      null,
    ])
    expect(parseOptions('{}')).toEqual(noOptions)
    const odd = { views: { a: 'both', b: 'stdout' }, wrapped: [1, 'c'], showTimes: 'yes', context: 99, search: null }
    expect(parseOptions(JSON.stringify(odd))).toEqual({ ...noOptions, views: { b: 'stdout' }, wrapped: ['c'] })
  })

  it('survives whatever was stored', () => {
    fc.assert(
      fc.property(fc.json(), (stored) => {
        const options = parseOptions(stored)
        if (options !== null) expect(parseOptions(JSON.stringify(options))).toEqual(options)
      }),
    )
  })
})
