import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import type * as promises from 'node:fs/promises'
import { describe, expect, it, vi } from 'vitest'
import { SegmentsFile } from '../../../../src-main/logs/store/segments-file.ts'
import { temporaryDirectory } from '../../../support/temporary-directory.ts'
import { quiesce, StreamWorld, text } from './stream-world.ts'

// What happens between two system calls of a reader, one after another.

const hooks = vi.hoisted(() => ({
  beforeOpen: (_path: string): void => undefined,
  /** Called at each list of a folder; says what is in it. */
  startList: (): ((name: string) => boolean) => () => true,
}))

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof promises>()
  const open: typeof real.open = (path, ...rest) => {
    hooks.beforeOpen(String(path))
    return real.open(path, ...rest)
  }
  const readdir = async (path: string, options: { withFileTypes: true }) => {
    const isListed = hooks.startList()
    return (await real.readdir(path, options)).filter(({ name }) => isListed(name))
  }
  return { ...real, open, readdir }
})

/** Archives of the same size, raw, and a rotation that waits for them to make room. */
async function waitingToShift(): Promise<StreamWorld> {
  const world = new StreamWorld()
  for (let archive = 0; archive < 4; archive += 1) await world.rotated(text(1000))
  world.print(text(1000))
  const waiting = new StreamWorld(temporaryDirectory())
  world.onStep = (step) => {
    if (step === 'noted') world.copyTo(waiting.folder)
  }
  await world.store.rotate({ quiesce })
  waiting.printed = world.printed
  return waiting
}

function move(world: StreamWorld, from: string, to: string): void {
  if (existsSync(world.path(from))) renameSync(world.path(from), world.path(to))
}

describe('a reader that looks for an archive while archives move', () => {
  it.each([0, 1, 2, 3, 4])('reads archive %s, wherever it has come to lie since it looked', async (archive) => {
    for (let moved = 0; moved <= 5; moved += 1) {
      const world = await waitingToShift()
      const steps: (readonly [string, string])[] = [4, 3, 2, 1].map((n) => [`stdout.log.${n}`, `stdout.log.${n + 1}`])
      steps.push(['stdout.rotating', 'stdout.log.1'])
      hooks.beforeOpen = (path) => {
        if (!path.includes('.log.') && !path.endsWith('.rotating')) return
        for (const [from, to] of steps.splice(0, moved)) move(world, from, to)
      }
      const buffer = Buffer.alloc(1000)
      expect(await world.reader().read(archive * 1000, buffer)).toBe(1000)
      hooks.beforeOpen = () => undefined
      expect(buffer.equals(world.printed.subarray(archive * 1000, archive * 1000 + 1000)), `${moved} moved`).toBe(true)
    }
  })

  it('is not led astray by a rotation that is finished, and another one, between two system calls', async () => {
    const world = new StreamWorld()
    for (let archive = 0; archive < 3; archive += 1) await world.rotated(text(1000))
    const reader = world.reader()
    await reader.extent()
    let rounds = 0
    hooks.beforeOpen = (path) => {
      if (!path.endsWith('.log.2') || rounds >= 2) return
      rounds += 1
      // Done by hand, since the reader does not wait: what is `.1` becomes `.2`.
      for (const n of [3, 2, 1]) move(world, `stdout.log.${n}`, `stdout.log.${n + 1}`)
      const segments = world.segments()
      new SegmentsFile(world.path('stdout.segments.json')).write({
        ...segments,
        start: segments.start + 1000,
        archives: [{ start: segments.start, bytes: 1000 }, ...segments.archives],
      })
      const added = text(1000)
      world.printed = Buffer.concat([world.printed, Buffer.from(added)])
      writeFileSync(world.path('stdout.log.1'), added)
    }
    const buffer = Buffer.alloc(1000)
    expect(await reader.read(1000, buffer)).toBe(1000)
    hooks.beforeOpen = () => undefined
    expect(rounds).toBeGreaterThan(0)
    expect(buffer.equals(world.printed.subarray(1000, 2000))).toBe(true)
  })
})

describe('a reader that lists a folder while its files get other names', () => {
  /** What is left out of the first `count` lists: what has just been renamed is there under neither name. */
  function leaveOut(left: RegExp, count: number): () => number {
    let lists = 0
    hooks.startList = () => {
      lists += 1
      const isWhole = lists > count
      return (name) => isWhole || !left.test(name)
    }
    return () => lists
  }

  it('does not take an archive for lost that one list does not have', async () => {
    const world = new StreamWorld()
    for (let archive = 0; archive < 3; archive += 1) await world.rotated(text(1000))
    for (const number of [1, 2, 3]) {
      const lists = leaveOut(new RegExp(`\\.log\\.${number}$`), 1)
      const { first, end } = await world.reader().extent()
      hooks.startList = () => () => true
      expect({ first, end, lists: lists() }).toEqual({ first: 0, end: 3000, lists: 2 })
    }
  })

  it('looks again and again while a rotation is under way', async () => {
    const world = await waitingToShift()
    leaveOut(/\.log\.2$/, 10)
    const { first, end } = await world.reader().extent()
    hooks.startList = () => () => true
    expect({ first, end }).toEqual({ first: 0, end: 5000 })
  })

  it('believes it in the end', async () => {
    const world = new StreamWorld()
    for (let archive = 0; archive < 3; archive += 1) await world.rotated(text(1000))
    rmSync(world.path('stdout.log.2'))
    expect(await world.reader().extent()).toMatchObject({ first: 2000, end: 3000 })
  })
})
