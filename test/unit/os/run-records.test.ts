import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type RunRecord, RunRecordStore } from '../../../src-main/os/run-records.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const record: RunRecord = {
  key: 'llamacpp:model1',
  nonce: 'abc',
  bootId: 'boot-1',
  command: ['/usr/bin/llama-server', '--port', '8080'],
  startedAt: 1234,
  identity: { pid: 4711, createdAt: '8675309', bootId: 'boot-1' },
}
const { identity: _identity, ...intent } = record
const FILE = 'llamacpp%3Amodel1.pid'

function storeIn(directory = join(temporaryDirectory(), 'run')) {
  return { directory, store: new RunRecordStore(directory) }
}

/** What becomes of a record file with this content. */
function readBack(content: string | Buffer, fileName = FILE) {
  const { directory, store } = storeIn()
  mkdirSync(directory)
  writeFileSync(join(directory, fileName), content)
  return { ...store.readAll(), left: readdirSync(directory), directory }
}

const written = (changes: Readonly<Record<string, unknown>>) =>
  `4711\n${JSON.stringify({ version: 1, ...intent, pid: 4711, createdAt: '8675309', ...changes })}\n`

describe('a PID file', () => {
  it('has the pid alone on its first line and survives a round trip', () => {
    const { directory, store } = storeIn()
    store.writeRecord(record)
    expect(store.pidFile(record.key)).toBe(join(directory, FILE))
    expect(readFileSync(store.pidFile(record.key), 'utf8')).toMatch(/^4711\n\{.*\}\n$/)
    expect(store.readAll()).toEqual({ records: [record], intents: [], warnings: [] })
  })

  it('replaces its intent', () => {
    const { directory, store } = storeIn()
    store.writeIntent(intent)
    expect(store.readAll()).toEqual({ records: [], intents: [intent], warnings: [] })
    store.writeRecord(record)
    expect(readdirSync(directory)).toEqual([FILE])
  })

  it.skipIf(process.platform === 'win32')('can be read by its owner only', () => {
    const { directory, store } = storeIn()
    store.writeIntent(intent)
    expect(statSync(directory).mode & 0o777).toBe(0o700)
    expect(statSync(join(directory, 'llamacpp%3Amodel1.intent')).mode & 0o777).toBe(0o600)
    store.writeRecord(record)
    expect(statSync(join(directory, FILE)).mode & 0o777).toBe(0o600)
  })

  it('has a name that is allowed everywhere, for any key', () => {
    const { directory, store } = storeIn()
    const keys = ['ollama:main', '../../escape:me', 'a/b:c\\d', 'ü:💥', '.hidden:x']
    for (const key of keys) store.writeRecord({ ...record, key })
    expect(readdirSync(directory).every((name) => !/[:/\\]/.test(name))).toBe(true)
    expect(new Set(store.readAll().records.map(({ key }) => key))).toEqual(new Set(keys))
    for (const key of keys) store.remove(key)
    expect(readdirSync(directory)).toEqual([])
  })

  it('is removed with its intent, and removing nothing is no error', () => {
    const { directory, store } = storeIn()
    store.remove('nothing:here')
    store.writeRecord(record)
    store.writeIntent(intent)
    store.removeIntent(record.key)
    expect(readdirSync(directory)).toEqual([FILE])
    store.remove(record.key)
    expect(readdirSync(directory)).toEqual([])
  })

  it('of a later version of the app may say more', () => {
    expect(readBack(written({ colour: 'blue' })).records).toEqual([record])
  })
})

