import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { TimelineEntry } from '../../../../src-main/core/timeline-entry.ts'
import {
  appendEntry,
  openTimeline,
  parseTimeline,
  readTimeline,
  timelineFile,
} from '../../../../src-main/logs/timeline/timeline-file.ts'
import { temporaryDirectory } from '../../../support/temporary-directory.ts'

const entry = (n: number, rest: Partial<TimelineEntry> = {}): TimelineEntry => ({
  n,
  time: 1_000 + n,
  stdout: 10 * n,
  stderr: n,
  ...rest,
})
const lines = (...values: unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('')

describe('a timeline on disk', () => {
  it('is what was appended, marks and all', async () => {
    const folder = join(temporaryDirectory(), 'new', 'folder')
    const entries = [
      entry(1, { untimed: true }),
      entry(2, { mark: { kind: 'start', pid: 42 } }),
      entry(3, { mark: { kind: 'end', reason: 'crashed with exit code 3' } }),
      entry(4, { mark: { kind: 'adopted', pid: 7 } }),
    ]
    for (const one of entries) appendEntry(folder, one)
    expect(await readTimeline(folder)).toEqual(entries)
    expect(openTimeline(folder)).toEqual(entry(4, { mark: { kind: 'adopted', pid: 7 } }))
  })

  it('is empty where there is none', async () => {
    expect(await readTimeline(temporaryDirectory())).toEqual([])
    expect(openTimeline(temporaryDirectory())).toBeNull()
  })

  it('loses of a torn last line only that line', async () => {
    const folder = temporaryDirectory()
    appendEntry(folder, entry(1))
    writeFileSync(timelineFile(folder), `${readFileSync(timelineFile(folder), 'utf8')}{"n":2,"ti`)
    expect(openTimeline(folder)).toEqual(entry(1))
    appendEntry(folder, entry(2))
    expect(await readTimeline(folder)).toEqual([entry(1), entry(2)])
  })

  it('finds the newest entry of a long one without reading all of it', () => {
    const folder = temporaryDirectory()
    const count = 2_000
    writeFileSync(timelineFile(folder), lines(...Array.from({ length: count }, (_, index) => entry(index + 1))))
    expect(openTimeline(folder)).toEqual(entry(count))
  })
})

describe('parsing a timeline', () => {
  it.each([
    ['noise', 'hello\n'],
    ['another kind of JSON', '[1]\n"x"\nnull\n7\n'],
    ['missing numbers', lines({ n: 2, time: 5, stdout: 1 })],
    [
      'fractions, negative and huge numbers',
      lines(entry(2, { time: 0.5 }), entry(2, { stdout: -1 }), entry(2, { stderr: 1e300 })),
    ],
    ['an entry that goes back', lines(entry(2, { stdout: 3 }), entry(2, { time: 4 }), entry(1), entry(0))],
  ])('leaves out %s', (_what, text) => {
    expect(parseTimeline(lines(entry(1)) + text + lines(entry(9)))).toEqual([entry(1), entry(9)])
  })

  it('keeps an entry whose mark it does not know, as a tick', () => {
    const text = lines({ ...entry(1), mark: { kind: 'moved to the moon' } }, { ...entry(2), mark: { kind: 'start' } })
    expect(parseTimeline(text)).toEqual([entry(1), entry(2)])
  })
})
