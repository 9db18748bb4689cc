import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LogRow } from '../../../../src-preload/contract/log-view.ts'
import { allRows, matchingRows, type RowList } from '../../../../src-renderer/features/logs/rows/row-list.ts'
import {
  type CopyOptions,
  type RowReader,
  readSelection,
} from '../../../../src-renderer/features/logs/select/copy-text.ts'
import type { TextRange } from '../../../../src-renderer/features/logs/select/selection.ts'
import { lineRow, markRow } from './rows.ts'

const END = Number.POSITIVE_INFINITY
const noon = new Date(2026, 10, 25, 12, 3, 11).getTime()

function makeLog(rows: readonly LogRow[]) {
  const asked: number[] = []
  const reader: RowReader = {
    page: (from, count) => {
      asked.push(count)
      return Promise.resolve({ ok: true, value: { from, rows: rows.slice(from, from + count) } })
    },
    rows: (numbers) => {
      asked.push(numbers.length)
      return Promise.resolve({ ok: true, value: { rows: numbers.map((row) => rows[row] ?? null) } })
    },
  }
  const copy = (range: TextRange, list: RowList, options: Partial<CopyOptions> = {}) =>
    readSelection(range, list, reader, {
      maxLength: 1_000_000,
      now: noon,
      onProgress: () => undefined,
      signal: new AbortController().signal,
      ...options,
    })
  return { copy, asked }
}

const numbered = (count: number) => Array.from({ length: count }, (_, index) => lineRow(index))
const whole = (from: number, to: number): TextRange => ({
  from: { row: from, column: 0 },
  to: { row: to, column: END },
})

describe('copying', () => {
  it('gives the text as it is shown, with marks and notes', async () => {
    const { copy } = makeLog([
      lineRow(0, { text: '\u001b[31mred\u001b[0m and 10%\r\u001b[32mgreen 20%' }),
      markRow({ kind: 'end', reason: 'stopped' }, noon),
      lineRow(1, { text: 'a beginning', cutFromBytes: 4 * 1024 * 1024 }),
      lineRow(2, { text: 'the last' }),
    ])
    const result = await copy({ from: { row: 0, column: 6 }, to: { row: 3, column: 3 } }, allRows(0, 4))
    expect(result).toEqual({
      kind: 'text',
      rows: 4,
      text: '20%\n--- Ended 12:03:11 · stopped ---\na beginning … line of 4.0 MB, cut\nthe',
    })
  })

  it('asks for thousands of rows in batches, and tells how far it is', async () => {
    const { copy, asked } = makeLog(numbered(4500))
    const shares: number[] = []
    const result = await copy(whole(0, 4499), allRows(0, 4500), { onProgress: (share) => shares.push(share) })
    expect(result.kind === 'text' && result.text.split('\n')).toEqual(numbered(4500).map(({ text }) => text))
    expect([asked, shares.at(-1)]).toEqual([[2000, 2000, 500], 1])
  })

  it('gives of matching rows only those, with a line where rows are left out', async () => {
    const { copy, asked } = makeLog(numbered(3000))
    const matches = Array.from({ length: 300 }, (_, index) => 5 + index * 10)
    const result = await copy(whole(0, 2999), matchingRows(matches, 1, 0, 3000))
    expect(result.kind === 'text' && result.text.split('\n').slice(0, 8)).toEqual([
      'line 4',
      'line 5',
      'line 6',
      '--',
      'line 14',
      'line 15',
      'line 16',
      '--',
    ])
    expect(asked).toEqual([500, 400])
  })

  it('is as a naive model says, for any part of any list', async () => {
    const scene = fc.record({
      lines: fc.array(fc.stringMatching(/^[a-z]{0,6}$/), { minLength: 1, maxLength: 30 }),
      points: fc.tuple(fc.nat(29), fc.nat(8), fc.nat(29), fc.nat(8)),
      matches: fc.option(fc.uniqueArray(fc.nat(29), { maxLength: 10 })),
    })
    await fc.assert(
      fc.asyncProperty(scene, async ({ lines, points: [row1, column1, row2, column2], matches }) => {
        const { copy } = makeLog(lines.map((text, index) => lineRow(index, { text })))
        const [one, two] = [
          { row: row1 % lines.length, column: column1 },
          { row: row2 % lines.length, column: column2 },
        ].sort((a, b) => a.row - b.row || a.column - b.column)
        if (one === undefined || two === undefined) return
        const sorted = matches === null ? null : [...matches].sort((a, b) => a - b)
        const list = sorted === null ? allRows(0, lines.length) : matchingRows(sorted, 0, 0, lines.length)
        const expected = lines.flatMap((text, row) => {
          if (row < one.row || row > two.row || (sorted !== null && !sorted.includes(row))) return []
          return [text.slice(row === one.row ? one.column : 0, row === two.row ? two.column : undefined)]
        })
        const result = await copy({ from: one, to: two }, list)
        expect(result).toEqual({ kind: 'text', text: expected.join('\n'), rows: expected.length })
      }),
    )
  })

  it('stops at what the clipboard is given at most', async () => {
    const { copy, asked } = makeLog(numbered(100_000))
    expect(await copy(whole(0, 99_999), allRows(0, 100_000), { maxLength: 30_000 })).toEqual({ kind: 'too-long' })
    expect(asked.length).toBeLessThan(4)
  })

  it('ends when it is told to, and says what went wrong', async () => {
    const abort = new AbortController()
    const { copy } = makeLog(numbered(5000))
    const result = copy(whole(0, 4999), allRows(0, 5000), { signal: abort.signal })
    abort.abort()
    expect(await result).toEqual({ kind: 'aborted' })
    const problem = { code: 'log-changed', message: 'The log was cleared.', hint: '' }
    const broken: RowReader = {
      page: () => Promise.resolve({ ok: false, error: problem }),
      rows: () => Promise.resolve({ ok: false, error: problem }),
    }
    const options = { maxLength: 99, now: noon, onProgress: () => undefined, signal: new AbortController().signal }
    expect(await readSelection(whole(0, 9), allRows(0, 10), broken, options)).toEqual({ kind: 'failed', problem })
  })
})
