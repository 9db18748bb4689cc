import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LogStream, LogView } from '../../../src-main/core/log-row.ts'
import { LogRows, tailOf } from '../../../src-main/core/log-rows.ts'
import { Timeline } from '../../../src-main/core/timeline.ts'
import type { TimelineEntry } from '../../../src-main/core/timeline-entry.ts'
import { linesOf, modelRows } from '../../support/log-model.ts'

const VIEWS: readonly LogView[] = ['stdout', 'stderr', 'merged']

interface Step {
  readonly stdout: string
  readonly stderr: string
  readonly mark: boolean
  readonly untimed: boolean
  readonly wait: number
}

const output = fc
  .array(fc.constantFrom('a', 'bc', '\n', '\n\n', 'ERROR: x'), { maxLength: 5 })
  .map((parts) => parts.join(''))
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({ stdout: output, stderr: output, mark: fc.boolean(), untimed: fc.boolean(), wait: fc.nat(2) }),
  { maxLength: 12 },
)

function worldOf(all: readonly Step[]) {
  const printed = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) }
  const entries: TimelineEntry[] = []
  let time = 1000
  for (const [index, step] of all.entries()) {
    printed.stdout = Buffer.concat([printed.stdout, Buffer.from(step.stdout)])
    printed.stderr = Buffer.concat([printed.stderr, Buffer.from(step.stderr)])
    time += step.wait
    entries.push({
      n: index + 1,
      time,
      stdout: printed.stdout.length,
      stderr: printed.stderr.length,
      ...(step.untimed ? { untimed: true as const } : {}),
      ...(step.mark ? { mark: { kind: 'start' as const, pid: index } } : {}),
    })
  }
  return { entries, printed, timeline: Timeline.of(entries) }
}

function begunOf(entries: readonly TimelineEntry[], printed: Record<LogStream, Buffer>, stream: LogStream, base = 0) {
  const begins = linesOf(printed[stream])
    .map(({ begin }) => begin)
    .filter((begin) => begin >= base)
  return entries.map((entry) => begins.filter((begin) => begin < entry[stream]).length)
}

function rowsOf(view: LogView, world: ReturnType<typeof worldOf>): LogRows {
  const { entries, printed, timeline } = world
  const begun = { stdout: begunOf(entries, printed, 'stdout'), stderr: begunOf(entries, printed, 'stderr') }
  const rows = new LogRows(timeline, view, begun)
  rows.grow()
  return rows
}

describe.each(VIEWS)('rows of %s', (view) => {
  it('are those of a plain merge, and every line is found by its number', () => {
    fc.assert(
      fc.property(steps, fc.nat(40), fc.nat(40), (all, from, count) => {
        const world = worldOf(all)
        const rows = rowsOf(view, world)
        const model = modelRows(view, world.entries, world.printed)
        expect(rows.endRow).toBe(model.length)
        const items = rows.items(from, from + count)
        expect(items.length).toBe(Math.max(0, Math.min(model.length - from, count)))
        for (const [index, item] of items.entries()) {
          const row = model[from + index]
          if (item.kind === 'mark') {
            expect(row).toEqual({
              kind: 'mark',
              time: world.timeline.timeOf(item.entry),
              mark: world.timeline.markOf(item.entry),
            })
          } else {
            const time = world.timeline.isUntimed(item.entry) ? null : world.timeline.timeOf(item.entry)
            expect(row).toMatchObject({ kind: 'line', stream: item.stream, line: item.line, time })
            expect(rows.rowOfLine(item.stream, item.line)).toBe(from + index)
          }
        }
        expect(rows.rowOfLine('stdout', 1000)).toBeNull()
      }),
    )
  })

  it('say how many lines of a stream are before any of them', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const world = worldOf(all)
        const rows = rowsOf(view, world)
        const model = modelRows(view, world.entries, world.printed)
        for (const stream of view === 'merged' ? (['stdout', 'stderr'] as const) : [view]) {
          for (let row = 0; row <= model.length; row += 1) {
            const before = model.slice(0, row).filter((other) => other.kind === 'line' && other.stream === stream)
            expect(rows.linesBefore(stream, row)).toBe(before.length)
          }
        }
      }),
    )
  })

  it('are found by time and by mark', () => {
    fc.assert(
      fc.property(steps, fc.nat(30), fc.nat(40), (all, later, row) => {
        const world = worldOf(all)
        const rows = rowsOf(view, world)
        const model = modelRows(view, world.entries, world.printed)
        const marks = model.flatMap((other, index) => (other.kind === 'mark' ? [index] : []))
        expect(rows.rowOfMark(row, 'next')).toBe(marks.find((mark) => mark >= row) ?? null)
        expect(rows.rowOfMark(row, 'previous')).toBe(marks.findLast((mark) => mark <= row) ?? null)
        const time = 1000 + later
        // Of lines without a time, that of their entry counts.
        const timed = modelRows(
          view,
          world.entries.map(({ untimed: _, ...entry }) => entry),
          world.printed,
        )
        const first = timed.findIndex((other) => (other.time ?? 0) >= time)
        expect(rows.rowOfTime(time)).toBe(first === -1 ? null : first)
      }),
    )
  })

  it('of a tail are the last rows under other numbers, wherever it is cut', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 60 }), (all, size) => {
        const world = worldOf(all)
        const { entries, printed, timeline } = world
        if (entries.length === 0) return
        const streams: readonly LogStream[] = view === 'merged' ? ['stdout', 'stderr'] : [view]
        const tail = tailOf(
          timeline,
          streams.map((stream) => ({ stream, first: 0, end: printed[stream].length })),
          size,
        )
        const bytes = streams.reduce((sum, stream) => sum + printed[stream].length - (tail.offsets[stream] ?? 0), 0)
        expect(bytes).toBe(
          Math.min(
            size,
            streams.reduce((sum, stream) => sum + printed[stream].length, 0),
          ),
        )
        const begun = Object.fromEntries(
          streams.map((stream) => [stream, begunOf(entries, printed, stream, tail.offsets[stream])]),
        )
        const rows = new LogRows(timeline, view, begun, tail.fromEntry)
        rows.grow()
        const whole = rowsOf(view, world)
        const shift = whole.endRow - rows.endRow
        const lost = (stream: LogStream) =>
          linesOf(printed[stream]).filter(({ begin }) => begin < (tail.offsets[stream] ?? 0)).length
        expect(
          rows
            .items(0, rows.endRow)
            .map((item) => (item.kind === 'line' ? { ...item, line: item.line + lost(item.stream) } : item)),
        ).toEqual(whole.items(shift, whole.endRow))
      }),
    )
  })
})

