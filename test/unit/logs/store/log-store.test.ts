import { appendFileSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type BudgetArchive, chooseRemovals } from '../../../../src-main/logs/store/budget.ts'
import { LogStore, type LogStoreOptions } from '../../../../src-main/logs/store/log-store.ts'
import { OneAtATime } from '../../../../src-main/logs/store/one-at-a-time.ts'
import { NotNowError } from '../../../../src-main/logs/store/rotate-stream.ts'
import { openLogBytes } from '../../../../src-main/logs/store/stream-bytes.ts'
import { temporaryDirectory } from '../../../support/temporary-directory.ts'
import { waitFor } from '../../../support/wait-for.ts'
import { quiesce, readAll, text } from './stream-world.ts'

const archive = (number: number, bytes: number, mtimeMs: number, willBeCompressed = false): BudgetArchive => ({
  number,
  bytes,
  mtimeMs,
  willBeCompressed,
})
const budget = (maxBytes: number, currentBytes = 0) => ({ maxBytes, currentBytes })

describe('the budget', () => {
  const streams = [
    [archive(1, 10, 900), archive(2, 10, 500), archive(3, 10, 100)],
    [archive(1, 10, 600), archive(2, 10, 300)],
  ]

  it('removes the oldest of all streams until the rest fits', () => {
    expect(chooseRemovals(streams, budget(50))).toEqual([])
    expect(chooseRemovals(streams, budget(49))).toEqual([0])
    expect(chooseRemovals(streams, budget(25, 5))).toEqual([0, 1, 0])
    expect(chooseRemovals(streams, budget(0, 100))).toEqual([0, 1, 0, 1, 0])
  })

  it('spares the newest while it is about to be compressed', () => {
    const raw = [[archive(1, 1000, 900, true), archive(2, 10, 500, true)], [archive(1, 10, 950)]]
    expect(chooseRemovals(raw, budget(20))).toEqual([0, 1])
    const failed = [[archive(1, 1000, 900)], [archive(1, 10, 950)]]
    expect(chooseRemovals(failed, budget(20))).toEqual([0])
  })

  it('leaves what fits, and removes no more than it has to', () => {
    const archives = fc.array(fc.record({ bytes: fc.nat(100), mtimeMs: fc.nat(50), willBeCompressed: fc.boolean() }), {
      maxLength: 10,
    })
    fc.assert(
      fc.property(fc.array(archives, { maxLength: 3 }), fc.nat(500), fc.nat(100), (found, maxBytes, currentBytes) => {
        const streams = found.map((list) => list.map((one, index) => ({ ...one, number: index + 1 })))
        const left = streams.map((list) => [...list])
        const total = () => currentBytes + left.flat().reduce((sum, { bytes }) => sum + bytes, 0)
        for (const index of chooseRemovals(streams, budget(maxBytes, currentBytes))) {
          expect(total()).toBeGreaterThan(maxBytes)
          left[index]?.pop()
        }
        const isSpared = (one: BudgetArchive) => one.number === 1 && one.willBeCompressed
        expect(total() <= maxBytes || left.flat().every(isSpared)).toBe(true)
      }),
    )
  })
})

function logs(options: Partial<LogStoreOptions> = {}) {
  const folder = temporaryDirectory()
  const warnings: string[] = []
  const store = new LogStore(folder, {
    limits: { maxFileBytes: 10_000, maxTotalBytes: 1_000_000 },
    quiesce: () => quiesce,
    warn: (message) => warnings.push(message),
    ...options,
  })
  const printed = { stdout: '', stderr: '' }
  return {
    folder,
    warnings,
    store,
    printed,
    print(stream: 'stdout' | 'stderr', bytes: number) {
      const more = text(bytes)
      appendFileSync(join(folder, `${stream}.log`), more)
      printed[stream] += more
    },
    look() {
      return [store.stdout.look().end, store.stderr.look().end]
    },
    files: () => readdirSync(folder).filter((name) => !name.endsWith('.json')),
    sizes: () =>
      readdirSync(folder)
        .filter((name) => name.includes('.log'))
        .map((name) => statSync(join(folder, name)).size),
    async readAll(stream: 'stdout' | 'stderr') {
      const { first, bytes } = await readAll(openLogBytes(folder, stream))
      return { first, text: bytes.toString() }
    },
  }
}

