import { appendFileSync, mkdirSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { TimelineEntry } from '../../../../src-main/core/timeline-entry.ts'
import { LogKeeper } from '../../../../src-main/logs/timeline/log-keeper.ts'
import { ServiceTimeline } from '../../../../src-main/logs/timeline/service-timeline.ts'
import { readTimeline, timelineFile } from '../../../../src-main/logs/timeline/timeline-file.ts'
import { temporaryDirectory } from '../../../support/temporary-directory.ts'
import { waitFor } from '../../../support/wait-for.ts'

const KEY = 'a:b'

/** A keeper over plain files, and a service's two streams to print to. */
function world(folder = temporaryDirectory()) {
  const looks = { count: 0, isRefused: false }
  const warnings: string[] = []
  const told: TimelineEntry[] = []
  const file = (stream: 'stdout' | 'stderr') => join(folder, `${stream}.log`)
  const sizeOf = (stream: 'stdout' | 'stderr') => {
    const found = statSync(file(stream), { throwIfNoEntry: false })
    return { end: found?.size ?? 0, mtimeMs: found?.mtimeMs ?? 0 }
  }
  const keeper = new LogKeeper({
    folderOf: () => folder,
    storeOf: () => ({
      look() {
        looks.count += 1
        if (looks.isRefused) throw new Error('permission denied')
        return { stdout: sizeOf('stdout'), stderr: sizeOf('stderr') }
      },
      maintain: () => undefined,
    }),
    warn: (message) => warnings.push(message),
  })
  keeper.onEntries((_key, entries) => told.push(...entries))
  onTestFinished(() => {
    keeper.dispose()
    expect(warnings.filter((message) => !message.includes('permission denied'))).toEqual([])
  })
  mkdirSync(folder, { recursive: true })
  const print = (stream: 'stdout' | 'stderr', text: string, at?: Date) => {
    appendFileSync(file(stream), text)
    if (at !== undefined) utimesSync(file(stream), at, at)
  }
  return { keeper, told, looks, warnings, print, folder, last: () => told.at(-1) }
}

describe('the keeper of timelines', () => {
  it('marks the end of a run and the start of the next in their place, when that prints already', () => {
    const { keeper, told, print } = world()
    keeper.runStarted(KEY, 42, Date.now(), keeper.offsets(KEY))
    print('stdout', 'last words\n')
    const begin = keeper.offsets(KEY)
    print('stdout', 'first words\n')
    keeper.runEnded(KEY, Date.now(), 'stopped', begin)
    keeper.runStarted(KEY, 43, Date.now(), begin)
    keeper.look(KEY)
    expect(told.map(({ mark, stdout }) => [mark?.kind, stdout])).toEqual([
      ['start', 0],
      [undefined, 11],
      ['end', 11],
      ['start', 11],
      [undefined, 23],
    ])
  })

  it('notes where a run starts and ends, with all that was printed in between before the end', async () => {
    const { keeper, told, print, folder } = world()
    const at = keeper.offsets(KEY)
    keeper.runStarted(KEY, 42, Date.now(), at)
    print('stdout', 'hello\n')
    print('stderr', 'oh\n')
    keeper.runEnded(KEY, Date.now(), 'crashed with exit code 3')
    expect(told.map(({ mark, stdout, stderr }) => [mark?.kind, stdout, stderr])).toEqual([
      ['start', 0, 0],
      [undefined, 6, 0],
      [undefined, 6, 3],
      ['end', 6, 3],
    ])
    expect(await readTimeline(folder)).toEqual(told)
  })

  it('lets the stream that was written to last come last', () => {
    const { keeper, told, print } = world()
    keeper.look(KEY)
    const now = Date.now()
    print('stdout', 'second\n', new Date(now - 1_000))
    print('stderr', 'first\n', new Date(now - 2_000))
    keeper.look(KEY)
    expect(told.map(({ time, stdout, stderr }) => [time, stdout, stderr])).toEqual([
      [now - 2_000, 0, 6],
      [now - 1_000, 7, 6],
    ])
  })

  it('gives no time to what was printed while it did not look', () => {
    const folder = temporaryDirectory()
    const first = world(folder)
    first.keeper.runStarted(KEY, 42, Date.now(), first.keeper.offsets(KEY))
    first.print('stdout', 'seen\n')
    first.keeper.look(KEY)
    first.keeper.dispose()
    first.print('stdout', 'unseen\n')
    const second = world(folder)
    second.keeper.runAdopted(KEY, 42)
    second.print('stdout', 'seen again\n')
    second.keeper.look(KEY)
    expect(first.told.every(({ untimed }) => untimed === undefined)).toBe(true)
    expect(second.told.map(({ untimed, mark, stdout }) => [untimed, mark?.kind, stdout])).toEqual([
      [true, undefined, 12],
      [undefined, 'adopted', 12],
      [undefined, undefined, 23],
    ])
    expect(second.told[0]?.n).toBe((first.last()?.n ?? 0) + 1)
  })

  it('never goes back, whatever the clock and the files do', () => {
    const { keeper, told, print } = world()
    keeper.look(KEY)
    print('stdout', 'later\n')
    keeper.look(KEY)
    print('stdout', 'earlier\n', new Date(0))
    keeper.look(KEY)
    const [before, after] = told
    expect(after?.time).toBe(before?.time)
    expect(after?.stdout).toBe(14)
  })

  it('finds by itself what a running service prints, watched or not', async () => {
    const { keeper, print, last } = world()
    keeper.runStarted(KEY, 42, Date.now(), keeper.offsets(KEY))
    print('stderr', 'quiet\n')
    await waitFor(() => last()?.stderr === 6, { what: 'the first line after silence' })
    print('stderr', 'again\n')
    await waitFor(() => last()?.stderr === 12, { what: 'the next line' })
    const end = keeper.watch(KEY)
    print('stdout', 'watched\n')
    await waitFor(() => last()?.stdout === 8, { what: 'a line while somebody watches' })
    end()
    print('stdout', 'unwatched\n')
    await waitFor(() => last()?.stdout === 18, { what: 'a line after nobody watches any more' })
  })

  it('does not look at a quiet service again and again', async () => {
    const { keeper, looks, print, last } = world()
    keeper.runStarted(KEY, 42, Date.now(), keeper.offsets(KEY))
    const before = looks.count
    // Another service that prints all the time says that time has passed.
    const busy = world()
    busy.keeper.runStarted(KEY, 43, Date.now(), busy.keeper.offsets(KEY))
    for (let n = 1; n <= 5; n += 1) {
      busy.print('stdout', 'x\n')
      await waitFor(() => busy.last()?.stdout === 2 * n, { what: `line ${n} of the busy service` })
    }
    expect(busy.looks.count).toBeGreaterThan(4)
    expect(looks.count - before).toBeLessThan(3)
    print('stdout', 'awake\n')
    await waitFor(() => last()?.stdout === 6, { what: 'the quiet service to be heard' })
  })

  it('does not look at a service that ended', async () => {
    const { keeper, looks, print } = world()
    keeper.runStarted(KEY, 42, Date.now(), keeper.offsets(KEY))
    keeper.runEnded(KEY, Date.now(), 'stopped')
    const before = looks.count
    print('stdout', 'from nowhere\n')
    const busy = world()
    busy.keeper.runStarted(KEY, 43, Date.now(), busy.keeper.offsets(KEY))
    busy.print('stdout', 'x\n')
    await waitFor(() => busy.last()?.stdout === 2, { what: 'another service to be heard' })
    expect(looks.count).toBe(before)
  })

  it('survives a folder that cannot be looked into, says so once, and goes on', () => {
    const { keeper, looks, warnings, print, last } = world()
    keeper.runStarted(KEY, 42, Date.now(), keeper.offsets(KEY))
    looks.isRefused = true
    keeper.look(KEY)
    print('stdout', 'unseen\n')
    keeper.runEnded(KEY, Date.now(), 'stopped')
    expect(warnings).toEqual([`The log of ${KEY} cannot be looked at: permission denied`])
    looks.isRefused = false
    keeper.look(KEY)
    expect(last()?.stdout).toBe(7)
  })

  it('shortens a timeline that has become long, and loses nothing that comes meanwhile', async () => {
    const folder = temporaryDirectory()
    const count = 150_000
    const line = (n: number) => `${JSON.stringify({ n, time: 1_700_000_000_000 + n, stdout: n, stderr: 0 })}\n`
    writeFileSync(timelineFile(folder), Array.from({ length: count }, (_, index) => line(index + 1)).join(''))
    writeFileSync(join(folder, 'stdout.log'), Buffer.alloc(count))
    const before = statSync(timelineFile(folder)).size
    const { keeper, told, print } = world(folder)
    keeper.runStarted(KEY, 42, Date.now(), keeper.offsets(KEY))
    print('stdout', 'meanwhile\n')
    keeper.runEnded(KEY, Date.now(), 'stopped')
    await waitFor(() => statSync(timelineFile(folder)).size < before / 2, { what: 'a shorter file' })
    const entries = await waitFor(
      async () => {
        const all = await readTimeline(folder)
        return all.at(-1)?.n === told.at(-1)?.n && all
      },
      { what: 'what came meanwhile' },
    )
    expect(entries.slice(-told.length)).toEqual(told)
    expect(told.map(({ n }) => n)).toEqual(told.map((_, index) => count + 1 + index))
  })

  it('notes a stream that prints alone once a second while nobody watches, and both streams at each look', () => {
    let now = 1_700_000_000_000
    const lengths = { stdout: 0, stderr: 0 }
    const timeline = new ServiceTimeline(temporaryDirectory(), (message) => expect.unreachable(message))
    const look = (isExact = false) => {
      const size = (end: number) => ({ end, mtimeMs: now })
      return timeline.grown({ stdout: size(lengths.stdout), stderr: size(lengths.stderr) }, now, isExact).entries.length
    }
    const pass = (ms: number, grown: Partial<typeof lengths>) => {
      now += ms
      lengths.stdout += grown.stdout ?? 0
      lengths.stderr += grown.stderr ?? 0
    }
    look()
    pass(200, { stdout: 10 })
    expect(look(), 'after silence').toBe(1)
    pass(200, { stdout: 10 })
    expect(look(), 'soon after').toBe(0)
    pass(200, { stderr: 10 })
    expect(look(), 'both').toBe(2)
    pass(200, { stdout: 10 })
    expect(look(), 'alone again').toBe(0)
    pass(200, {})
    expect(look(), 'silence').toBe(1)
    pass(200, { stdout: 10 })
    expect(look(true), 'somebody watches').toBe(1)
    pass(1_000, { stdout: 10 })
    expect(look(), 'a second later').toBe(1)
  })
})