describe('a view of a hundred thousand entries', () => {
  it('finds any row among them', () => {
    const count = 100_000
    const entries = Array.from({ length: count }, (_, index) => ({
      n: index + 1,
      time: index,
      stdout: index * 10,
      stderr: 0,
      ...(index % 1000 === 0 ? { mark: { kind: 'start' as const, pid: index } } : {}),
    }))
    const begun = { stdout: entries.map((_, index) => index), stderr: entries.map(() => 0) }
    const rows = new LogRows(Timeline.of(entries), 'merged', begun)
    rows.grow()
    expect(rows.endRow).toBe(count - 1 + 100)
    for (let line = 0; line < count - 1; line += 997) {
      const row = rows.rowOfLine('stdout', line)
      expect(rows.items(row ?? 0, (row ?? 0) + 1)).toEqual([{ kind: 'line', stream: 'stdout', line, entry: line + 1 }])
    }
  })
})

describe('the first row that is left', () => {
  const entry = (n: number, stdout: number, stderr: number, mark = false): TimelineEntry => ({
    n,
    time: n,
    stdout,
    stderr,
    ...(mark ? { mark: { kind: 'start', pid: n } } : {}),
  })
  // Two-byte lines: of stdout 1, 2, 1 and of stderr 1, 1, 2 per entry, with a mark after the first and the second.
  const timeline = Timeline.of([entry(1, 2, 2, true), entry(2, 6, 4, true), entry(3, 8, 8)])
  const rows = new LogRows(timeline, 'merged', { stdout: [1, 3, 4], stderr: [1, 2, 4] })
  rows.grow()

  it.each([
    ['stdout', 0, 0, 0],
    ['stdout', 2, 1, 1], // its line of the first entry is lost
    ['stdout', 4, 2, 4], // one of two of the second
    ['stdout', 6, 3, 5], // both
    ['stderr', 2, 1, 2],
    ['stderr', 4, 2, 6],
    ['stderr', 6, 3, 9],
    ['stderr', 8, 4, 10],
    ['stdout', 3, 2, 4], // the rest of a torn line
  ] as const)('of %s without its first %d bytes, so from its line %d on, is row %d', (stream, offset, line, row) => {
    expect(rows.firstRowFrom(stream, offset, line)).toBe(row)
  })
})

describe('the end of a line that began before an entry', () => {
  it('hides nothing that was printed after that entry', () => {
    // stderr: lines begin at 0, 2 and 6, and the second goes on over the first entry.
    const timeline = Timeline.of([
      { n: 1, time: 1, stdout: 2, stderr: 3 },
      { n: 2, time: 2, stdout: 4, stderr: 8 },
    ])
    const rows = new LogRows(timeline, 'merged', { stdout: [1, 2], stderr: [2, 3] })
    rows.grow()
    expect(rows.firstRowFrom('stderr', 4, 2)).toBe(3)
  })
})

describe('a timeline', () => {
  const entry = (n: number, extra: Partial<TimelineEntry> = {}): TimelineEntry => ({
    n,
    time: n,
    stdout: n,
    stderr: n,
    ...extra,
  })

  it('takes each entry once, in order, and tells what is missing or contradicts it', () => {
    const timeline = Timeline.of([entry(3)])
    expect(timeline.append(entry(3))).toBe('known')
    expect(timeline.append(entry(1))).toBe('known')
    expect(timeline.append(entry(5))).toBe('gap')
    expect(timeline.append(entry(4))).toBe('added')
    expect(timeline.append(entry(6), true)).toBe('added')
    expect(timeline.append(entry(4, { stdout: 3 }))).toBe('conflict')
    expect(timeline.append(entry(7, { stdout: 5 }))).toBe('conflict')
    expect(timeline.append(entry(7, { time: 5 }))).toBe('conflict')
    expect([timeline.length, timeline.lastNumber, timeline.endOf('stdout')]).toEqual([3, 6, 6])
  })
})
