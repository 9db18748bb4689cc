import { execFile } from 'node:child_process'
import { appendFileSync, mkdirSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'vite'
import { describe, expect, it, onTestFinished } from 'vitest'
import { MAX_LISTED_LINES } from '../../../src-main/logs/search/found-batch.ts'
import type { SearchPattern } from '../../../src-main/logs/search/pattern.ts'
import type { SearchSpan } from '../../../src-main/logs/search/scan.ts'
import { SearchClient, type SearchEvent } from '../../../src-main/logs/search/search-client.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import { waitFor } from '../../support/wait-for.ts'

const SOURCES = join(import.meta.dirname, '..', '..', '..', 'src-main', 'logs', 'search')
const ENTRY = join(SOURCES, 'search-worker.ts')
const KEY = 'demo:main'
const PLAIN: SearchPattern = { text: 'needle', isPattern: false, matchCase: true, wholeWord: false }
const regex = (text: string): SearchPattern => ({ ...PLAIN, text, isPattern: true })
const CATASTROPHE = '(a+)+$'
const POISON = `${'a'.repeat(60)}b`

/** A folder with logs, and searches in it. */
function searches(logs: Partial<Record<'stdout' | 'stderr', string>>, entry = ENTRY) {
  const folder = temporaryDirectory()
  const events: SearchEvent[] = []
  for (const [stream, text] of Object.entries(logs)) writeFileSync(join(folder, `${stream}.log`), text)
  const onEvent = (event: SearchEvent) => void events.push(event)
  const client = new SearchClient({ entry, folderOf: (key) => (key === KEY ? folder : 'another'), onEvent })
  onTestFinished(() => client.dispose())
  const of = (id: number) => events.filter((event) => event.id === id)
  return {
    folder,
    client,
    of,
    start(pattern: SearchPattern, spans: readonly SearchSpan[]): number {
      const started = client.start(spans, pattern, KEY)
      if (!started.ok) throw new Error(started.error.message)
      return started.id
    },
    lines: (id: number, stream: 'stdout' | 'stderr' = 'stdout') => of(id).flatMap((event) => event.lines[stream]),
    upTo: (id: number, bytes: number) =>
      waitFor(() => of(id).findLast((event) => event.scannedBytes === bytes), { what: `byte ${bytes} to be searched` }),
    problem: (id: number) => waitFor(() => of(id).at(-1)?.problem, { what: 'the search to fail' }),
  }
}

function whole(text: string, stream: 'stdout' | 'stderr' = 'stdout'): SearchSpan {
  return { stream, fromOffset: 0, fromLine: 0, toOffset: Buffer.byteLength(text) }
}

describe('a search in a thread', () => {
  it('finds the lines of both streams', async () => {
    const stdout = 'hay\nneedle\nhay\n\x1b[31mnee\x1b[0mdle\r\n'
    const stderr = 'needle\n'
    const { start, lines, upTo } = searches({ stdout, stderr })
    const id = start(PLAIN, [whole(stdout), whole(stderr, 'stderr')])
    const bytes = stdout.length + stderr.length
    expect(await upTo(id, bytes)).toMatchObject({
      count: 3,
      totalBytes: bytes,
      isCapped: false,
      gone: [],
      problem: null,
    })
    expect(lines(id)).toEqual([1, 3])
    expect(lines(id, 'stderr')).toEqual([0])
  })

  it('goes on with what is printed', async () => {
    const first = 'hay\nnee'
    const { folder, client, start, lines, upTo } = searches({ stdout: first })
    const id = start(PLAIN, [whole(first)])
    await upTo(id, first.length)
    let at = first.length
    let line = 1
    for (const more of ['dle', ' and', ' needle\nhay\n', 'needle\n']) {
      appendFileSync(join(folder, 'stdout.log'), more)
      client.extend(id, [{ stream: 'stdout', fromOffset: at, fromLine: line, toOffset: at + more.length }])
      at += more.length
      line += more.split('\n').length - 1
      await upTo(id, at)
    }
    expect(lines(id)).toEqual([1, 3])
  })

  it('is refused for what is no pattern', () => {
    const { client, of } = searches({})
    const refused = client.start([], regex('('), KEY)
    expect(refused).toMatchObject({ ok: false, error: { code: 'bad-pattern' } })
    expect(of(1)).toEqual([])
  })

  it('lists so many lines at most, and counts on', async () => {
    const stdout = 'needle\n'.repeat(MAX_LISTED_LINES + 5)
    const { start, lines, upTo } = searches({ stdout })
    const id = start(PLAIN, [whole(stdout)])
    expect(await upTo(id, stdout.length)).toMatchObject({ count: MAX_LISTED_LINES + 5, isCapped: true })
    expect(lines(id)).toEqual(Array.from({ length: MAX_LISTED_LINES }, (_, line) => line))
  })

  it('says where the matches lie in what is shown', async () => {
    const { client, start } = searches({ stdout: '' })
    const id = start(regex('e+'), [])
    expect(await client.ranges(id, ['needle', 'hay', 'e'])).toEqual({
      ok: true,
      ranges: [
        [
          [1, 3],
          [5, 6],
        ],
        [],
        [[0, 1]],
      ],
    })
  })

  it('goes on beside others', async () => {
    const stdout = 'one\ntwo\n'
    const { start, lines, upTo, client } = searches({ stdout })
    const one = start({ ...PLAIN, text: 'one' }, [whole(stdout)])
    const two = start({ ...PLAIN, text: 'two' }, [whole(stdout)])
    await client.end(start({ ...PLAIN, text: 'o' }, [whole(stdout)]))
    await Promise.all([upTo(one, stdout.length), upTo(two, stdout.length)])
    expect([lines(one), lines(two)]).toEqual([[0], [1]])
  })

  it('is over once it was ended', async () => {
    const stdout = 'needle\n'.repeat(200_000)
    const { client, start, of } = searches({ stdout })
    const id = start(PLAIN, [whole(stdout)])
    const waiting = client.ranges(id, ['needle'])
    const ended = client.end(id)
    const seen = of(id).length
    expect(await waiting).toMatchObject({ ok: false, error: { code: 'search-over' } })
    await ended
    client.extend(id, [whole(stdout)])
    expect(await client.ranges(id, ['needle'])).toMatchObject({ ok: false, error: { code: 'search-over' } })
    await client.end(id)
    expect(of(id)).toHaveLength(seen)
  })

  it('fails in words if a log cannot be read', async () => {
    const { start, problem, client, of, folder } = searches({})
    mkdirSync(join(folder, 'stderr.log'))
    const id = start(PLAIN, [{ stream: 'stderr', fromOffset: 0, fromLine: 0, toOffset: 5 }])
    expect(await problem(id)).toMatchObject({ code: 'search-failed', message: expect.stringContaining('EISDIR') })
    expect(await client.ranges(id, ['a'])).toMatchObject({ ok: false, error: { code: 'search-over' } })
    expect(of(id)).toHaveLength(1)
  })

  it('fails in words if its thread does not even begin', async () => {
    const { start, problem } = searches({}, join(temporaryDirectory(), 'missing.ts'))
    expect(await problem(start(PLAIN, []))).toMatchObject({ code: 'search-failed' })
  })
})

describe('a pattern that takes for ever', () => {
  it('ends its search, tells why, and disturbs nobody else', async () => {
    const stdout = `aaa\n${'hay\n'.repeat(300_000)}${POISON}\naaa\n`
    const { client, start, problem, upTo, lines, of } = searches({ stdout })
    const harmless = start({ ...PLAIN, text: 'aaa' }, [])
    const id = start(regex(CATASTROPHE), [whole(stdout)])
    await waitFor(() => lines(id).length > 0, { what: 'the line before the bad one' })
    const waiting = client.ranges(id, ['aaa'])
    expect(await problem(id)).toMatchObject({ code: 'too-slow', message: expect.stringContaining('too long') })
    const last = of(id).at(-1)
    expect(last).toMatchObject({ count: 1, totalBytes: stdout.length, lines: { stdout: [], stderr: [] } })
    expect(last?.scannedBytes).toBeLessThan(stdout.length)
    // Answered before the search came to the bad line, or with the search's end.
    const answer = await waiting
    expect(answer.ok ? 'ranges' : answer.error.code).toMatch(/^(ranges|too-slow)$/)
    expect(await client.ranges(id, ['aaa'])).toMatchObject({ ok: false, error: { code: 'search-over' } })
    client.extend(harmless, [whole(stdout)])
    await upTo(harmless, stdout.length)
    expect(lines(harmless)).toEqual([0, 300_001, 300_002])
  })

  it('ends its search also if it does so in what is shown', async () => {
    const stdout = 'aaa\n'
    const { client, start, problem, upTo } = searches({ stdout })
    const id = start(regex(CATASTROPHE), [whole(stdout)])
    await upTo(id, stdout.length)
    expect(await client.ranges(id, ['aaa', POISON])).toMatchObject({ ok: false, error: { code: 'too-slow' } })
    expect(await problem(id)).toMatchObject({ code: 'too-slow' })
  })

  it('is not one that gets on, if slowly', async () => {
    // Several seconds for all lines on any machine, well below two for the few that are tried at once.
    const stdout = `${'a'.repeat(16)}b\n`.repeat(4000)
    const { start, of } = searches({ stdout })
    const id = start(regex(CATASTROPHE), [whole(stdout)])
    const done = await waitFor(
      () => of(id).findLast(({ scannedBytes, problem }) => problem ?? scannedBytes === stdout.length),
      {
        what: 'the end of the search',
        timeoutMs: 25_000,
      },
    )
    expect(done).toMatchObject({ problem: null, count: 0 })
  })

  it('or needs too much memory is told so', async () => {
    const stdout = `${'a'.repeat(1024 * 1024)}\n`
    const { start, problem } = searches({ stdout })
    const id = start(regex(`^${'('.repeat(20)}a|b${')'.repeat(20)}*z`), [whole(stdout)])
    expect(await problem(id)).toMatchObject({ code: 'too-complex' })
  })
})

describe('the search thread', () => {
  it('keeps no process alive, busy or idle', async () => {
    const folder = temporaryDirectory()
    writeFileSync(join(folder, 'stdout.log'), `${POISON}\n`)
    const script = `
      import { SearchClient } from ${JSON.stringify(pathToFileURL(join(SOURCES, 'search-client.ts')).href)}
      const entry = ${JSON.stringify(ENTRY)}
      const client = new SearchClient({ entry, folderOf: () => ${JSON.stringify(folder)}, onEvent: () => undefined })
      const span = { stream: 'stdout', fromOffset: 0, fromLine: 0, toOffset: ${POISON.length + 1} }
      client.start([span], ${JSON.stringify(regex(CATASTROPHE))}, 'key')
      const idle = client.start([span], ${JSON.stringify(PLAIN)}, 'key')
      await new Promise((resolve) => {
        const timer = setInterval(() => undefined, 1000)
        client.ranges(idle.id, ['a needle']).then((reply) => {
          clearInterval(timer)
          console.log(JSON.stringify(reply))
          resolve()
        })
      })`
    const program = join(folder, 'program.mjs')
    writeFileSync(program, script)
    const { stdout } = await promisify(execFile)(process.execPath, [program], { timeout: 20_000 })
    expect(JSON.parse(stdout)).toEqual({ ok: true, ranges: [[[2, 8]]] })
  })

  it.runIf(process.platform === 'linux')(
    'has no file open when there is nothing to search, or it was ended',
    async () => {
      const stdout = `needle\n${POISON}\n`
      const { folder, client, start, upTo, lines } = searches({ stdout })
      const openFiles = () =>
        readdirSync('/proc/self/fd').filter((fd) => {
          try {
            return readlinkSync(`/proc/self/fd/${fd}`).startsWith(folder)
          } catch {
            return false
          }
        })
      const id = start(PLAIN, [whole(stdout)])
      await upTo(id, stdout.length)
      expect(openFiles()).toEqual([])
      const busy = start(regex(`needle|${CATASTROPHE}`), [whole(stdout)])
      await client.end(busy)
      expect(openFiles()).toEqual([])
      expect(lines(id)).toEqual([0])
    },
  )

  it('can be one CommonJS file', async () => {
    const outDir = temporaryDirectory()
    await build({
      configFile: false,
      logLevel: 'silent',
      build: {
        ssr: ENTRY,
        outDir,
        target: 'node18.15',
        rolldownOptions: { output: { format: 'cjs', entryFileNames: '[name].cjs' } },
      },
    })
    expect(readdirSync(outDir)).toEqual(['search-worker.cjs'])
    const stdout = 'hay\nneedle\n'
    const { start, lines, upTo } = searches({ stdout }, join(outDir, 'search-worker.cjs'))
    const id = start(PLAIN, [whole(stdout)])
    await upTo(id, stdout.length)
    expect(lines(id)).toEqual([1])
  })
})
