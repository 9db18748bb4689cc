import { describe, expect, it } from 'vitest'
import { FoundBatch, MAX_LISTED_LINES } from '../../../../src-main/logs/search/found-batch.ts'

describe('what is found', () => {
  it('is told once, by stream', () => {
    const batch = new FoundBatch()
    batch.add('stderr', 3)
    batch.add('stdout', 1)
    batch.add('stderr', 4)
    const gone = { stream: 'stdout', fromOffset: 5, fromLine: 2, toOffset: 9 } as const
    batch.addGone(gone)
    const first = { lines: { stdout: [1], stderr: [3, 4] }, gone: [gone], count: 3, isCapped: false }
    expect(batch.take(10, 20)).toEqual({ ...first, scannedBytes: 10, totalBytes: 20 })
    batch.add('stdout', 7)
    expect(batch.take(20, 20)).toMatchObject({ lines: { stdout: [7], stderr: [] }, gone: [], count: 4 })
  })

  it('is listed up to a limit and counted beyond it', () => {
    const batch = new FoundBatch()
    for (let line = 0; line < MAX_LISTED_LINES; line++) batch.add('stdout', line)
    expect(batch.take(0, 1)).toMatchObject({ count: MAX_LISTED_LINES, isCapped: false })
    batch.add('stdout', MAX_LISTED_LINES)
    batch.add('stderr', 0)
    expect(batch.take(1, 1)).toMatchObject({
      lines: { stdout: [], stderr: [] },
      count: MAX_LISTED_LINES + 2,
      isCapped: true,
    })
  })
})
