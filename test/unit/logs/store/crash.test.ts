import { readdirSync, rmSync } from 'node:fs'
import { describe, expect, it, vi } from 'vitest'
import { temporaryDirectory } from '../../../support/temporary-directory.ts'
import { quiesce, readAll, StreamWorld, text, toTheEnd } from './stream-world.ts'

// A crash is a copy of the folder, made in the middle of things.

vi.setConfig({ testTimeout: 60_000 })

interface Crash {
  readonly step: string
  readonly world: StreamWorld
}

/** Does something, and has the app crash after each of its steps. */
async function crashAtEachStep(world: StreamWorld, work: () => Promise<unknown>): Promise<Crash[]> {
  const crashes: Crash[] = []
  world.onStep = (step) => {
    const crashed = new StreamWorld(temporaryDirectory())
    world.copyTo(crashed.folder)
    crashed.printed = world.printed
    crashes.push({ step, world: crashed })
  }
  await work()
  world.onStep = () => undefined
  return crashes
}

/** With archives: raw, compressed, and one that is gone. */
async function worldWithArchives(): Promise<StreamWorld> {
  const world = new StreamWorld()
  for (const bytes of [3000, 2000, 4000]) await world.rotated(text(bytes))
  while (await world.store.compressNewest(toTheEnd));
  for (const bytes of [1000, 2500]) await world.rotated(text(bytes))
  world.print(text(5000))
  world.store.look()
  return world
}

/** What a new start of the app must find, whatever happened. */
async function expectNothingLost({ world, step }: Crash): Promise<void> {
  const before = await readAll(world.reader()).catch(() => null)
  if (before !== null) {
    const { first, bytes } = before
    expect(bytes.equals(world.printed.subarray(first, first + bytes.length)), `bytes before recovery, ${step}`).toBe(
      true,
    )
  }
  world.newStore()
  await world.store.recover({ atLeast: 0 })
  expect(world.store.look().end, step).toBe(world.printed.length)
  world.print(text(700))
  const { first, bytes } = await readAll(world.reader())
  expect(first, step).toBe(0)
  expect(bytes.equals(world.printed), step).toBe(true)
  expect(world.concatenated().equals(world.printed), step).toBe(true)
  expect(world.segments(), step).toMatchObject({ generation: '0', rotating: null, isTruncating: false })
  expect(world.files().filter((name) => !/^stdout\.log(\.\d+(\.gz)?)?$/.test(name))).toEqual([])
  // And life goes on.
  await world.rotated(text(900))
  while (await world.store.compressNewest(toTheEnd));
  expect((await readAll(world.reader())).bytes.equals(world.printed), step).toBe(true)
  expect(world.concatenated().equals(world.printed), step).toBe(true)
  expect(world.warnings).toEqual([])
}

describe('a crash in the middle of a rotation', () => {
  it.each(['copy', 'rename'] as const)('by %s loses and doubles nothing, whatever the step', async (by) => {
    const world = await worldWithArchives()
    const crashes = await crashAtEachStep(world, () => world.store.rotate({ quiesce: by === 'copy' ? quiesce : null }))
    const shift = ['moved 5', 'moved 4', 'moved 3', 'moved 2', 'moved 1', 'moved the new one', 'done']
    const first =
      by === 'copy'
        ? ['copied', 'copied the rest', 'committed', 'truncated', 'noted']
        : ['committed', 'renamed', 'noted']
    expect(crashes.map(({ step }) => step)).toEqual([...first, ...shift])
    for (const crash of crashes) await expectNothingLost(crash)
    await expectNothingLost({ step: 'none', world })
  })

  it.each(['copy', 'rename'] as const)('by %s, the first there ever was', async (by) => {
    const world = new StreamWorld()
    world.print(text(5000))
    const crashes = await crashAtEachStep(world, () => world.store.rotate({ quiesce: by === 'copy' ? quiesce : null }))
    for (const crash of crashes) await expectNothingLost(crash)
  })

  it.each(['copy', 'rename'] as const)('by %s with output right after it', async (by) => {
    const world = await worldWithArchives()
    const crashes = await crashAtEachStep(world, () => world.store.rotate({ quiesce: by === 'copy' ? quiesce : null }))
    for (const crash of crashes) {
      crash.world.print(text(8000))
      await expectNothingLost(crash)
    }
  })

  it('and a crash in the middle of the recovery from it', async () => {
    const world = await worldWithArchives()
    let count = 0
    for (const crash of await crashAtEachStep(world, () => world.store.rotate({ quiesce }))) {
      crash.world.newStore()
      const again = await crashAtEachStep(crash.world, () => crash.world.store.recover())
      for (const { step, world } of again) await expectNothingLost({ step: `${crash.step}, ${step}`, world })
      count += again.length
    }
    expect(count).toBeGreaterThan(20)
  })

  it('where the archives have a gap that a person made', async () => {
    const world = await worldWithArchives()
    rmSync(world.path('stdout.log.4.gz'))
    const begin = world.segments().archives[2].start
    for (const { step, world: crashed } of await crashAtEachStep(world, () => world.store.rotate({ quiesce }))) {
      crashed.newStore()
      await crashed.store.recover()
      crashed.print(text(100))
      const { first, bytes } = await readAll(crashed.reader())
      expect(first, step).toBe(begin)
      expect(bytes.equals(crashed.printed.subarray(begin)), step).toBe(true)
      expect(crashed.warnings).toEqual([])
    }
  })
})

describe('a crash', () => {
  it('in the middle of a compression loses and doubles nothing', async () => {
    const world = await worldWithArchives()
    const crashes = await crashAtEachStep(world, async () => {
      while (await world.store.compressNewest(toTheEnd));
    })
    expect(crashes.map(({ step }) => step)).toEqual(Array(2).fill(['compressed', 'renamed', 'removed']).flat())
    for (const crash of crashes) await expectNothingLost(crash)
  })

  it('between removing the oldest archive and saying so loses no more than that', async () => {
    const world = await worldWithArchives()
    const { archives } = world.segments()
    const crashes = await crashAtEachStep(world, () => world.store.removeOldest())
    expect(crashes.length).toBe(2)
    for (const { world: crashed } of crashes) {
      crashed.newStore()
      await crashed.store.recover()
      expect(crashed.segments().archives).toEqual(archives.slice(0, -1))
      const { first, bytes } = await readAll(crashed.reader())
      expect(first).toBe(archives.at(-2).start)
      expect(bytes.equals(crashed.printed.subarray(first))).toBe(true)
    }
  })

  it('in the middle of clearing leaves nothing of what was to be cleared in archives, and loses nothing new', async () => {
    const world = await worldWithArchives()
    const end = world.printed.length
    const crashes = await crashAtEachStep(world, () => world.store.clear())
    expect(new Set(crashes.map(({ step }) => step))).toEqual(new Set(['committed', 'truncated', 'removed', 'done']))
    for (const { step, world: crashed } of crashes) {
      crashed.print('new')
      crashed.newStore()
      await crashed.store.recover({ atLeast: end })
      const { first, bytes } = await readAll(crashed.reader())
      expect(first, step).toBe(end)
      expect(bytes.subarray(-3).toString(), step).toBe('new')
      if (step !== 'committed') expect(bytes.length, step).toBe(3)
      expect(readdirSync(crashed.folder).sort(), step).toEqual(['stdout.log', 'stdout.segments.json'])
    }
  })
})
