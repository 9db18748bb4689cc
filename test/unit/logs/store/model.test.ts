import { rmSync, truncateSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { temporaryDirectory } from '../../../support/temporary-directory.ts'
import { quiesce, StreamWorld, text, toTheEnd } from './stream-world.ts'

// Everything that can happen to a stream, in any order, against all that was ever printed in one buffer.

vi.setConfig({ testTimeout: 120_000 })

type Happening =
  | { readonly kind: 'print'; readonly bytes: number }
  | { readonly kind: 'rotate'; readonly by: 'copy' | 'rename' }
  | { readonly kind: 'read'; readonly at: number; readonly bytes: number }
  /** The app is killed at the n-th step of a rotation, a compression, a removal; the service prints on. */
  | { readonly kind: 'crash'; readonly during: 'rotate' | 'rename' | 'compress' | 'remove'; readonly step: number }
  | { readonly kind: 'compress' | 'remove' | 'clear' | 'refuse' | 'truncate' | 'delete-archive' | 'restart' }

const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('print' as const), bytes: fc.integer({ min: 16, max: 400 }) }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('rotate' as const), by: fc.constantFrom('copy', 'rename') }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('read' as const),
      at: fc.double({ min: 0, max: 1.1, noNaN: true }),
      bytes: fc.integer({ min: 1, max: 600 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('crash' as const),
      during: fc.constantFrom('rotate', 'rename', 'compress', 'remove'),
      step: fc.nat(12),
    }),
  },
  { weight: 3, arbitrary: fc.constant({ kind: 'compress' as const }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('remove', 'clear', 'refuse', 'truncate', 'delete-archive', 'restart'),
    }),
  },
)

/** What is known of the stream without looking at its files. Every text differs from all others in its first 16 bytes. */
class Model {
  world = new StreamWorld()
  reader = this.world.reader()
  /** Bytes before this offset may be gone. */
  mustHave = 0

  async happen(event: Happening): Promise<void> {
    const { world } = this
    switch (event.kind) {
      case 'print':
        world.print(text(event.bytes))
        expect(world.store.look().end).toBe(world.printed.length)
        return
      case 'rotate':
        await world.store.rotate({ quiesce: event.by === 'copy' ? quiesce : null })
        return
      case 'compress':
        await world.store.compressNewest(toTheEnd)
        return
      case 'remove':
        await this.#remove()
        return
      case 'clear':
        await world.store.clear()
        this.mustHave = world.printed.length
        return
      case 'refuse':
        await world.store.rotate({ quiesce: () => Promise.reject(new Error('no')) }).catch(() => undefined)
        return
      case 'truncate':
        this.#truncate()
        return
      case 'delete-archive':
        await this.#deleteArchive()
        return
      case 'restart':
        await this.#restart()
        return
      case 'crash':
        await this.#crash(event)
        return
      case 'read':
        await this.#read(Math.floor(event.at * world.printed.length), event.bytes)
    }
  }

  async check(): Promise<void> {
    const { world } = this
    expect(world.store.look().end).toBe(world.printed.length)
    for (const reader of [this.reader, world.reader()]) {
      const { first, end } = await reader.extent()
      expect(end).toBe(world.printed.length)
      expect(first).toBeLessThanOrEqual(this.mustHave)
      const all = Buffer.alloc(end - first)
      expect(await reader.read(first, all)).toBe(all.length)
      expect(all.equals(world.printed.subarray(first))).toBe(true)
    }
    expect(world.warnings).toEqual([])
  }

  async #remove(): Promise<void> {
    const end = await this.#endOfOldest()
    await this.world.store.removeOldest()
    this.mustHave = Math.max(this.mustHave, end)
  }

  /** Where the oldest archive ends of which there is a file. */
  async #endOfOldest(): Promise<number> {
    const { store } = this.world
    const number = (await store.archives()).at(-1)?.number ?? 0
    const oldest = this.world.segments().archives[number - 1]
    return oldest === undefined ? 0 : oldest.start + oldest.bytes
  }

  #truncate(): void {
    const { world } = this
    if (!world.files().includes('stdout.log')) return
    world.store.look()
    truncateSync(world.path('stdout.log'))
    expect(world.store.look().end).toBe(world.printed.length)
    this.mustHave = world.printed.length
    this.reader = world.reader()
  }

  async #deleteArchive(): Promise<void> {
    const { world } = this
    const [newest] = await world.store.archives()
    if (newest === undefined) return
    for (const suffix of ['', '.gz']) rmSync(world.path(`stdout.log.${newest.number}${suffix}`), { force: true })
    this.mustHave = world.segments().start
  }

  async #restart(): Promise<void> {
    const { world } = this
    world.print(text(30))
    world.newStore()
    await world.store.recover({ atLeast: world.printed.length - 30 })
  }

  async #crash({ during, step }: Extract<Happening, { kind: 'crash' }>): Promise<void> {
    const { world } = this
    const folder = temporaryDirectory()
    const end = await this.#endOfOldest()
    let steps = 0
    let hasCrashed = false
    world.onStep = () => {
      if (steps === step) {
        world.copyTo(folder)
        hasCrashed = true
      }
      steps += 1
    }
    const { printed } = world
    if (during === 'rotate') await world.store.rotate({ quiesce })
    else if (during === 'rename') await world.store.rotate({ quiesce: null })
    else if (during === 'compress') await world.store.compressNewest(toTheEnd)
    else await world.store.removeOldest()
    world.onStep = () => undefined
    if (during === 'remove') this.mustHave = Math.max(this.mustHave, end)
    if (!hasCrashed) return
    this.world = new StreamWorld(folder)
    this.world.printed = printed
    this.world.print(text(20))
    await this.world.store.recover({ atLeast: printed.length })
    this.reader = this.world.reader()
  }

  async #read(at: number, bytes: number): Promise<void> {
    const { printed } = this.world
    await this.reader.extent()
    const buffer = Buffer.alloc(bytes)
    const read = await this.reader.read(at, buffer)
    if (read === -1) {
      expect(at).toBeLessThan(this.mustHave)
      return
    }
    const expected = printed.subarray(at, at + bytes)
    if (at >= this.mustHave) expect(read).toBe(expected.length)
    expect(buffer.subarray(0, read).equals(expected.subarray(0, read))).toBe(true)
  }
}

async function happens(happenings: readonly Happening[]): Promise<void> {
  const model = new Model()
  for (const event of happenings) await model.happen(event)
  await model.check()
  await model.happen({ kind: 'restart' })
  await model.check()
}

describe('a stream to which anything happens in any order', () => {
  it('loses the archive that is there, where older ones were deleted by somebody else', () =>
    happens([
      { kind: 'print', bytes: 16 },
      { kind: 'rotate', by: 'copy' },
      { kind: 'print', bytes: 16 },
      { kind: 'rotate', by: 'copy' },
      { kind: 'delete-archive' },
      { kind: 'delete-archive' },
      { kind: 'print', bytes: 16 },
      { kind: 'crash', during: 'rotate', step: 7 },
      { kind: 'remove' },
    ]))

  it('is read as it was printed, from wherever its bytes lie', async () => {
    await fc.assert(fc.asyncProperty(fc.array(happening, { maxLength: 40, size: 'max' }), happens), { numRuns: 250 })
  })
})
