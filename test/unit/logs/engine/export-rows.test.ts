import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { withoutControlSequences } from '../../../../src-main/core/log-level.ts'
import type { LogStream, LogView } from '../../../../src-main/core/log-row.ts'
import { EngineWorld, KEY, VIEWS } from '../../../support/engine-world.ts'
import { linesOf } from '../../../support/log-model.ts'
import { temporaryDirectory } from '../../../support/temporary-directory.ts'

vi.setConfig({ testTimeout: 60_000 })

async function exported(world: EngineWorld, view: LogView, from: number, to: number, withTimes = false) {
  const file = join(world.folder, 'out.txt')
  const { epoch } = await world.open(view)
  const result = await world.engine.export(KEY, view, epoch, from, to, file, { withTimes })
  return { ...result, text: readFileSync(file, 'latin1') }
}

/** The same by the plainest means: every line whole, by itself. */
function expected(world: EngineWorld, view: LogView, from: number, to: number, withTimes: boolean): string {
  const covered = world.covered()
  const lines = { stdout: linesOf(covered.stdout), stderr: linesOf(covered.stderr) }
  const rows = world.model(view).slice(from, to)
  return rows
    .map((row) => {
      const time = row.time === null ? ' '.repeat(24) : new Date(row.time).toISOString()
      const text =
        row.kind === 'mark'
          ? `--- started, pid ${row.mark.kind === 'start' ? row.mark.pid : 0} ---`
          : withoutControlSequences(lines[row.stream][row.line ?? -1]?.bytes.toString('latin1') ?? '').replace(
              /\r$/,
              '',
            )
      return `${withTimes ? `${time} ` : ''}${text}\n`
    })
    .join('')
}

describe('exported text', () => {
  it('is that of the rows, whole and without control sequences', async () => {
    const piece = fc
      .array(
        fc.constantFrom(
          'some text',
          '\n',
          '\r\n',
          '\r',
          '\n\n',
          '\x1b[1;31m',
          '\x1b[0m',
          '\x1b',
          '\xff',
          '\xc3\xa9',
          '\x1b]0;title\x07',
          '\x1b]0;x',
        ),
        { maxLength: 12, size: 'max' },
      )
      .map((parts) => parts.join(''))
    const step = fc.record({
      stream: fc.constantFrom<LogStream>('stdout', 'stderr'),
      piece,
      tick: fc.boolean(),
      mark: fc.boolean(),
      untimed: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 10 }),
        fc.constantFrom(...VIEWS),
        fc.nat(10),
        fc.nat(60),
        fc.boolean(),
        async (steps, view, from, count, withTimes) => {
          const world = new EngineWorld(temporaryDirectory())
          for (const [index, { stream, piece: text, tick, mark, untimed }] of steps.entries()) {
            world.print(stream, Buffer.from(text, 'latin1'))
            if (tick) world.tick({ untimed, ...(mark ? { mark: { kind: 'start', pid: index } } : {}) })
          }
          world.tick()
          const { rows, text } = await exported(world, view, from, from + count, withTimes)
          expect(text).toBe(expected(world, view, from, from + count, withTimes))
          expect(rows).toBe(Math.max(0, Math.min(count, world.model(view).length - from)))
        },
      ),
      { numRuns: 150 },
    )
  })

  it('holds lines of any length, and sequences wherever a piece of one ends', async () => {
    const world = new EngineWorld(temporaryDirectory())
    const coloured = '\x1b[31mred\x1b[0m and more of it '
    const long = coloured.repeat(40_000)
    world.print('stdout', `first\n${long}\r\nlast\n${long}`)
    world.tick()
    const { text, rows } = await exported(world, 'stdout', 0, 10)
    expect(rows).toBe(4)
    const plain = 'red and more of it '.repeat(40_000)
    expect(text === `first\n${plain}\nlast\n${plain}\n`).toBe(true)
    // Beginning behind a long line.
    expect((await exported(world, 'stdout', 2, 3)).text).toBe('last\n')
  })

  it('says what marks mean', async () => {
    const world = new EngineWorld(temporaryDirectory())
    world.tick({ mark: { kind: 'start', pid: 42 } })
    world.tick({ mark: { kind: 'adopted', pid: 42 } })
    world.tick({ mark: { kind: 'end', reason: 'crashed with exit code 3' } })
    expect((await exported(world, 'merged', 0, 9)).text).toBe(
      '--- started, pid 42 ---\n--- taken over, pid 42 ---\n--- crashed with exit code 3 ---\n',
    )
  })

  it('is no file if it could not be written or the log changed meanwhile', async () => {
    const world = new EngineWorld(temporaryDirectory())
    world.print('stdout', 'one\n')
    world.tick()
    const { epoch } = await world.open('stdout')
    const nowhere = join(world.folder, 'missing', 'out.txt')
    await expect(world.engine.export(KEY, 'stdout', epoch, 0, 1, nowhere, { withTimes: false })).rejects.toThrow(
      'ENOENT',
    )
    const file = join(world.folder, 'out.txt')
    world.bytes.stdout.beforeRead = () => {
      world.bytes.stdout.beforeRead = () => undefined
      world.bytes.stdout.replace('other\n')
    }
    expect(await world.engine.export(KEY, 'stdout', epoch, 0, 1, file, { withTimes: false })).toBeNull()
    expect(existsSync(file)).toBe(false)
  })
})
