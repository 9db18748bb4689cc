import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import type { LogRow, LogStream, LogView } from '../../../../src-main/core/log-row.ts'
import { EngineWorld, KEY, VIEWS } from '../../../support/engine-world.ts'
import { linesOf } from '../../../support/log-model.ts'
import { temporaryDirectory } from '../../../support/temporary-directory.ts'
import { waitFor } from '../../../support/wait-for.ts'

vi.setConfig({ testTimeout: 120_000 })

const streams = fc.constantFrom<LogStream>('stdout', 'stderr')
interface Piece {
  readonly text: string
  readonly times: number
}
const piece: fc.Arbitrary<Piece> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .array(fc.constantFrom('a', 'é€', '\n', '\r\n', 'ERROR: x\n', '\x1b[31mE x\x1b[0m\n', '\n\n'), { maxLength: 8 })
      .map((parts) => ({ text: Buffer.from(parts.join('')).toString('latin1'), times: 1 })),
  },
  {
    weight: 3,
    arbitrary: fc
      .string({ unit: fc.nat(255).map((byte) => String.fromCharCode(byte)) })
      .map((text) => ({ text, times: 1 })),
  },
  // More lines, or longer ones, than lie between two anchors, and longer than what is shown.
  { weight: 1, arbitrary: fc.record({ text: fc.constant('line\n'), times: fc.integer({ min: 900, max: 2200 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({ text: fc.constant('\xe2\x82\xac'), times: fc.integer({ min: 5000, max: 6000 }) }),
  },
  { weight: 1, arbitrary: fc.record({ text: fc.constant('long'), times: fc.integer({ min: 120_000, max: 150_000 }) }) },
)
type Action =
  | { readonly do: 'print'; readonly stream: LogStream; readonly piece: Piece }
  | {
      readonly do: 'tick'
      readonly mark: boolean
      readonly untimed: boolean
      readonly wait: number
      readonly tell: boolean
    }
  | { readonly do: 'lose'; readonly stream: LogStream; readonly share: number }
  | { readonly do: 'reopen' | 'restart' }
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('print' as const), stream: streams, piece }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('tick' as const),
      mark: fc.boolean(),
      untimed: fc.boolean(),
      wait: fc.nat(2),
      tell: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('lose' as const), stream: streams, share: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('reopen' as const, 'restart' as const) }) },
)

async function carryOut(world: EngineWorld, step: Action): Promise<void> {
  switch (step.do) {
    case 'print':
      return world.print(step.stream, Buffer.from(step.piece.text.repeat(step.piece.times), 'latin1'))
    case 'tick': {
      const mark = step.mark ? { mark: { kind: 'start' as const, pid: world.entries.length } } : {}
      const entry = world.tick({ untimed: step.untimed, wait: step.wait, ...mark })
      // An entry that the engine is not told of is a gap that it finds later.
      if (step.tell) await world.engine.advance(KEY, [entry])
      return
    }
    case 'lose': {
      // What is lost before it was ever counted is another matter: counting begins behind it.
      await world.advance()
      const covered = world.covered()[step.stream]
      const last = linesOf(covered).at(-1)
      if (last !== undefined) world.bytes[step.stream].loseBefore(step.share % Math.max(1, last.begin))
      return
    }
    case 'restart':
      await world.engine.release()
      world.restart()
      for (const view of VIEWS) await world.open(view)
      return
    case 'reopen':
      for (const view of VIEWS) await world.close(view)
      for (const view of VIEWS) await world.open(view)
  }
}

async function compare(world: EngineWorld, view: LogView): Promise<void> {
  const { engine } = world
  const model = world.model(view)
  const extent = await world.open(view)
  const { firstRow } = extent
  expect(extent).toMatchObject({ endRow: model.length, counting: null })
  expect(world.modelFirstRows(view).map((row) => Math.min(row, model.length))).toContain(firstRow)
  expect(await world.rows(view, 700)).toEqual(model.slice(firstRow))
  await compareJumps(world, view, model, firstRow, extent.epoch)
  // What a search is given leads to the same rows.
  for (const span of (await engine.spans(KEY, view, extent.epoch)) ?? []) {
    const bytes = world.bytes[span.stream].printed.subarray(span.fromOffset, span.toOffset)
    const numbers = linesOf(bytes).map((_line, index) => span.fromLine + index)
    const expected = numbers
      .map((line) => model.findIndex((row) => row.kind === 'line' && row.stream === span.stream && row.line === line))
      .filter((row) => row >= firstRow)
    expect(await engine.rowsOf(KEY, view, extent.epoch, span.stream, numbers)).toEqual(expected)
  }
}

