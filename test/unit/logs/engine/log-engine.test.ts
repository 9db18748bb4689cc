import { describe, expect, it, vi } from 'vitest'
import type { LogRow } from '../../../../src-main/core/log-row.ts'
import { MAX_LINE_BYTES } from '../../../../src-main/logs/engine/read-lines.ts'
import { EngineWorld, KEY, VIEWS } from '../../../support/engine-world.ts'
import { temporaryDirectory } from '../../../support/temporary-directory.ts'
import { waitFor } from '../../../support/wait-for.ts'

vi.setConfig({ testTimeout: 60_000 })

const MB = 1024 * 1024
const newWorld = (options?: ConstructorParameters<typeof EngineWorld>[1]) =>
  new EngineWorld(temporaryDirectory(), options)
const textsOf = (rows: readonly (LogRow | null)[]) =>
  rows.map((row) => (row?.kind === 'line' ? row.text : (row?.mark.kind ?? null)))

describe('a view', () => {
  it('of nothing has no rows', async () => {
    const world = newWorld()
    const { epoch, ...extent } = await world.open('merged')
    expect(extent).toEqual({ firstRow: 0, endRow: 0, sizeBytes: 0, counting: null, moved: null })
    expect(await world.engine.page(KEY, 'merged', epoch, 0, 10)).toEqual({ epoch, from: 0, rows: [] })
  })

  it('goes as far as the newest entry, to the byte', async () => {
    const world = newWorld()
    world.print('stdout', 'one\ntw')
    world.tick()
    world.print('stdout', 'o\nthree\n')
    expect(await world.open('stdout')).toMatchObject({ endRow: 2, sizeBytes: 6 })
    expect(textsOf(await world.rows('stdout'))).toEqual(['one', 'tw'])
    await world.advance()
    expect(textsOf(await world.rows('stdout'))).toEqual(['one', 'two', 'three'])
  })

  it('shows marks at their place, and no time for what was printed unseen', async () => {
    const world = newWorld()
    world.tick({ mark: { kind: 'start', pid: 7 } })
    world.print('stdout', 'out\n')
    world.print('stderr', 'ERROR: err\n')
    const unseen = world.tick({ untimed: true, mark: { kind: 'adopted', pid: 7 } })
    world.print('stdout', 'last\n')
    const end = world.tick({ mark: { kind: 'end', reason: 'stopped' } })
    await world.open('merged')
    expect(await world.rows('merged')).toEqual([
      { kind: 'mark', time: 1001, mark: { kind: 'start', pid: 7 } },
      { kind: 'line', stream: 'stdout', line: 0, text: 'out', cutFromBytes: null, time: null, level: null },
      { kind: 'line', stream: 'stderr', line: 0, text: 'ERROR: err', cutFromBytes: null, time: null, level: 'error' },
      { kind: 'mark', time: unseen.time, mark: { kind: 'adopted', pid: 7 } },
      { kind: 'line', stream: 'stdout', line: 1, text: 'last', cutFromBytes: null, time: end.time, level: null },
      { kind: 'mark', time: end.time, mark: { kind: 'end', reason: 'stopped' } },
    ])
  })

  it('is announced only if it changed, and only while it is open', async () => {
    const world = newWorld()
    await world.open('stdout')
    await world.open('merged')
    world.print('stderr', 'x\n')
    expect((await world.advance()).map(({ view }) => view)).toEqual(['merged'])
    expect(await world.advance()).toEqual([])
    await world.close('merged')
    world.print('stderr', 'x\n')
    expect(await world.advance()).toEqual([])
    world.print('stdout', 'x\n')
    expect(await world.advance()).toEqual([{ key: KEY, view: 'stdout', ...(await world.open('stdout')) }])
    expect(await world.engine.advance('other', [world.tick()])).toEqual([])
  })

  it('takes each entry once and reads the timeline again if one is missing', async () => {
    const world = newWorld()
    await world.open('stdout')
    world.print('stdout', 'one\n')
    world.tick({ mark: { kind: 'start', pid: 1 } })
    world.print('stdout', 'two\n')
    const entry = world.tick()
    await world.engine.advance(KEY, [entry])
    await world.engine.advance(KEY, [entry, ...world.entries])
    expect(textsOf(await world.rows('stdout'))).toEqual(['one', 'start', 'two'])
  })

  it('takes an entry after a gap that nobody can fill', async () => {
    const world = newWorld()
    await world.open('stdout')
    world.print('stdout', 'one\n')
    world.tick()
    const entry = world.tick()
    world.entries = []
    await world.engine.advance(KEY, [entry])
    expect(textsOf(await world.rows('stdout'))).toEqual(['one'])
  })

  it('lets go of the files when nobody looks any longer', async () => {
    const world = newWorld()
    await world.open('stdout')
    await world.open('merged')
    await world.close('stdout')
    expect(world.bytes.stdout.releases).toBe(0)
    await world.close('merged')
    expect([world.bytes.stdout.releases, world.bytes.stderr.releases]).toEqual(
      [1, 1].map((least) => expect.toSatisfy((count: number) => count >= least)),
    )
    await world.close('merged')
  })

  it('goes on after its files could not be read for a while', async () => {
    const world = newWorld()
    await world.open('stdout')
    world.print('stdout', 'one\n')
    world.bytes.stdout.beforeRead = () => Promise.reject(new Error('EIO'))
    await expect(world.advance()).rejects.toThrow('EIO')
    world.bytes.stdout.beforeRead = () => undefined
    await world.advance()
    expect(textsOf(await world.rows('stdout'))).toEqual(['one'])
  })
})