describe('the logs of a service', () => {
  it('are rotated when they are too long, and compressed in the background', async () => {
    const { store, print, look, files, printed, readAll, warnings } = logs()
    await store.recover({ stdout: 0, stderr: 0 })
    print('stdout', 10_000)
    print('stderr', 10)
    look()
    expect(store.isDue).toBe(false)
    print('stdout', 1)
    look()
    expect(store.isDue).toBe(true)
    const tending = store.tend()
    expect(store.isDue).toBe(false)
    expect(store.tend()).toBe(tending)
    await tending
    expect(store.isDue).toBe(false)
    await store.settled()
    expect(files().sort()).toEqual(['stderr.log', 'stdout.log', 'stdout.log.1.gz'])
    print('stdout', 20)
    expect(look()).toEqual([10_021, 10])
    expect(await readAll('stdout')).toEqual({ first: 0, text: printed.stdout })
    expect(await readAll('stderr')).toEqual({ first: 0, text: printed.stderr })
    expect(warnings).toEqual([])
  })

  it('keep to their budget, the oldest archives go', async () => {
    const { store, print, look, sizes, printed, readAll } = logs({
      limits: { maxFileBytes: 10_000, maxTotalBytes: 30_000 },
    })
    for (let round = 0; round < 40; round += 1) {
      print('stdout', 12_000)
      if (round % 3 === 0) print('stderr', 11_000)
      look()
      await store.tend()
      await store.settled()
      expect(sizes().reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(30_000)
    }
    for (const stream of ['stdout', 'stderr'] as const) {
      const { first, text } = await readAll(stream)
      expect(first).toBeGreaterThan(0)
      expect(text.length).toBeGreaterThan(12_000)
      expect(text).toBe(printed[stream].slice(first))
    }
    // Both go back about as far: neither stream's oldest was spared.
    const oldest = async (stream: 'stdout' | 'stderr') => Number((await readAll(stream)).text.match(/\d{10}/)?.[0])
    expect(Math.abs((await oldest('stdout')) - (await oldest('stderr')))).toBeLessThan(8 * 1500)
  })

  it('that nobody writes to are renamed, and a huge one is compressed before it counts', async () => {
    const { store, print, look, files, printed, readAll } = logs({
      quiesce: () => null,
      limits: { maxFileBytes: 10_000, maxTotalBytes: 2_000_000 },
    })
    print('stdout', 5_000_000)
    await store.recover({ stdout: 0, stderr: 0 })
    look()
    await store.tend()
    expect(files()).not.toContain('stdout.log')
    await store.settled()
    expect(files()).toEqual(['stdout.log.1.gz'])
    expect((await readAll('stdout')).text === printed.stdout).toBe(true)
    expect(look()).toEqual([5_000_000, 0])
  })

  it('that do not fit even when compressed go', async () => {
    const { store, print, look, files } = logs({ limits: { maxFileBytes: 10_000, maxTotalBytes: 200 } })
    print('stdout', 50_000)
    look()
    await store.tend()
    await store.settled()
    expect(files()).toEqual(['stdout.log'])
    expect(look()).toEqual([50_000, 0])
  })

  it('whose writers cannot be stopped are tried again later, each time a longer while', async () => {
    let [now, asked] = [0, 0]
    const { store, print, look, warnings, files } = logs({
      now: () => now,
      quiesce: () => async () => {
        asked += 1
        throw new Error('no')
      },
    })
    print('stdout', 20_000)
    look()
    const tendIfDue = async () => {
      if (store.isDue) await store.tend()
    }
    for (; now < 30_000; now += 1_000) await tendIfDue()
    expect(asked).toBe(4)
    expect(warnings).toHaveLength(4)
    expect(warnings[0]).toContain('could not be rotated and will be later: no')
    expect(files()).toEqual(['stdout.log'])
  })

  it('of a service that is just being started or stopped wait for it without a word', async () => {
    let [now, isSteady] = [0, false]
    const { store, print, look, warnings, files } = logs({
      now: () => now,
      quiesce: () => async (work) => {
        if (!isSteady) throw new NotNowError('being stopped')
        return work()
      },
    })
    print('stdout', 20_000)
    look()
    await store.tend()
    expect(store.isDue).toBe(false)
    now += 2_000
    expect(store.isDue).toBe(true)
    isSteady = true
    await store.tend()
    await store.settled()
    expect(files().some((name) => name.startsWith('stdout.log.1'))).toBe(true)
    expect(warnings).toEqual([])
  })

  it('left raw by an earlier run are compressed', async () => {
    const { store, folder, files } = logs()
    writeFileSync(join(folder, 'stdout.log.1'), text(5000))
    writeFileSync(join(folder, 'stderr.log.1'), text(5000))
    await store.recover({ stdout: 0, stderr: 0 })
    await store.settled()
    expect(files().sort()).toEqual(['stderr.log.1.gz', 'stdout.log.1.gz'])
  })

  it('are compressed one at a time for all services', async () => {
    const compressing = new OneAtATime()
    const services = [logs({ compressing }), logs({ compressing })]
    const somethingElse = new AbortController()
    const ended = new Promise((resolve) => somethingElse.signal.addEventListener('abort', resolve))
    void compressing.run(() => ended)
    for (const { store, print, look } of services) {
      print('stdout', 20_000)
      look()
      await store.tend()
      expect(await store.stdout.archives()).toMatchObject([{ willBeCompressed: true }])
    }
    somethingElse.abort()
    for (const { store, files } of services) {
      await store.settled()
      expect(files()).toContain('stdout.log.1.gz')
    }
  })

  it('that cannot be compressed are told of once, and kept', async () => {
    const { store, folder, print, look, warnings, files } = logs()
    print('stdout', 20_000)
    look()
    await store.stdout.rotate({ quiesce })
    appendFileSync(join(folder, 'stdout.log.1'), 'still written to')
    print('stdout', 20_000)
    look()
    await store.tend()
    await store.settled()
    print('stdout', 20_000)
    look()
    await store.tend()
    await store.settled()
    expect(files().sort()).toEqual(['stdout.log', 'stdout.log.1.gz', 'stdout.log.2.gz', 'stdout.log.3'])
    expect(warnings).toEqual([expect.stringContaining('could not be compressed')])
  })

  it('are cleared, both streams', async () => {
    const { store, print, look, files } = logs()
    for (const stream of ['stdout', 'stderr'] as const) print(stream, 20_000)
    look()
    await store.tend()
    await store.clear()
    await store.settled()
    expect(files().sort()).toEqual(['stderr.log', 'stdout.log'])
    expect(look()).toEqual([20_000, 20_000])
  })

  it('are left in order by an end in the middle of things', async () => {
    const { store, folder, print, look, files, printed, readAll, warnings } = logs()
    print('stdout', 20_000_000)
    look()
    const tending = store.tend()
    await waitFor(() => readdirSync(folder).some((name) => name === 'stdout.compressing' || name === 'stdout.log.1'), {
      what: 'the archive',
    })
    await store.dispose()
    await tending
    expect(files().sort()).toEqual(['stdout.log', 'stdout.log.1'])
    expect((await readAll('stdout')).text === printed.stdout).toBe(true)
    expect(readFileSync(join(folder, 'stdout.log')).length).toBe(0)
    expect(warnings).toEqual([])
  })
})
