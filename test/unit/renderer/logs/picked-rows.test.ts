import { describe, expect, it } from 'vitest'
import type { LogRow } from '../../../../src-preload/contract/log-view.ts'
import type { Reply } from '../../../../src-preload/contract/result.ts'
import { PickedRows } from '../../../../src-renderer/features/logs/rows/picked-rows.ts'
import { lineRow } from './rows.ts'

function makePicks() {
  const questions: {
    readonly epoch: number
    readonly rows: readonly number[]
    readonly answer: (reply: Reply<{ epoch: number; rows: readonly (LogRow | null)[] }>) => void
  }[] = []
  const picked = new PickedRows({
    rows: ({ epoch, rows }) => new Promise((answer) => questions.push({ epoch, rows, answer })),
  })
  const answer = async (make: (row: number) => LogRow | null = (row) => lineRow(row)) => {
    const question = questions.shift()
    question?.answer({ ok: true, value: { epoch: question.epoch, rows: question.rows.map(make) } })
    await Promise.resolve()
    await Promise.resolve()
  }
  return { picked, questions, answer, asked: () => questions.map(({ rows }) => rows) }
}

describe('rows that are picked one by one', () => {
  it('are asked for once, and told about when they come', async () => {
    const { picked, answer, asked } = makePicks()
    let told = 0
    picked.subscribe(() => {
      told += 1
    })
    picked.want(1, 1000, [5, 900, 7])
    picked.want(1, 1000, [7, 8])
    expect(asked()).toEqual([[5, 900, 7], [8]])
    await answer()
    expect([picked.row(900), picked.row(8), told, picked.version()]).toEqual([lineRow(900), undefined, 1, 1])
    picked.want(1, 1000, [5, 900])
    expect(asked()).toEqual([[8]])
  })

  it('are never more than one request may ask for', () => {
    const { picked, asked } = makePicks()
    picked.want(
      1,
      9999,
      Array.from({ length: 800 }, (_, row) => row),
    )
    expect(asked().map(({ length }) => length)).toEqual([500])
  })

  it('are forgotten with their epoch, also those under way', async () => {
    const { picked, answer, questions } = makePicks()
    picked.want(1, 10, [1])
    const late = questions.shift()
    picked.want(2, 10, [2])
    late?.answer({ ok: true, value: { epoch: 1, rows: [lineRow(1)] } })
    await answer()
    expect([picked.row(1), picked.row(2)]).toEqual([undefined, lineRow(2)])
  })

  it('are asked for again if they were the last one and the log went on', async () => {
    const { picked, answer, asked } = makePicks()
    picked.want(1, 10, [3, 9])
    await answer()
    picked.want(1, 10, [3, 9])
    expect(asked()).toEqual([])
    picked.want(1, 12, [3, 9])
    expect(asked()).toEqual([[9]])
    await answer((row) => lineRow(row, { text: 'finished' }))
    picked.want(1, 12, [9])
    expect([picked.row(9), asked()]).toEqual([lineRow(9, { text: 'finished' }), []])
  })
})
