import { appendFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { LogReader, MAX_LINE_BYTES } from '../../../src-main/logs/log-reader.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

// Real files: slow on a loaded machine.
vi.setConfig({ testTimeout: 60_000 })

const newFile = () => join(temporaryDirectory(), 'stdout.log')

async function textsOf(reader: LogReader, from = 0, count = Number.MAX_SAFE_INTEGER): Promise<string[] | null> {
  const { epoch } = await reader.refresh()
  const page = await reader.page(epoch, from, count)
  return page === null ? null : page.lines.map((line) => line.text)
}

describe('a log reader', () => {
  it('takes a missing file for an empty log that may still come', async () => {
    const file = newFile()
    const reader = new LogReader(file)
    const before = await reader.refresh()
    expect(before).toMatchObject({ lineCount: 0, sizeBytes: 0 })
    expect(await reader.page(before.epoch, 0, 10)).toEqual({ epoch: before.epoch, from: 0, lines: [] })
    writeFileSync(file, 'first\n')
    expect(await reader.refresh()).toEqual({ epoch: before.epoch, lineCount: 1, sizeBytes: 6 })
  })

  it('sees what was appended, an unfinished line included, under the same numbers', async () => {
    const file = newFile()
    writeFileSync(file, 'one\ntw')
    const reader = new LogReader(file)
    const { epoch, lineCount } = await reader.refresh()
    expect(lineCount).toBe(2)
    appendFileSync(file, 'o\nthree\n')
    expect(await reader.refresh()).toEqual({ epoch, lineCount: 3, sizeBytes: 14 })
    expect(await textsOf(reader)).toEqual(['one', 'two', 'three'])
    expect(await textsOf(reader, 1, 1)).toEqual(['two'])
    expect(await textsOf(reader, 3, 10)).toEqual([])
  })

  it('shows every line unspoilt on a page longer than what is read at once', async () => {
    const file = newFile()
    const lines = Array.from({ length: 5000 }, (_, line) => `line ${line} ${'äöü'.repeat(line % 40)}`)
    writeFileSync(file, `${lines.join('\n')}\n`)
    const reader = new LogReader(file)
    expect(await textsOf(reader)).toEqual(lines)
    expect(await textsOf(reader, 1500, 1000)).toEqual(lines.slice(1500, 2500))
  })

  it('reads any text in any pieces as splitting it would', async () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200, size: 'max' }).map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 300, size: 'max' }).map((bytes) => Buffer.from(bytes)),
      fc.integer({ min: 60_000, max: 70_000 }).map((length) => Buffer.alloc(length, 'line of text\n')),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 8 }), async (pieces) => {
        const file = newFile()
        writeFileSync(file, '')
        const reader = new LogReader(file)
        for (const bytes of pieces) {
          appendFileSync(file, bytes)
          await reader.refresh()
        }
        const whole = new TextDecoder('utf-8', { ignoreBOM: true }).decode(Buffer.concat(pieces)).split('\n')
        if (whole.at(-1) === '') whole.pop()
        expect(await textsOf(reader)).toEqual(whole.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line)))
      }),
      { numRuns: 30 },
    )
  })
})

describe('odd output', () => {
  it('of one line of 4 MB is shown by its beginning, and the lines around it are whole', async () => {
    const file = newFile()
    const long = 4 * 1024 * 1024
    writeFileSync(file, `before\n${'é'.repeat(long / 2)}\nafter\n`)
    const reader = new LogReader(file)
    const { epoch, lineCount } = await reader.refresh()
    expect(lineCount).toBe(3)
    const page = await reader.page(epoch, 0, 10)
    expect(page?.lines.map((line) => line.cutFromBytes)).toEqual([null, long, null])
    expect(page?.lines.map((line) => line.text)).toEqual(['before', 'é'.repeat(MAX_LINE_BYTES / 2), 'after'])
  })

  it('that is no UTF-8 is shown with replacement characters and harms no other line', async () => {
    const file = newFile()
    writeFileSync(
      file,
      Buffer.from([0x61, 0xff, 0xfe, 0x62, 0x0a, 0xc3, 0x0a, 0x00, 0x0a, 0xe2, 0x82, 0xac, 0x0d, 0x0a]),
    )
    expect(await textsOf(new LogReader(file))).toEqual(['a\ufffd\ufffdb', '\ufffd', '\0', '€'])
  })

  it('cut within a character ends before that character', async () => {
    const file = newFile()
    writeFileSync(file, `x${'€'.repeat(MAX_LINE_BYTES)}\n`)
    const [line] = (await textsOf(new LogReader(file))) ?? []
    expect(line).toBe(`x${'€'.repeat(Math.floor((MAX_LINE_BYTES - 1) / 3))}`)
  })
})

describe('line numbers that became invalid', () => {
  it.each([
    ['truncated', (file: string) => truncateSync(file, 4)],
    [
      'replaced by a longer file',
      (file: string) => {
        writeFileSync(`${file}.new`, 'a much longer text than before\n'.repeat(10))
        renameSync(`${file}.new`, file)
      },
    ],
    ['removed', (file: string) => rmSync(file)],
  ])('because the file was %s get a new epoch', async (_what, change) => {
    const file = newFile()
    writeFileSync(file, 'one\ntwo\nthree\n')
    const reader = new LogReader(file)
    const before = await reader.refresh()
    change(file)
    expect(await reader.page(before.epoch, 0, 10)).toBeNull()
    const now = await reader.refresh()
    expect(now.epoch).not.toBe(before.epoch)
    expect((await reader.page(now.epoch, 0, 10))?.lines).toHaveLength(now.lineCount)
  })

  it('are never those of another reader', async () => {
    const file = newFile()
    writeFileSync(file, 'one\n')
    const [first, second] = [new LogReader(file), new LogReader(file)]
    expect((await first.refresh()).epoch).not.toBe((await second.refresh()).epoch)
  })
})

describe('calls at the same time', () => {
  it('are carried out one after another and agree', async () => {
    const file = newFile()
    writeFileSync(file, 'line\n'.repeat(300_000))
    const reader = new LogReader(file)
    const extents = await Promise.all([reader.refresh(), reader.refresh(), reader.refresh()])
    expect(new Set(extents.map((extent) => JSON.stringify(extent))).size).toBe(1)
    expect(extents[0]?.lineCount).toBe(300_000)
  })

  it('go on after one that failed', async () => {
    const directory = temporaryDirectory()
    const reader = new LogReader(directory) // A directory can be opened, but not read.
    await expect(reader.refresh()).rejects.toThrow('EISDIR')
    rmSync(directory, { recursive: true })
    writeFileSync(directory, 'one\n')
    expect((await reader.refresh()).lineCount).toBe(1)
  })
})