describe('a log that is not the one before', () => {
  it('has another epoch, whose rows are the new ones', async () => {
    const world = newWorld()
    for (const view of VIEWS) await world.open(view)
    world.print('stdout', 'one\ntwo\n')
    await world.advance({ mark: { kind: 'start', pid: 1 } })
    const before = await world.open('stdout')
    // As after "clear": other files, and a timeline that begins anew.
    world.bytes.stdout.replace('')
    world.entries = []
    world.print('stdout', 'new\n')
    const changes = await world.advance()
    expect(changes.map(({ view }) => view)).toEqual(['stdout', 'stderr', 'merged'])
    const now = await world.open('stdout')
    expect(now.epoch).not.toBe(before.epoch)
    expect(now).toMatchObject({ firstRow: 0, endRow: 1, moved: null })
    expect(textsOf(await world.rows('merged'))).toEqual(['new'])
    const { engine } = world
    expect(await engine.page(KEY, 'stdout', before.epoch, 0, 1)).toBeNull()
    expect(await engine.rows(KEY, 'stdout', before.epoch, [0])).toBeNull()
    expect(await engine.spans(KEY, 'stdout', before.epoch)).toBeNull()
    expect(await engine.rowsOf(KEY, 'stdout', before.epoch, 'stdout', [0])).toBeNull()
    expect(await engine.find(KEY, 'stdout', before.epoch, 0, { to: 'time', time: 0 })).toBe('log-changed')
    expect(await engine.export(KEY, 'stdout', before.epoch, 0, 1, '/nowhere/at/all', { withTimes: false })).toBeNull()
  })

  it('is also one with another timeline', async () => {
    const world = newWorld()
    world.print('stdout', 'one\ntwo\n')
    world.tick()
    const { epoch } = await world.open('stdout')
    world.entries = [
      { n: 1, time: 5, stdout: 4, stderr: 0, mark: { kind: 'start', pid: 1 } },
      { n: 2, time: 6, stdout: 8, stderr: 0 },
    ]
    expect(await world.engine.advance(KEY, world.entries)).toMatchObject([{ view: 'stdout', endRow: 3 }])
    expect((await world.open('stdout')).epoch).not.toBe(epoch)
    expect(textsOf(await world.rows('stdout'))).toEqual(['one', 'start', 'two'])
  })

  it('is noticed by a page that is read while it is replaced', async () => {
    const world = newWorld()
    world.print('stdout', 'one\ntwo\n')
    world.tick()
    const { epoch } = await world.open('stdout')
    world.bytes.stdout.beforeRead = () => {
      world.bytes.stdout.beforeRead = () => undefined
      world.bytes.stdout.replace('other\n')
      world.entries = []
      world.tick()
    }
    expect(await world.engine.page(KEY, 'stdout', epoch, 0, 10)).toBeNull()
    expect(world.changes).toMatchObject([{ view: 'stdout', endRow: 1, moved: null }])
    expect(textsOf(await world.rows('stdout'))).toEqual(['other'])
  })

  it('has epochs that no other engine has', async () => {
    const world = newWorld()
    const { epoch } = await world.open('stdout')
    await waitFor(() => Date.now() > epoch, { what: 'the next millisecond' })
    world.restart()
    expect((await world.open('stdout')).epoch).not.toBe(epoch)
  })
})

