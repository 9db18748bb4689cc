import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { thinTimeline } from '../../../../src-main/core/thin-timeline.ts'
import type { TimelineEntry } from '../../../../src-main/core/timeline-entry.ts'
import {
  appendEntry,
  openTimeline,
  parseTimeline,
  readTimeline,
  shortenTimeline,
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
const linesOf = (values: readonly unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('')
const lines = (...values: unknown[]) => linesOf(values)

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
    expect(openTimeline(folder).last).toEqual(entry(4, { mark: { kind: 'adopted', pid: 7 } }))
  })

  it('is empty where there is none', async () => {
    expect(await readTimeline(temporaryDirectory())).toEqual([])
    expect(openTimeline(temporaryDirectory())).toEqual({ last: null, bytes: 0 })
  })

  it('loses of a torn last line only that line', async () => {
    const folder = temporaryDirectory()
    appendEntry(folder, entry(1))
    writeFileSync(timelineFile(folder), `${readFileSync(timelineFile(folder), 'utf8')}{"n":2,"ti`)
    expect(openTimeline(folder).last).toEqual(entry(1))
    appendEntry(folder, entry(2))
    expect(await readTimeline(folder)).toEqual([entry(1), entry(2)])
  })

  it('finds the newest entry of a long one without reading all of it', () => {
    const folder = temporaryDirectory()
    const count = 2_000
    writeFileSync(timelineFile(folder), lines(...Array.from({ length: count }, (_, index) => entry(index + 1))))
    expect(openTimeline(folder).last).toEqual(entry(count))
  })
})

describe('a long timeline', () => {
  const count = 130_000
  const isMark = (n: number) => n % 5_000 === 7
  const isUntimed = (n: number) => n % 3_001 === 11
  const long = Array.from({ length: count }, (_, index) => {
    const n = index + 1
    return entry(n, {
      ...(isMark(n) ? { mark: { kind: 'start', pid: n } as const } : {}),
      ...(isUntimed(n) ? { untimed: true } : {}),
    })
  })

  it('becomes shorter, and keeps its newest part, its marks, and what has no time', async () => {
    const folder = temporaryDirectory()
    writeFileSync(timelineFile(folder), linesOf(long))
    const before = openTimeline(folder)
    const bytes = await shortenTimeline(folder)
    const shorter = await readTimeline(folder)
    expect(openTimeline(folder)).toEqual({ last: before.last, bytes })
    expect(shorter.length).toBeLessThan(42_000)
    expect(shorter.slice(-20_000)).toEqual(long.slice(-20_000))
    expect(shorter.filter(({ mark }) => mark !== undefined)).toEqual(long.filter(({ mark }) => mark !== undefined))
    const timed = (entries: readonly TimelineEntry[]) => {
      // Bytes of stdout that have a time.
      let last = 0
      let sum = 0
      for (const { stdout, untimed } of entries) {
        if (untimed === undefined) sum += stdout - last
        last = stdout
      }
      return sum
    }
    expect(timed(shorter)).toBe(timed(long))
  })

  it('of ordinary length stays as it is', () => {
    expect(thinTimeline(long.slice(0, 40_000))).toEqual(long.slice(0, 40_000))
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
