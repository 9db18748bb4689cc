import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay, setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  type AtomicWriteOptions,
  replaceFileAtomic,
  writeFileAtomic,
  writeFileAtomicSync,
} from '../../../src-main/os/atomic-write.ts'

let directory: string
let target: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'agentos-atomic-'))
  target = join(directory, 'record.json')
})

afterEach(() => rmSync(directory, { recursive: true, force: true }))

type Write = (path: string, data: string | Uint8Array, options?: AtomicWriteOptions) => Promise<void>

const variants: [string, Write][] = [
  ['writeFileAtomic', writeFileAtomic],
  ['writeFileAtomicSync', async (...args) => writeFileAtomicSync(...args)],
]

describe.each(variants)('%s', (_name, write) => {
  it('creates a file and leaves nothing else behind', async () => {
    await write(target, 'first')
    expect(readFileSync(target, 'utf8')).toBe('first')
    expect(readdirSync(directory)).toEqual(['record.json'])
  })

  it('replaces a file, also with fsync and with bytes', async () => {
    writeFileSync(target, 'a longer old text')
    await write(target, Buffer.from('new'), { fsync: true })
    expect(readFileSync(target, 'utf8')).toBe('new')
  })

  it.skipIf(process.platform === 'win32')(
    'gives the file its mode whatever the umask and the old file say',
    async () => {
      writeFileSync(target, 'old', { mode: 0o644 })
      await write(target, 'private')
      expect(statSync(target).mode & 0o777).toBe(0o600)
      await write(target, 'shared', { mode: 0o666 })
      expect(statSync(target).mode & 0o777).toBe(0o666)
    },
  )

  it('leaves target and directory as they were if the rename fails', async () => {
    mkdirSync(target)
    writeFileSync(join(target, 'inside'), 'kept')
    await expect(write(target, 'new')).rejects.toThrow(/EISDIR|ENOTEMPTY|EPERM|EACCES/)
    expect(readdirSync(directory)).toEqual(['record.json'])
    expect(readFileSync(join(target, 'inside'), 'utf8')).toBe('kept')
  })

  it('reports a missing directory', async () => {
    await expect(write(join(directory, 'missing', 'file'), 'x')).rejects.toThrow(/ENOENT/)
  })

  it.skipIf(process.platform === 'win32' || process.getuid?.() === 0)('reports a read-only directory', async () => {
    chmodSync(directory, 0o500)
    await expect(write(target, 'x')).rejects.toThrow(/EACCES/)
    chmodSync(directory, 0o700)
    expect(readdirSync(directory)).toEqual([])
  })
})

it('never shows a reader half a file', async () => {
  const versions = ['a', 'b', 'c'].map((letter) => letter.repeat(300_000))
  writeFileAtomicSync(target, versions[0] ?? '')
  const writes = Promise.all(
    versions.flatMap((text) => Array.from({ length: 10 }, () => writeFileAtomic(target, text))),
  )
  let writing = true
  void writes.finally(() => {
    writing = false
  })
  let reads = 0
  while (writing) {
    expect(versions).toContain(readFileSync(target, 'utf8'))
    reads += 1
    // A file that is open nearly all the time is never replaced on Windows.
    if (process.platform === 'win32') await delay(10)
    else await setImmediate()
  }
  await writes
  expect(reads).toBeGreaterThan(0)
  expect(readdirSync(directory)).toEqual(['record.json'])
})

describe('replaceFileAtomic', () => {
  it('asks when the new file is complete, and replaces the old one at once', async () => {
    writeFileSync(target, 'old')
    const seen: string[][] = []
    const isExpected = () => {
      seen.push(readdirSync(directory).map((name) => readFileSync(join(directory, name), 'utf8')))
      return true
    }
    expect(await replaceFileAtomic(target, 'new', isExpected, { fsync: true })).toBe(true)
    expect(seen).toEqual([['new', 'old']])
    expect(readFileSync(target, 'utf8')).toBe('new')
    expect(readdirSync(directory)).toEqual(['record.json'])
  })

  it('leaves everything as it was if it is told to', async () => {
    writeFileSync(target, 'old')
    expect(await replaceFileAtomic(target, 'new', () => false)).toBe(false)
    expect(readFileSync(target, 'utf8')).toBe('old')
    expect(readdirSync(directory)).toEqual(['record.json'])
  })

  it('leaves nothing behind if the question cannot be answered', async () => {
    writeFileSync(target, 'old')
    const cannotTell = () => {
      throw new Error('cannot tell')
    }
    await expect(replaceFileAtomic(target, 'new', cannotTell)).rejects.toThrow('cannot tell')
    expect(readdirSync(directory)).toEqual(['record.json'])
  })
})
