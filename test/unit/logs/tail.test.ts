import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { decodeLine } from '../../../src-main/logs/decode-line.ts'
import { openLogBytes } from '../../../src-main/logs/store/stream-bytes.ts'
import { StreamStore } from '../../../src-main/logs/store/stream-store.ts'
import { readLastLines } from '../../../src-main/logs/tail.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

// Real files: slow on a loaded machine.
vi.setConfig({ testTimeout: 60_000 })

/** A stream with this content, in its own folder. */
function streamOf(content: string) {
  const folder = temporaryDirectory()
  const set = (text: string) => writeFileSync(join(folder, 'stdout.log'), text)
  set(content)
  return { bytes: openLogBytes(folder, 'stdout'), folder, set }
}

describe('the last lines of a stream', () => {
  it('are those that splitting it all would give', async () => {
    const { folder, set } = streamOf('')
    const line = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => text.replaceAll('\n', ' ').replaceAll('\r', '')),
      fc.integer({ min: 65_000, max: 66_000 }).map((length) => 'ü'.repeat(length / 2)),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 60 }), fc.boolean(), fc.nat(70), async (lines, open, count) => {
        set(lines.map((text) => `${text}\n`).join('') + (open ? 'unfinished' : ''))
        const all = open ? [...lines, 'unfinished'] : lines
        expect(await readLastLines(openLogBytes(folder, 'stdout'), count)).toEqual(count === 0 ? [] : all.slice(-count))
      }),
      { numRuns: 50 },
    )
  })

  it('are the last thousand, in order, of a long one', async () => {
    const lines = Array.from({ length: 20_000 }, (_, index) => `line ${index}`)
    const { bytes } = streamOf(`${lines.join('\n')}\n`)
    expect(await readLastLines(bytes, 1000)).toEqual(lines.slice(-1000))
    expect(await readLastLines(bytes, 1_000_000)).toEqual(lines)
  })

  it('are found across archives', async () => {
    const { bytes, folder, set } = streamOf('a\nb\nc')
    const store = new StreamStore(folder, 'stdout', { warn: (message) => expect.unreachable(message) })
    await store.rotate({ quiesce: null })
    set('c\nd\n')
    expect(await readLastLines(bytes, 3)).toEqual(['b', 'cc', 'd'])
  })

  it('include a line of 4 MB whole', async () => {
    const long = 'x'.repeat(4 * 1024 * 1024)
    const { bytes } = streamOf(`a\n${long}\nb\n`)
    expect(await readLastLines(bytes, 2)).toEqual([long, 'b'])
  })

  it('are none for nonsense counts', async () => {
    const { bytes } = streamOf('a\nb\n')
    for (const count of [0, -1, Number.NaN]) expect(await readLastLines(bytes, count)).toEqual([])
  })

  it('of a missing or empty one are none', async () => {
    expect(await readLastLines(openLogBytes(join(temporaryDirectory(), 'missing'), 'stdout'), 10)).toEqual([])
    expect(await readLastLines(streamOf('').bytes, 10)).toEqual([])
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
