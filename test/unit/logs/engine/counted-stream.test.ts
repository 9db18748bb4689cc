import { describe, expect, it } from 'vitest'
import { LineIndex } from '../../../../src-main/core/line-index.ts'
import {
  beginsLine,
  CountedStream,
  LogChangedError,
  linesBegunBefore,
} from '../../../../src-main/logs/engine/counted-stream.ts'
import { linesOf } from '../../../support/log-model.ts'
import { PlainLogBytes } from '../../../support/plain-log-bytes.ts'

const text = Buffer.from(
  Array.from({ length: 30_000 }, (_, line) => `line ${line} ${'x'.repeat(line % 90)}\n`).join(''),
)
const begins = linesOf(text).map(({ begin }) => begin)

describe('counting a stream', () => {
  it('counts each piece once, also if two do it at the same time', async () => {
    const bytes = new PlainLogBytes(text)
    const offsets = [0, 1000, 1_100_000, text.length]
    const counted = new CountedStream(LineIndex.from(0, true), offsets)
    await Promise.all([counted.scanAll(bytes, text.length), counted.scanAll(bytes, text.length)])
    expect(counted.index.begun).toBe(begins.length)
    expect(counted.begun).toEqual(offsets.map((offset) => begins.filter((begin) => begin < offset).length))
  })

  it('knows afterwards how many lines begin before any offset', async () => {
    const bytes = new PlainLogBytes(text)
    const { index } = await countAll(bytes)
    for (const offset of [0, 1, 5, 7, 8, 600_000, 600_001, text.length - 1, text.length]) {
      const before = begins.filter((begin) => begin < offset).length
      expect(await linesBegunBefore(bytes, index, offset)).toBe(before)
      const isBegin = offset === text.length || begins.includes(offset)
      expect(await beginsLine(bytes, offset, 0)).toBe(isBegin)
    }
  })

  it('ends with an error if what is to be read is gone', async () => {
    const bytes = new PlainLogBytes(text)
    bytes.loseBefore(10)
    await expect(countAll(bytes)).rejects.toThrow(LogChangedError)
    await expect(beginsLine(bytes, 10, 0)).rejects.toThrow(LogChangedError)
  })
})

async function countAll(bytes: PlainLogBytes): Promise<CountedStream> {
  const counted = new CountedStream(LineIndex.from(0, true), [])
  await counted.scanAll(bytes, text.length)
  return counted
}