describe('lines whose bytes are rotated away', () => {
  it('are no rows any longer, and the others keep their numbers', async () => {
    const world = newWorld()
    world.print('stdout', 'zero\none\ntwo\n')
    world.tick({ mark: { kind: 'start', pid: 1 } })
    const { epoch } = await world.open('stdout')
    world.bytes.stdout.loseBefore(6) // within "one"
    expect(await world.advance()).toMatchObject([{ epoch, firstRow: 2, endRow: 4, sizeBytes: 7 }])
    expect(await world.engine.page(KEY, 'stdout', epoch, 0, 3)).toMatchObject({
      from: 2,
      rows: [{ line: 2, text: 'two' }],
    })
    expect(textsOf((await world.engine.rows(KEY, 'stdout', epoch, [3, 0, 2, 4])) ?? [])).toEqual([
      'start',
      null,
      'two',
      null,
    ])
    expect(await world.engine.rowsOf(KEY, 'stdout', epoch, 'stdout', [0, 1, 2, 3])).toEqual([2])
    expect(await world.engine.find(KEY, 'stdout', epoch, 0, { to: 'line', stream: 'stdout', line: 1 })).toBeNull()
    expect(await world.engine.find(KEY, 'stdout', epoch, 0, { to: 'time', time: 0 })).toBe(2)
  })

  it('may end where a line does, which is known if there is an entry', async () => {
    const world = newWorld()
    world.print('stdout', 'zero\none\n')
    world.tick()
    world.print('stdout', 'two\nthree\n')
    world.tick()
    await world.open('stdout')
    world.bytes.stdout.loseBefore(9)
    await world.advance()
    expect(textsOf(await world.rows('stdout'))).toEqual(['two', 'three'])
    world.bytes.stdout.loseBefore(13) // Whether "three" is whole nobody knows, but it is the last.
    await world.advance()
    expect(textsOf(await world.rows('stdout'))).toEqual(['three'])
  })

  it('are missing in a page that was asked for before that was known', async () => {
    const world = newWorld()
    world.print('stdout', 'zero\none\ntwo\n')
    world.tick()
    const { epoch } = await world.open('stdout')
    world.bytes.stdout.loseBefore(5)
    expect(await world.engine.page(KEY, 'stdout', epoch, 0, 10)).toMatchObject({ from: 2, rows: [{ text: 'two' }] })
    expect(world.changes).toMatchObject([{ view: 'stdout', firstRow: 2 }])
  })

  it('are all lost but the last, which is shown without its beginning', async () => {
    const world = newWorld()
    world.print('stdout', 'zero\nan endless line')
    world.tick()
    await world.open('stdout')
    world.bytes.stdout.loseBefore(8)
    await world.advance()
    expect(textsOf(await world.rows('stdout'))).toEqual(['endless line'])
    world.print('stdout', ' goes on\nnext\n')
    await world.advance()
    expect(textsOf(await world.rows('stdout'))).toEqual(['endless line goes on', 'next'])
  })

  it('may be all there are: what follows is shown from its beginning', async () => {
    const world = newWorld()
    world.print('stdout', 'zero\none\n')
    world.tick()
    const { epoch } = await world.open('stdout')
    world.bytes.stdout.loseBefore(9)
    expect(await world.advance()).toMatchObject([{ epoch, firstRow: 2, endRow: 2, sizeBytes: 0 }])
    world.print('stdout', 'two\n')
    await world.advance()
    expect(await world.rows('stdout')).toMatchObject([{ line: 2, text: 'two' }])
  })

  it('were never counted if they are lost before: counting begins behind them', async () => {
    const world = newWorld()
    world.print('stdout', 'zero\none\n')
    world.tick()
    await world.open('stdout')
    world.print('stdout', 'two\nthree\n')
    world.bytes.stdout.loseBefore(13)
    await world.advance()
    expect(await world.rows('stdout')).toMatchObject([{ line: 0, text: 'three' }])
  })
})

