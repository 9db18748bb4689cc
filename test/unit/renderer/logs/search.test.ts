import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LogMatches } from '../../../../src-preload/contract/log-view.ts'
import type { Reply } from '../../../../src-preload/contract/result.ts'
import { plainFinder, type SearchQuery } from '../../../../src-renderer/features/logs/search/find-text.ts'
import { LogSearch } from '../../../../src-renderer/features/logs/search/log-search.ts'
import {
  lowerBound,
  markedPixels,
  matchFrom,
  mergeSorted,
} from '../../../../src-renderer/features/logs/search/match-rows.ts'
import { PatternRanges } from '../../../../src-renderer/features/logs/search/pattern-ranges.ts'
import { searchStatus } from '../../../../src-renderer/features/logs/search/search-status.ts'

const query = (text: string, flags: Partial<SearchQuery> = {}): SearchQuery => ({
  text,
  isPattern: false,
  matchCase: false,
  wholeWord: false,
  ...flags,
})

describe('finding a plain text', () => {
  const found = (one: SearchQuery, text: string) => plainFinder(one)(text).map(([from, to]) => text.slice(from, to))

  it.each([
    [query('error'), 'Error: no error, ERROR', ['Error', 'error', 'ERROR']],
    [query('error', { matchCase: true }), 'Error: no error, ERROR', ['error']],
    [query('err', { wholeWord: true }), 'err error my_err err. (err)', ['err', 'err', 'err']],
    [query('é', { wholeWord: true }), 'é né é', ['é', 'é']],
    [query('a.b*(c'), 'axb a.b*(c', ['a.b*(c']],
    [query('\\d'), '1 \\d 2', ['\\d']],
    [query('日本'), '日本語', ['日本']],
    [query('aa'), 'aaaaa', ['aa', 'aa']],
  ])('%o in "%s"', (one, text, expected) => {
    expect(found(one, text)).toEqual(expected)
  })

  it('finds any text in itself, taken literally', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), fc.string(), (needle, around) => {
        const ranges = plainFinder(query(needle, { matchCase: true }))(`${around}${needle}`)
        expect(ranges.length).toBeGreaterThan(0)
      }),
    )
  })
})

describe('rows that match', () => {
  const sortedRows = fc.uniqueArray(fc.nat(60)).map((rows) => [...rows].sort((a, b) => a - b))

  it('are merged as they come, in any order and also twice', () => {
    fc.assert(
      fc.property(sortedRows, fc.array(fc.nat(60)), (known, more) => {
        expect(mergeSorted(known, more)).toEqual([...new Set([...known, ...more])].sort((a, b) => a - b))
      }),
    )
  })

  it('are gone through in order and around the end', () => {
    fc.assert(
      fc.property(sortedRows, fc.nat(60), fc.boolean(), (rows, row, isOn) => {
        const after = rows.filter((match) => (isOn ? match > row : match >= row))
        expect(matchFrom(rows, row, 'next', isOn)).toBe(after[0] ?? rows[0] ?? null)
        const before = rows.filter((match) => match < row)
        expect(matchFrom(rows, row, 'previous', isOn)).toBe(before.at(-1) ?? rows.at(-1) ?? null)
      }),
    )
  })

  it('are found by halving', () => {
    fc.assert(
      fc.property(sortedRows, fc.nat(61), (rows, value) => {
        expect(lowerBound(rows, value)).toBe(rows.filter((row) => row < value).length)
      }),
    )
  })

  it('mark pixels beside the scrollbar from the first to the last', () => {
    const pixels = markedPixels([5, 100, 550, 1099, 1100], 100, 1100, 100)
    expect([...pixels].flatMap((isMarked, pixel) => (isMarked === 1 ? [pixel] : []))).toEqual([0, 45, 99])
    expect([...markedPixels([0], 0, 0, 3)]).toEqual([0, 0, 0])
  })
})

function makeSearch() {
  const answers: ((reply: Reply<{ searchId: number }>) => Promise<void>)[] = []
  const ended: number[] = []
  let emit: (matches: LogMatches) => void = () => undefined
  const search = new LogSearch({
    search: () =>
      new Promise((resolve) =>
        answers.push(async (reply) => {
          resolve(reply)
          await Promise.resolve()
        }),
      ),
    end: (searchId) => ended.push(searchId),
    ranges: () => Promise.resolve({ ok: true, value: { ranges: [[[0, 1]]] } }),
    onMatches: (listener) => {
      emit = listener
      return () => undefined
    },
  })
  const stop = search.start()
  const matches = (fields: Partial<LogMatches>): LogMatches => ({
    searchId: 1,
    epoch: 1,
    rows: [],
    count: 0,
    progress: 0.5,
    isCapped: false,
    problem: null,
    ...fields,
  })
  return {
    search,
    stop,
    ended,
    found: (fields: Partial<LogMatches>) => emit(matches(fields)),
    answer: async (searchId: number) => answers.shift()?.({ ok: true, value: { searchId } }),
    refuse: async () =>
      answers.shift()?.({ ok: false, error: { code: 'bad-pattern', message: 'Not a pattern: (', hint: '' } }),
  }
}

