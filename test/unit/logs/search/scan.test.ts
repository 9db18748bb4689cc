import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import type { ChunkSizes } from '../../../../src-main/logs/search/line-chunks.ts'
import { compilePattern, type SearchPattern } from '../../../../src-main/logs/search/pattern.ts'
import { MAX_SEARCHED_LINE_BYTES, type SearchSpan, StreamScan } from '../../../../src-main/logs/search/scan.ts'
import type { LogBytes } from '../../../../src-main/logs/store/log-bytes.ts'
import { openLogBytes } from '../../../../src-main/logs/store/stream-bytes.ts'
import { temporaryDirectory } from '../../../support/temporary-directory.ts'
import { anyLog, anyPattern, matchingLines } from './model.ts'

vi.setConfig({ testTimeout: 60_000 })

const stream = 'stdout'
const PLAIN: SearchPattern = { text: 'needle', isPattern: false, matchCase: true, wholeWord: false }

/** A stream in memory, of which the bytes before `first` are gone. */
function inMemory(log: Buffer, at: { first: number } = { first: 0 }): LogBytes {
  return {
    extent: () => Promise.resolve({ first: at.first, end: log.length, generation: '' }),
    read: (offset, buffer) => Promise.resolve(offset < at.first ? -1 : log.copy(buffer, 0, offset)),
    release: () => Promise.resolve(),
  }
}

function scanOf(bytes: LogBytes, pattern: SearchPattern, sizes?: ChunkSizes) {
  const compiled = compilePattern(pattern)
  if (!compiled.ok) throw new Error(compiled.error.message)
  const found: number[] = []
  const reached: number[] = []
  const listener = {
    found: (line: number) => void found.push(line),
    reached: (offset: number) => void reached.push(offset),
    attempt: <T>(match: () => T) => match(),
    pause: () => null,
  }
  return { scan: new StreamScan(bytes, compiled.matcher, listener, sizes), found, reached }
}

const lineAt = (log: Buffer, offset: number) => log.subarray(0, offset).toString('latin1').split('\n').length - 1

function span(log: Buffer, fromOffset: number, toOffset: number): SearchSpan {
  return { stream, fromOffset, fromLine: lineAt(log, fromOffset), toOffset }
}

const anySizes = fc
  .tuple(fc.integer({ min: 1, max: 80 }), fc.integer({ min: 1, max: 80 }))
  .map(([readBytes, lineBytes]): ChunkSizes => ({ readBytes, lineBytes }))

const ascending = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b)

