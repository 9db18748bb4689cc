import { randomBytes } from 'node:crypto'
import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { openLogBytes } from '../../../../src-main/logs/store/stream-bytes.ts'
import { temporaryDirectory } from '../../../support/temporary-directory.ts'
import { quiesce, readAll, StreamWorld, text, toTheEnd } from './stream-world.ts'

async function compressed(world: StreamWorld): Promise<void> {
  while (await world.store.compressNewest(toTheEnd));
}

describe('a reader', () => {
  it('takes a missing folder for an empty log', async () => {
    const reader = openLogBytes(`${temporaryDirectory()}/missing`, 'stderr')
    expect(await reader.read(0, Buffer.alloc(5))).toBe(0)
    expect(await reader.extent()).toEqual({ first: 0, end: 0, generation: '0' })
    await reader.release()
  })

  it('fills what it is given across all files, and says how much there was', async () => {
    const world = new StreamWorld()
    for (const bytes of [1000, 2000]) await world.rotated(text(bytes))
    await compressed(world)
    await world.rotated(text(300))
    world.print(text(40))
    const reader = world.reader()
    const buffer = Buffer.alloc(3300)
    expect(await reader.read(10, buffer)).toBe(3300)
    expect(buffer).toEqual(world.printed.subarray(10, 3310))
    expect(await reader.read(3300, buffer)).toBe(40)
    expect(buffer.subarray(0, 40)).toEqual(world.printed.subarray(3300))
    expect(await reader.read(3340, buffer)).toBe(0)
    expect(await reader.read(9999, buffer)).toBe(0)
    expect(await reader.read(0, Buffer.alloc(0))).toBe(0)
    await reader.release()
    expect(await reader.read(1, Buffer.alloc(1))).toBe(1)
  })

  it('reads compressed archives of many blocks from anywhere', async () => {
    const world = new StreamWorld()
    await world.rotated(text(300))
    world.print(Buffer.concat([randomBytes(2_000_000), Buffer.from(text(1_500_000))]))
    await world.store.rotate({ quiesce })
    await compressed(world)
    const reader = world.reader()
    for (const at of [3_500_299, 1_048_876, 1_048_875, 0, 300, 2_500_000, 299]) {
      const buffer = Buffer.alloc(1_200_000)
      const read = await reader.read(at, buffer)
      expect(read).toBe(Math.min(1_200_000, world.printed.length - at))
      expect(buffer.subarray(0, read).equals(world.printed.subarray(at, at + read))).toBe(true)
    }
  })

  it('says that an offset is gone: before what is left, or of another generation', async () => {
    const world = new StreamWorld()
    for (const bytes of [1000, 2000]) await world.rotated(text(bytes))
    const reader = world.reader()
    expect((await reader.extent()).first).toBe(0)
    await world.store.removeOldest()
    expect(await reader.read(999, Buffer.alloc(1))).toBe(-1)
    expect(await reader.read(1000, Buffer.alloc(1))).toBe(1)
    expect((await reader.extent()).first).toBe(1000)
    world.print('abc')
    world.store.look()
    truncateSync(world.path('stdout.log'))
    world.store.look()
    expect(await reader.read(3000, Buffer.alloc(1))).toBe(-1)
    expect(await reader.extent()).toMatchObject({ first: 3003, end: 3003 })
    expect(await reader.read(3003, Buffer.alloc(1))).toBe(0)
  })

  it('reads nothing older than an archive that a person removed', async () => {
    const world = new StreamWorld()
    for (const bytes of [1000, 2000, 3000]) await world.rotated(text(bytes))
    const reader = world.reader()
    rmSync(world.path('stdout.log.2'))
    expect(await reader.read(1500, Buffer.alloc(1))).toBe(-1)
    expect(await reader.read(500, Buffer.alloc(1000))).toBe(500)
    expect((await reader.extent()).first).toBe(3000)
  })

  it.each([
    ['foreign', () => gzipSync('by somebody else')],
    ['cut off', (bytes: Buffer) => bytes.subarray(0, -1)],
    ['empty', () => Buffer.alloc(0)],
    ['damaged', (bytes: Buffer) => Buffer.concat([bytes.subarray(0, -8), Buffer.alloc(8)])],
    ['another one', (_bytes: Buffer, other: Buffer) => other],
  ])('reads nothing of and before a compressed archive that is %s, and says so once', async (_what, change) => {
    const world = new StreamWorld()
    for (const bytes of [1000, 2000, 3000]) await world.rotated(text(bytes))
    await compressed(world)
    const path = world.path('stdout.log.2.gz')
    writeFileSync(path, change(readFileSync(path), readFileSync(world.path('stdout.log.3.gz'))))
    const reader = world.reader()
    await reader.extent()
    expect(await reader.read(1500, Buffer.alloc(1))).toBe(-1)
    expect(await reader.read(1600, Buffer.alloc(1))).toBe(-1)
    expect((await reader.extent()).first).toBe(3000)
    expect(world.warnings).toEqual([expect.stringContaining('stdout.log.2')])
    expect(await readAll(reader)).toEqual({ first: 3000, bytes: world.printed.subarray(3000) })
  })

  it('reads nothing of an archive that was cut off', async () => {
    const world = new StreamWorld()
    for (const bytes of [1000, 2000]) await world.rotated(text(bytes))
    truncateSync(world.path('stdout.log.2'), 900)
    const reader = world.reader()
    expect(await reader.read(10, Buffer.alloc(1))).toBe(-1)
    expect((await reader.extent()).first).toBe(1000)
    expect(world.warnings).toHaveLength(1)
  })

  it('reads on after segments that cannot be understood as if there were none', async () => {
    const world = new StreamWorld()
    world.print('abc')
    writeFileSync(world.path('stdout.segments.json'), 'nonsense')
    expect(await readAll(world.reader())).toEqual({ first: 0, bytes: Buffer.from('abc') })
  })

  it('at each step of everything reads what was printed and nothing else', async () => {
    const world = new StreamWorld()
    for (const bytes of [3000, 2000, 4000]) await world.rotated(text(bytes))
    await compressed(world)
    await world.rotated(text(1000))
    const reader = world.reader()
    const looks: Promise<void>[] = []
    const look = async () => {
      for (const known of [reader, world.reader()]) {
        const read = await readAll(known, 700)
        expect(read.first).toBe(0)
        expect(read.bytes.equals(world.printed.subarray(0, read.bytes.length))).toBe(true)
      }
    }
    // The steps do not wait for the reader, so that each look spans several of them.
    world.onStep = () => looks.push(look())
    for (const how of [quiesce, null]) {
      world.print(text(5000))
      await world.store.rotate({ quiesce: how })
    }
    await compressed(world)
    await Promise.all(looks)
    expect(looks.length).toBeGreaterThan(20)
  })
})
