import { existsSync, mkdirSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { quiesce, readAll, StreamWorld, text, toTheEnd } from './stream-world.ts'

describe('a rotation', () => {
  it('makes an archive of what is there, and offsets go on', async () => {
    const world = new StreamWorld()
    world.print('first\n')
    expect(await world.store.rotate({ quiesce })).toBe(true)
    world.print('second\n')
    expect(world.store.look().end).toBe(13)
    expect(world.files()).toEqual(['stdout.log', 'stdout.log.1'])
    expect(await world.store.rotate({ quiesce })).toBe(true)
    expect(world.files()).toEqual(['stdout.log', 'stdout.log.1', 'stdout.log.2'])
    expect(world.concatenated()).toEqual(world.printed)
    expect(world.segments().archives).toEqual([
      { start: 6, bytes: 7 },
      { start: 0, bytes: 6 },
    ])
    expect(await readAll(world.reader())).toEqual({ first: 0, bytes: world.printed })
  })

  it('of nothing is none', async () => {
    const world = new StreamWorld()
    expect(await world.store.rotate({ quiesce })).toBe(false)
    world.print('')
    expect(await world.store.rotate({ quiesce: null })).toBe(false)
    expect(world.files()).toEqual(['stdout.log'])
  })

  it('copies what is printed while it copies, and what is printed until the writers stand still', async () => {
    const world = new StreamWorld()
    world.print(text(3_000_000))
    world.onStep = (step) => {
      if (step === 'copied') world.print(text(2_000_000))
    }
    const printing = world.store.rotate({
      quiesce: async (work) => {
        world.print(text(1_500_000))
        return work()
      },
    })
    world.print(text(1_000_000))
    await printing
    expect(world.printed.length).toBe(7_500_000)
    expect(world.size('stdout.log')).toBe(0)
    expect((await readAll(world.reader())).bytes.equals(world.printed)).toBe(true)
  })

  it('loses nothing to a writer that nothing could stop, as long as it does not write in the last instant', async () => {
    const world = new StreamWorld()
    world.print(text(3_000))
    world.onStep = (step) => {
      if (step === 'copied the rest' || step === 'committed') world.print(text(2_000))
    }
    await world.store.rotate({ quiesce })
    world.onStep = () => undefined
    world.print(text(10))
    expect(world.printed.length).toBe(7_010)
    expect((await readAll(world.reader())).bytes.equals(world.printed)).toBe(true)
    expect(world.concatenated().equals(world.printed)).toBe(true)
    expect(world.store.look().end).toBe(7_010)
  })

  it('by renaming asks at the last moment whether anybody writes', async () => {
    const world = new StreamWorld()
    world.print(text(100))
    let isStarted = false
    const rotating = world.store.rotate({
      get quiesce() {
        return isStarted ? quiesce : null
      },
    })
    isStarted = true
    await rotating
    // A copy: the file that the service has opened is the current one still.
    expect(world.files()).toEqual(['stdout.log', 'stdout.log.1'])
    world.print(text(50))
    world.store.look()
    await world.store.rotate({ quiesce: null })
    expect(world.files()).toEqual(['stdout.log.1', 'stdout.log.2'])
    expect(world.store.look().end).toBe(150)
    world.print('new')
    expect(world.store.look().end).toBe(153)
    expect((await readAll(world.reader())).bytes).toEqual(world.printed)
    expect(world.segments().generation).toBe('0')
  })

  it('is given up cleanly if the writers cannot be stopped, and done later', async () => {
    const world = new StreamWorld()
    await world.rotated(text(500))
    world.print(text(1000))
    const refuse = async () => {
      throw new Error('they will not stand still')
    }
    await expect(world.store.rotate({ quiesce: refuse })).rejects.toThrow('they will not stand still')
    expect(world.files()).toEqual(['stdout.log', 'stdout.log.1'])
    expect(world.store.look().end).toBe(1500)
    expect(await world.store.rotate({ quiesce })).toBe(true)
    expect((await readAll(world.reader())).bytes).toEqual(world.printed)
  })

  it('is given up while it copies if somebody asks for that', async () => {
    const world = new StreamWorld()
    world.print(text(1000))
    const reason = new Error('not now')
    await expect(world.store.rotate({ quiesce, signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    expect(world.files()).toEqual(['stdout.log'])
  })

  it.each([
    ['truncated', (path: string) => truncateSync(path, 10)],
    [
      'replaced',
      (path: string) => {
        rmSync(path)
        writeFileSync(path, 'somebody else’s')
      },
    ],
    ['removed', (path: string) => rmSync(path)],
  ])('is given up if the file is %s by somebody meanwhile', async (_what, change) => {
    const world = new StreamWorld()
    world.print(text(1000))
    world.onStep = (step) => {
      if (step === 'copied') change(world.path('stdout.log'))
    }
    await expect(world.store.rotate({ quiesce })).rejects.toThrow(/truncated or replaced|ENOENT/)
    expect(existsSync(world.path('stdout.rotating'))).toBe(false)
    const { end } = world.store.look()
    expect(end).toBeGreaterThanOrEqual(1000)
    expect((await world.reader().extent()).first).toBe(1000)
  })

  it('goes on where it was if an archive could not be moved', async () => {
    const world = new StreamWorld()
    for (const bytes of [100, 200]) await world.rotated(text(bytes))
    world.print(text(300))
    // Where `.2` shall go is a folder that is not empty, as of the moment in which that is decided.
    world.onStep = (step) => {
      if (step === 'noted') mkdirSync(world.path('stdout.log.3/obstacle'), { recursive: true })
    }
    await expect(world.store.rotate({ quiesce })).rejects.toThrow()
    world.onStep = () => undefined
    world.print(text(50))
    expect(world.store.look().end).toBe(650)
    expect((await readAll(world.reader())).bytes).toEqual(world.printed)
    rmSync(world.path('stdout.log.3'), { recursive: true })
    expect(await world.store.rotate({ quiesce })).toBe(true)
    expect((await readAll(world.reader())).bytes).toEqual(world.printed)
    expect(world.concatenated()).toEqual(world.printed)
  })

  it('closes a gap that a person made in the archives', async () => {
    const world = new StreamWorld()
    for (const bytes of [100, 200, 300, 400]) await world.rotated(text(bytes))
    rmSync(world.path('stdout.log.2'))
    expect((await world.reader().extent()).first).toBe(600)
    await world.rotated(text(500))
    expect(world.files()).toEqual(['stdout.log', ...[1, 2, 3, 4].map((number) => `stdout.log.${number}`)])
    expect(world.segments().archives.map(({ bytes }: { bytes: number }) => bytes)).toEqual([500, 400, 200, 100])
    expect(await readAll(world.reader())).toEqual({ first: 600, bytes: world.printed.subarray(600) })
  })
})

describe('a look', () => {
  it('tells the end and when it was written to', () => {
    const world = new StreamWorld()
    expect(world.store.look()).toEqual({ end: 0, mtimeMs: 0 })
    const before = Date.now()
    world.print('abc')
    const { end, mtimeMs } = world.store.look()
    expect(end).toBe(3)
    expect(mtimeMs).toBeGreaterThan(before - 5_000)
    expect(world.store.fileBytes).toBe(3)
    expect(world.files()).toEqual(['stdout.log'])
    expect(existsSync(world.path('stdout.segments.json'))).toBe(false)
  })

  it.each([
    ['truncated', (path: string) => truncateSync(path, 4), 4],
    ['emptied', (path: string) => truncateSync(path), 0],
    [
      'replaced by a longer one',
      (path: string) => {
        writeFileSync(`${path}.new`, 'x'.repeat(2000))
        renameSync(`${path}.new`, path)
      },
      2000,
    ],
    ['removed', (path: string) => rmSync(path), 0],
  ])('notices that the file was %s, and offsets never go back', async (_what, change, bytes) => {
    const world = new StreamWorld()
    await world.rotated(text(500))
    world.print(text(1000))
    world.store.look()
    const reader = world.reader()
    const before = await reader.extent()
    change(world.path('stdout.log'))
    // Until the keeper has looked, a reader gets nothing wrong and does not crash.
    expect(await reader.extent()).toEqual(before)
    expect(await reader.read(500, Buffer.alloc(10))).toBe(0)
    expect(world.store.look().end).toBe(1500 + bytes)
    const after = await reader.extent()
    expect(after).toMatchObject({ first: 1500, end: 1500 + bytes })
    expect(after.generation).not.toBe(before.generation)
    expect(await reader.read(0, Buffer.alloc(10))).toBe(-1)
    // A new start of the app knows, too.
    expect(world.newStore().look().end).toBe(1500 + bytes)
    world.print('more')
    expect(world.store.look().end).toBe(1504 + bytes)
  })

  it('takes a file that comes after one that was empty for the same stream', async () => {
    const world = new StreamWorld()
    world.print('')
    world.store.look()
    rmSync(world.path('stdout.log'))
    expect(world.store.look().end).toBe(0)
    world.print('abc')
    expect(world.store.look().end).toBe(3)
    expect((await world.reader().extent()).generation).toBe('0')
  })

  it('says later what could not be written, and warns once', async () => {
    const world = new StreamWorld()
    world.print(text(100))
    world.store.look()
    truncateSync(world.path('stdout.log'))
    // Its temporary name is taken by a folder.
    mkdirSync(world.path('stdout.segments.json.tmp'))
    expect(world.store.look().end).toBe(100)
    world.print('abc')
    expect(world.store.look().end).toBe(103)
    expect(world.warnings).toEqual([expect.stringContaining('will be later')])
    rmSync(world.path('stdout.segments.json.tmp'), { recursive: true })
    expect(world.store.look().end).toBe(103)
    expect(await world.reader().extent()).toMatchObject({ first: 100, end: 103 })
    expect(world.warnings).toHaveLength(1)
  })

  it('works without the folder', () => {
    const world = new StreamWorld()
    world.print('abc')
    world.store.look()
    rmSync(world.folder, { recursive: true })
    expect(world.store.look().end).toBe(3)
    mkdirSync(world.folder)
    world.print('de')
    expect(world.store.look().end).toBe(5)
    expect(world.warnings).toEqual([])
    expect(world.newStore().look().end).toBe(5)
  })
})

describe('a recovery', () => {
  it('of a log that was never rotated does nothing', async () => {
    const world = new StreamWorld()
    await world.store.recover()
    expect(world.files()).toEqual([])
    world.print('abc')
    world.newStore()
    await world.store.recover({ atLeast: 3 })
    expect(world.store.look().end).toBe(3)
    expect(world.segments().generation).toBe('0')
    expect(existsSync(world.path('stdout.segments.json'))).toBe(false)
  })

  it('notices by the timeline that the log was truncated while nobody looked', async () => {
    const world = new StreamWorld()
    await world.rotated(text(500))
    world.print(text(100))
    truncateSync(world.path('stdout.log'), 7)
    world.newStore()
    await world.store.recover({ atLeast: 600 })
    expect(world.store.look().end).toBe(607)
    const extent = await world.reader().extent()
    expect(extent).toMatchObject({ first: 600, end: 607 })
    expect(extent.generation).not.toBe('0')
  })

  it.each(['missing', 'corrupt', 'a folder'])('makes up segments that are %s from the files', async (what) => {
    const world = new StreamWorld()
    for (const bytes of [1000, 2000, 3000]) await world.rotated(text(bytes))
    while (await world.store.compressNewest(toTheEnd));
    await world.rotated(text(400))
    await world.store.removeOldest()
    world.print(text(50))
    const path = world.path('stdout.segments.json')
    rmSync(path)
    if (what === 'corrupt') writeFileSync(path, '{"version":1,"start":')
    if (what === 'a folder') mkdirSync(path)
    world.newStore()
    await world.store.recover({ atLeast: 6450 })
    expect(world.store.look().end).toBe(6450)
    const reader = world.reader()
    expect((await reader.extent()).generation).not.toBe('0')
    expect(await readAll(reader)).toEqual({ first: 1000, bytes: world.printed.subarray(1000) })
    expect(world.warnings).toHaveLength(what === 'missing' ? 0 : 1)
    expect(world.files().filter((name) => name.includes('.corrupt-'))).toHaveLength(what === 'missing' ? 0 : 1)
  })

  it('without segments takes the end from the timeline if no archive names an offset', async () => {
    const world = new StreamWorld()
    for (const bytes of [1000, 2000, 3000]) await world.rotated(text(bytes))
    await world.store.removeOldest()
    world.print(text(50))
    rmSync(world.path('stdout.segments.json'))
    world.newStore()
    await world.store.recover({ atLeast: 6050 })
    expect(await readAll(world.reader())).toEqual({ first: 1000, bytes: world.printed.subarray(1000) })
  })

  it('without segments keeps a copy that holds what the current file does not', async () => {
    const world = new StreamWorld()
    await world.rotated(text(100))
    world.print(text(200))
    world.onStep = (step) => {
      if (step === 'noted') throw new Error('crash')
    }
    await expect(world.store.rotate({ quiesce })).rejects.toThrow('crash')
    rmSync(world.path('stdout.segments.json'))
    expect(world.files()).toContain('stdout.rotating')
    world.newStore()
    world.print(text(20))
    await world.store.recover({ atLeast: 320 })
    expect(await readAll(world.reader())).toEqual({ first: 0, bytes: world.printed })
    expect(world.files()).toEqual(['stdout.log', 'stdout.log.1', 'stdout.log.2'])
  })

  it('leaves out foreign archives and says so, and they move with the others', async () => {
    const world = new StreamWorld()
    for (const bytes of [100, 200]) await world.rotated(text(bytes))
    writeFileSync(world.path('stdout.log.2.gz'), 'no gzip')
    rmSync(world.path('stdout.log.2'))
    rmSync(world.path('stdout.segments.json'))
    world.newStore()
    await world.store.recover()
    expect(world.warnings).toEqual([expect.stringContaining('stdout.log.2.gz cannot be read')])
    await world.rotated(text(50))
    expect(world.files()).toEqual(['stdout.log', 'stdout.log.1', 'stdout.log.2', 'stdout.log.3.gz'])
    const { bytes } = await readAll(world.reader())
    expect(bytes).toEqual(world.printed.subarray(100))
  })

  it('does not read what is older than a copy that somebody removed', async () => {
    const world = new StreamWorld()
    await world.rotated(text(100))
    world.print(text(200))
    world.onStep = (step) => {
      if (step === 'noted') throw new Error('crash')
    }
    await expect(world.store.rotate({ quiesce })).rejects.toThrow('crash')
    world.onStep = () => undefined
    rmSync(world.path('stdout.rotating'))
    world.newStore()
    world.print(text(20))
    await world.store.recover()
    expect(await readAll(world.reader())).toEqual({ first: 300, bytes: world.printed.subarray(300) })
    await world.rotated(text(10))
    expect(await readAll(world.reader())).toEqual({ first: 300, bytes: world.printed.subarray(300) })
    expect(await world.store.archives()).toHaveLength(2)
  })

  it('comes by itself before anything is changed', async () => {
    const world = new StreamWorld()
    world.print(text(200))
    world.onStep = (step) => {
      if (step === 'committed') throw new Error('crash')
    }
    await expect(world.store.rotate({ quiesce })).rejects.toThrow('crash')
    world.newStore()
    world.onStep = () => undefined
    expect(world.store.look().end).toBe(200)
    await world.rotated(text(100))
    expect(await readAll(world.reader())).toEqual({ first: 0, bytes: world.printed })
    expect(world.files()).toEqual(['stdout.log', 'stdout.log.1'])
  })
})

describe('clearing', () => {
  it('removes everything, and offsets go on counting', async () => {
    const world = new StreamWorld()
    for (const bytes of [100, 200]) await world.rotated(text(bytes))
    while (await world.store.compressNewest(toTheEnd));
    world.print(text(50))
    const reader = world.reader()
    const { generation } = await reader.extent()
    await world.store.clear()
    expect(world.files()).toEqual(['stdout.log'])
    expect(world.size('stdout.log')).toBe(0)
    expect(world.store.look().end).toBe(350)
    expect(await reader.extent()).toEqual({ first: 350, end: 350, generation })
    world.print('new')
    expect(world.store.look().end).toBe(353)
    expect(await readAll(reader)).toEqual({ first: 350, bytes: Buffer.from('new') })
    expect(await reader.read(349, Buffer.alloc(1))).toBe(-1)
  })

  it('of nothing is fine', async () => {
    const world = new StreamWorld()
    await world.store.clear()
    expect(world.store.look().end).toBe(0)
    expect(world.files()).toEqual([])
  })
})

describe('compressing', () => {
  it('takes the newest first, and only archives', async () => {
    const world = new StreamWorld()
    for (const bytes of [3000, 2000, 1000]) await world.rotated(text(bytes))
    world.print(text(500))
    expect(await world.store.compressNewest(toTheEnd)).toBe(true)
    expect(world.files()).toEqual(['stdout.log', 'stdout.log.1.gz', 'stdout.log.2', 'stdout.log.3'])
    expect(await world.store.compressNewest(toTheEnd)).toBe(true)
    expect(await world.store.compressNewest(toTheEnd)).toBe(true)
    expect(await world.store.compressNewest(toTheEnd)).toBe(false)
    expect(world.concatenated()).toEqual(world.printed)
    expect(await readAll(world.reader())).toEqual({ first: 0, bytes: world.printed })
    const archives = await world.store.archives()
    expect(archives.map(({ number, willBeCompressed }) => [number, willBeCompressed])).toEqual([
      [1, false],
      [2, false],
      [3, false],
    ])
  })

  it('goes on while other things happen to the archive', async () => {
    const world = new StreamWorld()
    await world.rotated(text(2_500_000))
    const compressing = world.store.compressNewest(toTheEnd)
    await world.rotated(text(100))
    await compressing
    expect(world.files()).toEqual(['stdout.log', 'stdout.log.1', 'stdout.log.2.gz'])
    expect((await readAll(world.reader())).bytes.equals(world.printed)).toBe(true)
  })

  it('of an archive that is removed meanwhile leaves nothing', async () => {
    const world = new StreamWorld()
    await world.rotated(text(2_500_000))
    const compressing = world.store.compressNewest(toTheEnd)
    await world.store.clear()
    expect(await compressing).toBe(true)
    expect(world.files()).toEqual(['stdout.log'])
  })

  it('is ended by its signal, leaves nothing, and can be done later', async () => {
    const world = new StreamWorld()
    await world.rotated(text(2_500_000))
    const ended = new AbortController()
    const compressing = world.store.compressNewest({ signal: ended.signal })
    ended.abort(new Error('quit'))
    await expect(compressing).rejects.toThrow('quit')
    expect(world.files()).toEqual(['stdout.log', 'stdout.log.1'])
    expect(await world.store.compressNewest(toTheEnd)).toBe(true)
  })

  it('leaves alone what is still written to, and goes on to the next', async () => {
    const world = new StreamWorld()
    for (const bytes of [200, 100]) await world.rotated(text(bytes))
    writeFileSync(world.path('stdout.log.1'), 'more', { flag: 'a' })
    await expect(world.store.compressNewest(toTheEnd)).rejects.toThrow('expected an archive of 100 bytes, found 104')
    expect(await world.store.compressNewest(toTheEnd)).toBe(true)
    expect(await world.store.compressNewest(toTheEnd)).toBe(false)
    expect(world.files()).toEqual(['stdout.log', 'stdout.log.1', 'stdout.log.2.gz'])
    expect(await readAll(world.reader())).toEqual({ first: 0, bytes: world.printed })
  })
})
