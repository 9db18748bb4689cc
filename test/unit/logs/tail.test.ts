import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { decodeLine } from '../../../src-main/logs/decode-line.ts'
import { readLastLines } from '../../../src-main/logs/tail.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

// Real files: slow on a loaded machine.
vi.setConfig({ testTimeout: 60_000 })

describe('the last lines of a file', () => {
  it('are those that splitting it all would give', async () => {
    const file = join(temporaryDirectory(), 'a.log')
    const line = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => text.replaceAll('\n', ' ').replaceAll('\r', '')),
      fc.integer({ min: 65_000, max: 66_000 }).map((length) => 'ü'.repeat(length / 2)),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 60 }), fc.boolean(), fc.nat(70), async (lines, open, count) => {
        writeFileSync(file, lines.map((text) => `${text}\n`).join('') + (open ? 'unfinished' : ''))
        const all = open ? [...lines, 'unfinished'] : lines
        expect(await readLastLines(file, count)).toEqual(count === 0 ? [] : all.slice(-count))
      }),
      { numRuns: 50 },
    )
  })

  it('are the last thousand, in order, of a long file', async () => {
    const file = join(temporaryDirectory(), 'a.log')
    const lines = Array.from({ length: 20_000 }, (_, index) => `line ${index}`)
    writeFileSync(file, `${lines.join('\n')}\n`)
    expect(await readLastLines(file, 1000)).toEqual(lines.slice(-1000))
    expect(await readLastLines(file, 1_000_000)).toEqual(lines)
  })

  it('include a line of 4 MB whole', async () => {
    const file = join(temporaryDirectory(), 'a.log')
    const long = 'x'.repeat(4 * 1024 * 1024)
    writeFileSync(file, `a\n${long}\nb\n`)
    expect(await readLastLines(file, 2)).toEqual([long, 'b'])
  })

  it('are none for nonsense counts', async () => {
    const file = join(temporaryDirectory(), 'a.log')
    writeFileSync(file, 'a\nb\n')
    for (const count of [0, -1, Number.NaN]) expect(await readLastLines(file, count)).toEqual([])
  })

  it('of a missing or empty file are none; other failures are errors', async () => {
    const directory = temporaryDirectory()
    expect(await readLastLines(join(directory, 'missing.log'), 10)).toEqual([])
    writeFileSync(join(directory, 'empty.log'), '')
    expect(await readLastLines(join(directory, 'empty.log'), 10)).toEqual([])
    await expect(readLastLines(directory, 10)).rejects.toThrow('EISDIR')
  })
})

describe('decodeLine', () => {
  it('replaces what is no UTF-8 and drops the CR of a CRLF', () => {
    expect(decodeLine(Buffer.from('a\r'))).toBe('a')
    expect(decodeLine(Buffer.from('a\rb\r\r'))).toBe('a\rb\r')
    expect(decodeLine(Buffer.from([0xe2, 0x82]))).toBe('\ufffd')
    expect(decodeLine(Buffer.from([0x61, 0xe2, 0x82]), true)).toBe('a')
    expect(decodeLine(Buffer.from([0xef, 0xbb, 0xbf, 0x61]))).toBe('\ufeffa')
  })
})
