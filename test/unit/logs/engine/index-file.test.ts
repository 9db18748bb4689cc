import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { EngineWorld } from '../../../support/engine-world.ts'
import { temporaryDirectory } from '../../../support/temporary-directory.ts'

const SIZE = 60_000

/** A service whose output was looked at and counted, and is not looked at any longer. */
async function countedWorld(): Promise<EngineWorld> {
  const world = new EngineWorld(temporaryDirectory())
  for (let tick = 0; tick < 4; tick += 1) {
    world.print('stdout', 'a line of text\n'.repeat(SIZE / 60))
    world.tick()
  }
  await world.open('stdout')
  await world.close('stdout')
  world.restart()
  return world
}

const fileOf = (world: EngineWorld) => join(world.folder, 'stdout.index.json')

/** Opens it, compares all of it with what it should be, and gives the bytes that opening it read. */
async function reopen(world: EngineWorld): Promise<number> {
  const before = world.bytes.stdout.readBytes
  await world.open('stdout')
  const read = world.bytes.stdout.readBytes - before
  expect(await world.rows('stdout')).toEqual(world.model('stdout'))
  return read
}

describe('a saved index', () => {
  it('saves counting, but for what was printed since', async () => {
    const world = await countedWorld()
    world.print('stdout', 'more\n')
    world.tick()
    expect(await reopen(world)).toBeLessThan(3000)
    expect(readdirSync(world.folder)).toEqual(['stdout.index.json'])
  })

  it('is written anew when there is more', async () => {
    const world = await countedWorld()
    world.print('stdout', 'more\n'.repeat(1000))
    world.tick()
    await reopen(world)
    await world.close('stdout')
    world.restart()
    expect(await reopen(world)).toBeLessThan(3000)
  })

  it('is whole if it is longer than what is written at once', async () => {
    const world = new EngineWorld(temporaryDirectory())
    for (let tick = 0; tick < 10_000; tick += 1) {
      world.print('stdout', 'one line\n'.repeat(tick % 3))
      world.tick()
    }
    await world.open('stdout')
    await world.close('stdout')
    world.restart()
    expect(await reopen(world)).toBeLessThan(3000)
    const { index } = JSON.parse(readFileSync(fileOf(world), 'utf8'))
    expect(index.countedOffsets.length).toBeGreaterThan(6000)
    expect(index.countedOffsets).toHaveLength(index.counts.length)
  })

  it.each<[string, (world: EngineWorld) => void]>([
    ['is missing', (world) => rmSync(fileOf(world))],
    ['is torn', (world) => writeFileSync(fileOf(world), readFileSync(fileOf(world)).subarray(0, 300))],
    ['is no JSON', (world) => writeFileSync(fileOf(world), 'no')],
    ['is something else', (world) => writeFileSync(fileOf(world), '{"version":1,"check":"","index":{"scanned":5}}')],
    [
      'was tampered with',
      (world) => writeFileSync(fileOf(world), readFileSync(fileOf(world), 'utf8').replace(/"begun":\d+/, '"begun":7')),
    ],
    [
      'is of another version',
      (world) =>
        writeFileSync(fileOf(world), readFileSync(fileOf(world), 'utf8').replace('"version":1', '"version":0')),
    ],
    [
      'is of a log that was replaced by a longer one',
      (world) => {
        world.bytes.stdout.replace('other\n'.repeat(20_000))
        world.entries = []
        world.tick()
      },
    ],
    [
      'is of another timeline',
      (world) => {
        world.entries = world.entries.map((entry, index) =>
          index === 1 ? { ...entry, stdout: entry.stdout - 7 } : entry,
        )
      },
    ],
  ])('that %s is made anew', async (_what, spoil) => {
    const world = await countedWorld()
    spoil(world)
    expect(await reopen(world)).toBeGreaterThanOrEqual(SIZE)
    await world.close('stdout')
    world.restart()
    expect(await reopen(world)).toBeLessThan(3000)
  })

  it('of the same length and generation but other bytes is not believed', async () => {
    const world = await countedWorld()
    const other = new EngineWorld(world.folder)
    for (const entry of world.entries) {
      other.print(
        'stdout',
        'other lines\nof text!\n'.repeat(SIZE).slice(0, entry.stdout - other.covered().stdout.length),
      )
      other.tick()
    }
    expect(await reopen(other)).toBeGreaterThanOrEqual(SIZE)
  })

  it('may be missing for ever: a folder that cannot be written to is no problem', async () => {
    const world = await countedWorld()
    rmSync(world.folder, { recursive: true })
    await reopen(world)
    await world.close('stdout')
    expect(existsSync(world.folder)).toBe(false)
    await reopen(world)
  })

  it('is written while more and more is printed, not only in the end', async () => {
    const world = await countedWorld()
    rmSync(fileOf(world))
    await world.open('stdout')
    const chunk = Buffer.alloc(33 * 1024 * 1024, 'a line of text\n')
    for (let count = 0; count < 2; count += 1) {
      world.print('stdout', chunk)
      await world.advance()
    }
    expect(existsSync(fileOf(world))).toBe(true)
  })
})