describe('odd output', () => {
  it('that is no UTF-8, has CRs or NULs harms no other line', async () => {
    const world = newWorld()
    world.print(
      'stdout',
      Buffer.from([0x61, 0xff, 0xfe, 0x62, 0x0a, 0xc3, 0x0a, 0x00, 0x0a, 0xe2, 0x82, 0xac, 0x0d, 0x0a]),
    )
    world.tick()
    await world.open('stdout')
    expect(textsOf(await world.rows('stdout'))).toEqual(['a\ufffd\ufffdb', '\ufffd', '\0', '€'])
  })

  it('cut within a character ends before that character', async () => {
    const world = newWorld()
    world.print('stdout', `x${'€'.repeat(MAX_LINE_BYTES)}`)
    world.tick()
    await world.open('stdout')
    expect(textsOf(await world.rows('stdout'))).toEqual([`x${'€'.repeat(Math.floor((MAX_LINE_BYTES - 1) / 3))}`])
  })

  it('of an endless line costs what is shown of it, and lines around it cost no more', async () => {
    const world = newWorld({ countAtOnceBytes: 100 * MB })
    const long = 30 * MB
    world.print('stdout', 'before\n')
    world.print('stdout', Buffer.alloc(long, 'x'))
    world.print('stdout', '\nafter\n')
    world.print('stdout', Buffer.alloc(long, 'y'))
    world.tick()
    const { epoch, endRow } = await world.open('stdout')
    expect(endRow).toBe(4)
    const { stdout } = world.bytes
    for (const row of [0, 1, 2, 3]) {
      const before = stdout.readBytes
      const page = await world.engine.page(KEY, 'stdout', epoch, row, 1)
      expect(page?.rows).toMatchObject([
        [
          { text: 'before', cutFromBytes: null },
          { text: 'x'.repeat(MAX_LINE_BYTES), cutFromBytes: long },
          { text: 'after', cutFromBytes: null },
          { text: 'y'.repeat(MAX_LINE_BYTES), cutFromBytes: long },
        ][row],
      ])
      expect(stdout.readBytes - before).toBeLessThan(MB / 2)
    }
    const before = stdout.readBytes
    expect(await world.engine.find(KEY, 'stdout', epoch, 0, { to: 'error', direction: 'next' })).toBeNull()
    expect(stdout.readBytes - before).toBeLessThan(2 * MB)
  })
})