async function compareJumps(world: EngineWorld, view: LogView, model: LogRow[], firstRow: number, epoch: number) {
  const { engine } = world
  const isError = (row: LogRow) => row.kind === 'line' && row.level === 'error'
  const at = Math.floor((firstRow + model.length) / 2)
  const rowWhere = (holds: (row: LogRow, index: number) => boolean) => {
    const index = model.findIndex((row, place) => place >= firstRow && holds(row, place))
    return index === -1 ? null : index
  }
  const lastWhere = (holds: (row: LogRow) => boolean) => {
    const index = model.findLastIndex((row, place) => place >= firstRow && place <= at && holds(row))
    return index === -1 ? null : index
  }
  for (const [to, holds] of [
    ['error', isError],
    ['mark', (row: LogRow) => row.kind === 'mark'],
  ] as const) {
    expect(await engine.find(KEY, view, epoch, at, { to, direction: 'next' })).toBe(
      rowWhere((row, index) => index >= at && holds(row)),
    )
    expect(await engine.find(KEY, view, epoch, at, { to, direction: 'previous' })).toBe(lastWhere(holds))
  }
  const picked = [at, firstRow - 1, firstRow, model.length, model.length - 1, at].filter((row) => row >= 0)
  expect(await engine.rows(KEY, view, epoch, picked)).toEqual(
    picked.map((row) => (row < firstRow ? null : (model[row] ?? null))),
  )
  const row = model[at]
  if (row?.kind !== 'line' || row.line === null || at < firstRow) return
  const { stream, line } = row
  expect(await engine.find(KEY, view, epoch, 0, { to: 'line', stream, line })).toBe(at)
}

describe('the engine', () => {
  it('may know of a line that begins exactly where the bytes do since a second loss', async () => {
    const world = new EngineWorld(temporaryDirectory())
    for (const view of VIEWS) await world.open(view)
    world.print('stdout', 'one\n\r\n\0')
    await world.advance()
    world.bytes.stdout.loseBefore(1)
    await world.advance()
    world.bytes.stdout.loseBefore(4)
    await world.advance()
    for (const view of VIEWS) await compare(world, view)
    expect(await world.open('stdout')).toMatchObject({ firstRow: 1, endRow: 3 })
  })

  it('shows what a plain model shows, whatever is printed, told, lost or reopened', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 14, size: 'max' }), async (actions) => {
        const world = new EngineWorld(temporaryDirectory())
        for (const view of VIEWS) await world.open(view)
        for (const step of actions) await carryOut(world, step)
        await world.advance()
        for (const view of VIEWS) await compare(world, view)
      }),
      { numRuns: 150 },
    )
  })

  it('shows the end first and keeps every row when all is counted, whatever is printed meanwhile', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          action.filter((step) => step.do === 'print' || step.do === 'tick'),
          { maxLength: 12, size: 'max' },
        ),
        fc.array(
          action.filter((step) => step.do === 'print' || step.do === 'tick'),
          { maxLength: 6 },
        ),
        fc.constantFrom(...VIEWS),
        fc.integer({ min: 8, max: 300 }),
        async (before, meanwhile, view, tailBytes) => {
          const world = new EngineWorld(temporaryDirectory(), { countAtOnceBytes: 100, tailBytes })
          const shown: readonly LogStream[] = view === 'merged' ? ['stdout', 'stderr'] : [view]
          for (const stream of shown) world.print(stream, `${'some text\n'.repeat(40)}`)
          for (const step of before) await carryOut(world, step)
          world.tick()
          for (const stream of shown) world.print(stream, '\nend\n')
          world.tick()
          // Counting begins at the first byte; it waits there until the end was looked at.
          let count: () => void = () => undefined
          const isCounting = new Promise<void>((resolve) => {
            count = resolve
          })
          for (const stream of shown)
            world.bytes[stream].beforeRead = (offset) => (offset === 0 ? isCounting : undefined)

          const opened = await world.open(view)
          expect(opened.counting).toBeLessThan(1)
          for (const step of meanwhile) await carryOut(world, step)
          await world.advance()
          const tail = await world.open(view)
          expect(tail.epoch).toBe(opened.epoch)
          const ends = await world.rows(view)
          const model = world.model(view)
          const shift = model.length - ends.length
          expect(ends).toEqual(model.slice(shift).map((row) => (row.kind === 'line' ? { ...row, line: null } : row)))
          expect(ends.length).toBe(tail.endRow)

          count()
          const change = await waitFor(() => world.changes.find((other) => other.epoch !== tail.epoch), {
            what: 'the count',
          })
          expect(change).toMatchObject({
            view,
            counting: null,
            moved: { fromEpoch: tail.epoch, shift },
            endRow: model.length,
          })
          expect(await world.engine.page(KEY, view, tail.epoch, 0, 1)).toBeNull()
          await compare(world, view)
        },
      ),
      { numRuns: 120 },
    )
  })
})