describe('a scan', () => {
  it('finds in any bytes, read in any pieces, what trying each line finds', async () => {
    await fc.assert(
      fc.asyncProperty(anyLog, anyPattern, anySizes, async (log, pattern, sizes) => {
        const { scan, found, reached } = scanOf(inMemory(log), pattern, sizes)
        expect(await scan.search(span(log, 0, log.length))).toBeNull()
        expect(found).toEqual(matchingLines(log, pattern, sizes.lineBytes))
        expect(reached).toEqual(ascending(reached))
        expect(reached.at(-1)).toBe(log.length)
      }),
      { numRuns: 3000 },
    )
  })

  it('finds in a log that grows by any steps every line that matched at one of them, once', async () => {
    // Anywhere, or where a line ends.
    const steps = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean()), { maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(anyLog, anyPattern, anySizes, steps, async (log, pattern, sizes, shares) => {
        const { scan, found } = scanOf(inMemory(log), pattern, sizes)
        const expected = new Set<number>()
        let from = 0
        const cuts = shares.map(([share, atLineEnd]) => {
          const cut = Math.floor(share * log.length)
          return atLineEnd ? log.indexOf('\n', cut) + 1 : cut
        })
        for (const to of [...ascending(cuts), log.length]) {
          await scan.search(span(log, from, to))
          for (const line of matchingLines(log.subarray(0, to), pattern, sizes.lineBytes)) expected.add(line)
          expect(ascending(found)).toEqual(ascending([...expected]))
          from = to
        }
      }),
      { numRuns: 2000 },
    )
  })

  it('finds the same if the parts of a log are searched in any order, and then goes on at its end', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyLog,
        anyLog,
        anyPattern,
        fc.array(fc.nat()),
        fc.boolean(),
        async (log, more, pattern, seed, fromTheEnd) => {
          const ends = [...log.keys()].filter((at) => log[at] === 0x0a).map((at) => at + 1)
          const cuts = [...new Set([0, ...seed.map((n) => ends[n % Math.max(1, ends.length)] ?? 0), log.length])]
          const borders = ascending(cuts)
          const spans = borders.slice(1).map((to, index) => span(log, borders[index] as number, to))
          const whole = Buffer.concat([log, more])
          const { scan, found } = scanOf(inMemory(whole), pattern, { readBytes: 16, lineBytes: 1000 })
          for (const part of fromTheEnd ? spans.reverse() : spans) await scan.search(part)
          expect(ascending(found)).toEqual(matchingLines(log, pattern))
          await scan.search(span(whole, log.length, whole.length))
          const expected = new Set([...matchingLines(log, pattern), ...matchingLines(whole, pattern)])
          expect(ascending(found)).toEqual(ascending([...expected]))
        },
      ),
      { numRuns: 1000 },
    )
  })

  it('reads a real file as far as it is told, and no line twice', async () => {
    const folder = temporaryDirectory()
    const lines = Array.from(
      { length: 30_000 },
      (_, line) => `line ${line} ${line % 1000 === 7 ? 'needle' : 'hay'} ${'ä'.repeat(line % 50)}`,
    )
    const log = Buffer.from(`${lines.join('\n')}\nneedle at the e`)
    writeFileSync(join(folder, 'stdout.log'), Buffer.concat([log, Buffer.from('nd\nneedle\n')]))
    const bytes = openLogBytes(folder, stream)
    const { scan, found } = scanOf(bytes, PLAIN)
    await scan.search(span(log, 0, log.length))
    const expected = Array.from({ length: 30 }, (_, n) => n * 1000 + 7)
    expect(found).toEqual([...expected, 30_000])
    await scan.search({ stream, fromOffset: log.length, fromLine: 30_000, toOffset: log.length + 10 })
    expect(found).toEqual([...expected, 30_000, 30_001])
    await bytes.release()
  })

  it('searches the first megabyte of a line and goes on after it, however long it is', async () => {
    const long = Buffer.alloc(5 * MAX_SEARCHED_LINE_BYTES, '-')
    long.write('needle', MAX_SEARCHED_LINE_BYTES - 6)
    const beyond = Buffer.alloc(5 * MAX_SEARCHED_LINE_BYTES, '-')
    beyond.write('needle', MAX_SEARCHED_LINE_BYTES - 5)
    const log = Buffer.concat([long, Buffer.from('\n'), beyond, Buffer.from('\nneedle\n')])
    const { scan, found } = scanOf(inMemory(log), PLAIN)
    // In the middle of a long line, too.
    await scan.search(span(log, 0, 2 * MAX_SEARCHED_LINE_BYTES))
    expect(found).toEqual([0])
    await scan.search(span(log, 2 * MAX_SEARCHED_LINE_BYTES, log.length))
    expect(found).toEqual([0, 2])
  })

  it('tells what is left of a span that was rotated away, and searches others', async () => {
    const log = Buffer.from('needle 0\nneedle 1\nneedle 2\nneedle 3\n')
    const at = { first: 0 }
    const bytes = inMemory(log, at)
    const rotating: LogBytes = {
      ...bytes,
      read: (offset, buffer) => {
        if (offset >= 9) at.first = 20
        return bytes.read(offset, buffer)
      },
    }
    const { scan, found, reached } = scanOf(rotating, PLAIN, { readBytes: 12, lineBytes: 12 })
    const rest = await scan.search(span(log, 0, log.length))
    expect(rest).toEqual({ stream, fromOffset: 9, fromLine: 1, toOffset: log.length })
    expect(reached.at(-1)).toBe(log.length)
    await scan.search(span(log, 27, log.length))
    expect(found).toEqual([0, 3])
  })

  it('searches what is left of an unfinished line if its begin was rotated away', async () => {
    const log = Buffer.from('a line with a needle\nneedle\n')
    const at = { first: 0 }
    const { scan, found } = scanOf(inMemory(log, at), PLAIN)
    await scan.search(span(log, 0, 10))
    at.first = 8
    const rest = await scan.search(span(log, 10, log.length))
    expect(rest).toEqual(span(log, 10, log.length))
    expect(found).toEqual([])
    expect(await scan.search(span(log, 10, log.length))).toBeNull()
    expect(found).toEqual([0, 1])
  })

  it('does not go back to an unfinished line for what lies beyond a gap', async () => {
    const log = Buffer.from('need\nneedle\nneedle\n')
    const { scan, found } = scanOf(inMemory(log), PLAIN)
    await scan.search(span(log, 0, 3))
    await scan.search(span(log, 12, log.length))
    expect(found).toEqual([2])
  })

  it('goes on where bytes were missing as soon as they are there', async () => {
    const log = Buffer.from('needle 0\nneedle 1\nneedle 2\n')
    const late = { log: log.subarray(0, 12) }
    const bytes: LogBytes = { ...inMemory(log), read: (offset, buffer) => inMemory(late.log).read(offset, buffer) }
    const { scan, found } = scanOf(bytes, PLAIN)
    await scan.search(span(log, 0, 20))
    expect(found).toEqual([0])
    late.log = log
    await scan.search(span(log, 20, log.length))
    expect(found).toEqual([0, 1, 2])
  })

  it('passes on what reading throws', async () => {
    const folder = temporaryDirectory()
    mkdirSync(join(folder, `${stream}.log`))
    const { scan } = scanOf(openLogBytes(folder, stream), PLAIN)
    await expect(scan.search({ stream, fromOffset: 0, fromLine: 0, toOffset: 10 })).rejects.toThrow('EISDIR')
  })

  it('lets others have a turn between a few lines', async () => {
    const log = Buffer.from('line\n'.repeat(1000))
    const compiled = compilePattern({ ...PLAIN, isPattern: true })
    if (!compiled.ok) throw new Error('it is a pattern')
    const calls: string[] = []
    const listener = {
      found: () => undefined,
      reached: () => undefined,
      attempt: <T>(match: () => T) => {
        calls.push('attempt')
        return match()
      },
      pause: async () => void calls.push('pause'),
    }
    await new StreamScan(inMemory(log), compiled.matcher, listener).search(span(log, 0, log.length))
    expect(calls.filter((call) => call === 'attempt').length).toBeGreaterThan(10)
    expect(calls.join(' ')).not.toContain('attempt attempt')
  })
})