describe('a record that cannot be used', () => {
  const bad: readonly (readonly [string, string | Buffer])[] = [
    ['is empty', ''],
    ['is noise', Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 31) % 256))],
    ['is truncated', written({}).slice(0, 60)],
    ['is the pid alone, as other programs write it', '4711\n'],
    ['is no object', '4711\n[]\n'],
    ['is null', '4711\nnull\n'],
    ['is of another version', written({ version: 2 })],
    ['has another pid on its first line', `4712\n${written({}).split('\n')[1]}\n`],
    ['has a first line that is no pid', `4711 \n${written({}).split('\n')[1]}\n`],
    ['has pid 0', written({ pid: 0 }).replace('4711', '0')],
    ['has pid 1', written({ pid: 1 }).replace('4711', '1')],
    ['has a negative pid', written({ pid: -4711 }).replace('4711', '-4711')],
    ['has a fractional pid', written({ pid: 4711.5 }).replace('4711', '4711.5')],
    ['has a pid in quotes', written({ pid: '4711' })],
    ['lacks the creation time', written({ createdAt: undefined })],
    ['lacks the boot id', written({ bootId: '' })],
    ['lacks the marker', written({ nonce: undefined })],
    ['is that of another service', written({ key: 'other:one' })],
    ['has a key that is no text', written({ key: 'lone:\ud800' })],
    ['is far too long', written({ command: ['x'.repeat(1_100_000)] })],
  ]

  it.each(bad)('because it %s is moved aside with a warning, and kept', (_what, content) => {
    const { records, intents, warnings, left, directory } = readBack(content)
    expect({ records, intents }).toEqual({ records: [], intents: [] })
    expect(left).toEqual([expect.stringMatching(/^llamacpp%3Amodel1\.pid\.corrupt-\d+$/)])
    expect(readFileSync(join(directory, left[0] ?? ''))).toEqual(Buffer.from(content))
    expect(warnings).toEqual([
      {
        file: join(directory, FILE),
        message: expect.stringMatching(/^(expected|not a valid record|URI malformed).*; moved to /),
      },
    ])
    expect(warnings[0]?.message.length).toBeLessThan(600)
  })

  it('is not looked at again', () => {
    const { directory } = readBack('noise')
    expect(new RunRecordStore(directory).readAll()).toEqual({ records: [], intents: [], warnings: [] })
  })

  it('does not keep the others from being read', () => {
    const { directory, store } = storeIn()
    for (const key of ['a:1', 'c:3']) store.writeRecord({ ...record, key })
    writeFileSync(join(directory, 'b%3A2.pid'), 'noise')
    writeFileSync(join(directory, 'd%3A4.intent'), 'noise')
    const { records, warnings } = store.readAll()
    expect(records.map(({ key }) => key)).toEqual(['a:1', 'c:3'])
    expect(warnings).toHaveLength(2)
  })

  it.skipIf(process.platform === 'win32')('may be no file at all', () => {
    const { directory, store } = storeIn()
    mkdirSync(join(directory, FILE), { recursive: true })
    symlinkSync(join(directory, 'nowhere'), join(directory, 'b%3A2.pid'))
    // Opening it for reading would wait for ever.
    execFileSync('mkfifo', [join(directory, 'c%3A3.pid')])
    expect(store.readAll().warnings).toHaveLength(3)
    expect(store.readAll().warnings).toEqual([])
  })

  it('is not read into memory if it is huge', () => {
    const { directory, store } = storeIn()
    mkdirSync(directory)
    writeFileSync(join(directory, FILE), '')
    // Sparse: takes no space, and cannot be read as a whole.
    truncateSync(join(directory, FILE), 8 * 1024 ** 3)
    expect(store.readAll().warnings[0]?.message).toContain('expected a record of at most 1000000 bytes, got 8589934592')
  })
})

describe('the directory of records', () => {
  it('may be missing or hold other things', () => {
    const { directory, store } = storeIn()
    expect(store.readAll()).toEqual({ records: [], intents: [], warnings: [] })
    store.writeRecord(record)
    for (const name of ['README', `.${FILE}.0a1b.tmp`, 'x.pid.corrupt-1']) writeFileSync(join(directory, name), 'x')
    expect(store.readAll()).toEqual({ records: [record], intents: [], warnings: [] })
    rmSync(directory, { recursive: true })
    expect(existsSync(directory)).toBe(false)
    expect(store.readAll().records).toEqual([])
  })
})