describe('a log that is counted in the background', () => {
  const big = () => {
    const world = newWorld({ countAtOnceBytes: MB, tailBytes: 1000 })
    world.print('stdout', 'a line of text\n'.repeat(400_000))
    world.tick()
    world.print('stdout', 'the end\n')
    world.tick()
    return world
  }

  it('is shown from its end on, and told how far it is', async () => {
    const world = big()
    const opened = await world.open('stdout')
    expect(opened).toMatchObject({ firstRow: 0, moved: null, sizeBytes: 6_000_008 })
    const whole = await waitFor(() => world.changes.find(({ counting }) => counting === null), { what: 'the count' })
    const shares = world.changes.map(({ counting }) => counting)
    expect(shares.slice(0, -1)).toEqual([...shares.slice(0, -1)].sort())
    expect(whole).toMatchObject({ endRow: 400_001, moved: { fromEpoch: opened.epoch, shift: 400_001 - opened.endRow } })
    expect(await world.open('stdout')).toEqual({ ...whole, key: undefined, view: undefined })
  })

  it('answers a jump to a line that is not counted yet with the epoch that has it', async () => {
    const world = big()
    const { epoch } = await world.open('stdout')
    const target = { to: 'line', stream: 'stdout', line: 123 } as const
    expect(await world.engine.find(KEY, 'stdout', epoch, 0, target)).toBe('log-changed')
    const now = await world.open('stdout')
    expect(now.counting).toBeNull()
    expect(await world.engine.find(KEY, 'stdout', now.epoch, 0, target)).toBe(123)
  })

  it('answers a jump within its end at once', async () => {
    const world = big()
    world.print('stdout', 'ERROR: here\n')
    world.tick()
    let count: () => void = () => undefined
    const isCounting = new Promise<void>((resolve) => {
      count = resolve
    })
    world.bytes.stdout.beforeRead = (offset) => (offset === 0 ? isCounting : undefined)
    const { epoch, endRow } = await world.open('stdout')
    expect(await world.engine.find(KEY, 'stdout', epoch, 0, { to: 'error', direction: 'next' })).toBe(endRow - 1)
    count()
    await world.close('stdout')
  })

  it('is counted no further once nobody looks, and later from there on', async () => {
    const world = big()
    const { stdout } = world.bytes
    let reads = 0
    let stop: () => void = () => undefined
    const isHalf = new Promise<void>((resolve) => {
      stop = resolve
    })
    stdout.beforeRead = async (_offset, length) => {
      if (length < MB) return
      reads += 1
      if (reads === 3) await isHalf
    }
    await world.open('stdout')
    await waitFor(() => reads === 3, { what: 'half of the count' })
    const closed = world.close('stdout')
    stop()
    await closed
    stdout.beforeRead = () => undefined
    const before = stdout.readBytes
    world.restart()
    await world.open('stdout')
    await waitFor(() => world.changes.some(({ counting }) => counting === null), { what: 'the count' })
    expect(stdout.readBytes - before).toBeLessThan(4.5 * MB)
    expect((await world.open('stdout')).endRow).toBe(400_001)
  })

  it('is one that is lost meanwhile: then it begins anew', async () => {
    const world = big()
    const { stdout } = world.bytes
    let reads = 0
    stdout.beforeRead = (_offset, length) => {
      if (length < MB) return
      reads += 1
      if (reads === 2) stdout.loseBefore(5_000_000)
    }
    const { epoch } = await world.open('stdout')
    const whole = await waitFor(() => world.changes.find(({ counting }) => counting === null), { what: 'the count' })
    expect(whole.epoch).not.toBe(epoch)
    expect(whole.sizeBytes).toBe(1_000_008)
    const rows = await world.rows('stdout')
    expect(rows.at(-1)).toMatchObject({ text: 'the end' })
    expect(rows.length).toBe(Math.ceil(1_000_000 / 15) + 1)
  })

  it('can be opened in a second view while it is counted', async () => {
    const world = big()
    world.print('stderr', 'to stderr\n')
    world.tick()
    for (const view of VIEWS) await world.open(view)
    const areCounted = async () => {
      const extents = await Promise.all(VIEWS.map((view) => world.open(view)))
      return extents.every(({ counting }) => counting === null)
    }
    await waitFor(areCounted, { what: 'the counts' })
    expect((await world.rows('merged')).slice(-2)).toEqual(world.model('merged').slice(-2))
  })
})