describe('a search', () => {
  it('gathers what is found, also what overtakes the answer', async () => {
    const { search, found, answer } = makeSearch()
    void search.search(query('x'))
    found({ rows: [30, 10], count: 2 })
    expect(search.state().rows).toEqual([])
    await answer(1)
    found({ rows: [20, 10], count: 3, progress: 1 })
    found({ searchId: 7, rows: [99] })
    expect(search.state()).toMatchObject({ rows: [10, 20, 30], count: 3, progress: 1, epoch: 1 })
  })

  it('forgets the rows of a log that is another one now', async () => {
    const { search, found, answer } = makeSearch()
    void search.search(query('x'))
    await answer(1)
    found({ rows: [1, 2, 3], count: 3 })
    found({ epoch: 2, rows: [1001], count: 1 })
    expect(search.state()).toMatchObject({ rows: [1001], epoch: 2 })
  })

  it('takes nothing more from a search that another one replaced', async () => {
    const { search, found, answer } = makeSearch()
    void search.search(query('old'))
    void search.search(query('new'))
    await answer(1)
    found({ searchId: 1, rows: [5] })
    await answer(2)
    found({ searchId: 1, rows: [6] })
    found({ searchId: 2, rows: [7], count: 1 })
    expect(search.state()).toMatchObject({ query: query('new'), rows: [7] })
  })

  it('says what is wrong with a pattern, and searches for nothing', async () => {
    const { search, refuse, found } = makeSearch()
    void search.search(query('(', { isPattern: true }))
    await refuse()
    found({ rows: [1] })
    expect(search.state()).toMatchObject({ problem: 'Not a pattern: (', rows: [] })
  })

  it('is ended when it is cleared, also if its answer comes only then', async () => {
    const { search, answer, ended } = makeSearch()
    void search.search(query('x'))
    await answer(1)
    search.clear()
    void search.search(query('y'))
    search.clear()
    await answer(2)
    expect([ended, search.state().query]).toEqual([[1, 2], null])
  })

  it('is ended with what shows it', async () => {
    const { search, answer, ended, stop } = makeSearch()
    void search.search(query('x'))
    await answer(4)
    stop()
    expect(ended).toEqual([4])
  })
})

describe('the matches of a pattern on screen', () => {
  it('are asked for once per text, and known when they came', async () => {
    const asked: (readonly string[])[] = []
    let news = 0
    const ranges = new PatternRanges(
      (texts) => {
        asked.push(texts)
        return Promise.resolve(texts.map((text) => [[0, text.length]] as const))
      },
      () => {
        news += 1
      },
    )
    ranges.want(['a', 'bb', 'a'])
    ranges.want(['bb', 'x'.repeat(30_000)])
    expect(ranges.of('bb')).toEqual([])
    await Promise.resolve()
    await Promise.resolve()
    ranges.want(['a', 'bb'])
    expect([asked, news, ranges.of('bb')]).toEqual([[['a', 'bb']], 1, [[0, 2]]])
  })

  it('are not asked for again if they cannot be told', async () => {
    let asked = 0
    const ranges = new PatternRanges(
      () => {
        asked += 1
        return Promise.resolve(null)
      },
      () => undefined,
    )
    ranges.want(['a'])
    await Promise.resolve()
    await Promise.resolve()
    ranges.want(['a'])
    expect([asked, ranges.of('a')]).toEqual([1, []])
  })
})

describe('what the search bar says', () => {
  const state = { query: query('x'), epoch: 1, rows: [1, 2], count: 2, progress: 1, isCapped: false, problem: null }
  it.each([
    [{ query: null }, null, ''],
    [{}, 2, '2 of 2'],
    [{}, null, '2 rows'],
    [{ count: 1 }, null, '1 row'],
    [{ count: 0, rows: [] }, null, 'no match'],
    [{ count: 0, rows: [], progress: 0.129 }, null, 'searching 12 %'],
    [{ progress: 0.5 }, 1, '1 of 2, searching 50 %'],
    [{ progress: 0.5 }, null, '2, searching 50 %'],
    [{ isCapped: true, count: 999, rows: Array.from({ length: 100_000 }, (_, row) => row) }, null, '100,000+ rows'],
    [{ problem: 'It takes too long.' }, 1, 'It takes too long.'],
  ])('%#', (change, ordinal, said) => {
    expect(searchStatus({ ...state, ...change }, ordinal)).toBe(said)
  })
})
