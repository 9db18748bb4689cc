import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ConfigState } from '../../../src-main/services/config-state.ts'
import { goodFile, storeIn, temporaryDirectory, writeServices } from './config-fixture.ts'

const COPY_IN_USE = 'until services.json is corrected, the services of its last good copy are in use'

let temporary: ReturnType<typeof temporaryDirectory>
let directory: string

beforeEach(() => {
  temporary = temporaryDirectory()
  directory = temporary.path
})

afterEach(() => temporary.remove())

const file = (name: string) => join(directory, name)
const keys = (state: ConfigState) => state.entries.map(({ key }) => key)
const messages = (state: ConfigState) => state.problems.map(({ message }) => message)

describe('the first run', () => {
  it('creates the file and uses it', async () => {
    directory = file('config')
    const state = await storeIn(directory).load()
    expect(keys(state)).toEqual(['demo:server'])
    expect(state.definitions.map(({ args }) => args)).toEqual([['--host', '127.0.0.1', '--port', '11555']])
    expect(state.problems).toEqual([])
    expect(JSON.parse(readFileSync(file('services.json'), 'utf8'))).toEqual({
      $schema: './services.schema.json',
      version: 1,
      services: [{ key: 'demo:server', name: 'Demo server', preset: 'demo', args: { port: 11_555 } }],
    })
    expect(readdirSync(directory).sort()).toEqual(['services.json', 'services.last-good.json'])
  })

  it('gets the schema that the file names when it is asked to publish it', async () => {
    const store = storeIn(directory)
    await store.load()
    await store.publishSchema()
    expect(JSON.parse(readFileSync(file('services.schema.json'), 'utf8')).title).toBe('AgentOS Tray services')
  })

  it.skipIf(process.platform === 'win32')('makes everything readable by its owner only', async () => {
    directory = file('config')
    await storeIn(directory).load()
    expect(statSync(directory).mode & 0o777).toBe(0o700)
    expect(statSync(file('services.json')).mode & 0o777).toBe(0o600)
    expect(statSync(file('services.last-good.json')).mode & 0o777).toBe(0o600)
  })

  it('is not asked for where a file is', async () => {
    writeServices(directory, goodFile('demo:mine'))
    const store = storeIn(directory, { firstRun: () => Promise.reject(new Error('not to be called')) })
    expect(keys(await store.load())).toEqual(['demo:mine'])
    expect(readFileSync(file('services.json'), 'utf8')).toBe(goodFile('demo:mine'))
  })

  it('keeps the copy of a file that was deleted while the app was not running', async () => {
    writeServices(directory, goodFile('demo:mine'))
    await storeIn(directory).load()
    rmSync(file('services.json'))
    expect(keys(await storeIn(directory).load())).toEqual(['demo:server'])
    expect(readFileSync(file('services.previous.json'), 'utf8')).toBe(goodFile('demo:mine'))
  })

  it('uses its services also where nothing can be written, and says so', async () => {
    writeFileSync(file('blocked'), '')
    directory = file('blocked/config')
    const warnings: string[] = []
    const store = storeIn(directory, { warn: (message) => warnings.push(message) })
    const state = await store.load()
    expect(keys(state)).toEqual([])
    expect(messages(state)[0]).toMatch(/^services\.json cannot be read: ENOTDIR/)
    expect(warnings[0]).toMatch(/could not be created: ENOTDIR/)
    const said = warnings.length
    await store.publishSchema()
    expect(warnings.slice(said), 'the schema is no further news').toEqual([])
  })

  it('keeps the services in memory if the file cannot be created', async () => {
    directory = file('config')
    const firstRun = async () => {
      rmSync(directory, { recursive: true })
      return [{ key: 'demo:server', preset: 'demo' }]
    }
    const store = storeIn(directory, { firstRun, warn: () => undefined })
    const state = await store.load()
    expect(keys(state)).toEqual(['demo:server'])
    expect(messages(state)[0]).toMatch(/^services\.json could not be created: ENOENT.*These services are not saved$/)
    expect(await store.reload()).toBe(state)
  })

  it('reports a builder that fails instead of failing itself', async () => {
    const store = storeIn(directory, { firstRun: () => Promise.reject(new Error('no PATH')) })
    expect(messages(await store.load())).toEqual(['services.json could not be used: no PATH'])
    writeServices(directory, goodFile('demo:mine'))
    expect(keys(await store.reload())).toEqual(['demo:mine'])
  })
})

describe('what is in the place of the file', () => {
  it('accepts a byte order mark', async () => {
    writeServices(directory, `\uFEFF${goodFile('demo:mine')}`)
    expect(keys(await storeIn(directory).load())).toEqual(['demo:mine'])
  })

  it('reports the place of a byte that is not UTF-8', async () => {
    writeServices(directory, Buffer.from('{\n  "version": 1, "name": "caf\xe9"\n}', 'latin1'))
    expect((await storeIn(directory).load()).problems).toEqual([
      {
        file: file('services.json'),
        line: 2,
        column: 29,
        message: 'expected UTF-8, got the byte 0xe9 here; save the file as UTF-8',
      },
    ])
  })

  it('reports UTF-16', async () => {
    writeServices(directory, Buffer.from(`\uFEFF${goodFile()}`, 'utf16le'))
    expect(messages(await storeIn(directory).load())).toEqual([
      'expected UTF-8, got the byte 0xff here; save the file as UTF-8',
    ])
  })

  it('reports a directory', async () => {
    mkdirSync(file('services.json'))
    expect((await storeIn(directory).load()).problems).toEqual([
      {
        file: file('services.json'),
        line: null,
        column: null,
        message: 'expected a file, but services.json is a directory; move it away',
      },
    ])
  })

  it.skipIf(process.platform === 'win32' || process.getuid?.() === 0)('reports a file it may not read', async () => {
    writeServices(directory, goodFile())
    chmodSync(file('services.json'), 0)
    expect(messages(await storeIn(directory).load())).toEqual([
      'services.json cannot be read (EACCES); give your user the permission to read it',
    ])
  })

  it.skipIf(process.platform === 'win32')('reports links that lead nowhere', async () => {
    symlinkSync(file('gone.json'), file('services.json'))
    const store = storeIn(directory)
    expect(messages(await store.load())).toEqual([
      'services.json is a link to a file that does not exist; create that file or remove the link',
    ])
    rmSync(file('services.json'))
    symlinkSync(file('services.json'), file('services.json'))
    expect(messages(await store.reload())[0]).toMatch(/^services\.json cannot be read: ELOOP/)
  })

  it('reports a file that is far too large', async () => {
    writeServices(directory, ' '.repeat(1024 * 1024 + 1))
    expect(messages(await storeIn(directory).load())).toEqual([
      'expected at most 1048576 bytes, got 1048577; is this the right file?',
    ])
  })
})

describe('the last good state', () => {
  it('survives every kind of broken file and never changes that file', async () => {
    writeServices(directory, goodFile('demo:one', 'demo:two'))
    const store = storeIn(directory)
    const good = await store.load()
    for (const broken of ['', '{', '[]', '{"version": 2}', '{"version": 1, "services": [{}]}', '\uFFFE']) {
      writeServices(directory, broken)
      const state = await store.reload()
      expect(state.entries).toBe(good.entries)
      expect(state.definitions).toBe(good.definitions)
      expect(state.problems).not.toEqual([])
      expect(readFileSync(file('services.json'), 'utf8')).toBe(broken)
    }
    writeServices(directory, goodFile('demo:three'))
    const repaired = await store.reload()
    expect(keys(repaired)).toEqual(['demo:three'])
    expect(repaired.problems).toEqual([])
  })

  it('is used after a restart with a broken file, and the person is told', async () => {
    writeServices(directory, goodFile('demo:one'))
    await storeIn(directory).load()
    writeServices(directory, '{"version": 1,')
    const restarted = storeIn(directory)
    const state = await restarted.load()
    expect(keys(state)).toEqual(['demo:one'])
    expect(state.problems).toEqual([
      {
        file: file('services.json'),
        line: 1,
        column: 15,
        message: 'the file ends too early: expected a key in double quotes',
      },
      { file: file('services.last-good.json'), line: null, column: null, message: COPY_IN_USE },
    ])
    writeServices(directory, '[]')
    expect(messages(await restarted.reload())).toEqual(['the file: expected an object in { }, got a list', COPY_IN_USE])
    expect(readFileSync(file('services.json'), 'utf8')).toBe('[]')
    writeServices(directory, goodFile('demo:two'))
    expect((await restarted.reload()).problems).toEqual([])
  })

  it('is not replaced by a broken copy', async () => {
    writeServices(directory, '{')
    writeFileSync(file('services.last-good.json'), 'broken as well')
    expect(messages(await storeIn(directory).load())).toEqual([
      'the file ends too early: expected "}"',
      'the last good copy of services.json cannot be used either, so there are no services',
    ])
  })

  it('stays when the file is deleted, which is not created again', async () => {
    writeServices(directory, goodFile('demo:one'))
    const store = storeIn(directory)
    await store.load()
    rmSync(file('services.json'))
    const state = await store.reload()
    expect(keys(state)).toEqual(['demo:one'])
    expect(messages(state)).toEqual([
      'services.json was deleted; the services stay as they were. ' +
        'Put it back (services.last-good.json is a copy), or restart the app to get a new one',
    ])
    expect(existsSync(file('services.json'))).toBe(false)
    writeServices(directory, goodFile('demo:one'))
    expect((await store.reload()).problems).toEqual([])
  })

  it('costs nothing but a warning if the copy cannot be kept', async () => {
    mkdirSync(file('services.last-good.json'))
    writeFileSync(file('services.last-good.json/inside'), '')
    writeServices(directory, goodFile('demo:one'))
    const warnings: string[] = []
    const state = await storeIn(directory, { warn: (message) => warnings.push(message) }).load()
    expect(keys(state)).toEqual(['demo:one'])
    expect(state.problems).toEqual([])
    expect(warnings).toEqual([expect.stringMatching(/services\.last-good\.json could not be written: /)])
  })

  it('is the same object while nothing changes', async () => {
    writeServices(directory, goodFile('demo:one'))
    const store = storeIn(directory)
    const state = await store.load()
    expect(await store.reload()).toBe(state)
    writeServices(directory, '{')
    const broken = await store.reload()
    expect(await store.reload()).toBe(broken)
  })

  it('outlives any JSON value and any text', async () => {
    writeServices(directory, goodFile('demo:one'))
    const store = storeIn(directory)
    const good = await store.load()
    const entry = fc.dictionary(
      fc.constantFrom('key', 'args', 'env', 'health', 'name', 'cwd', '__proto__'),
      fc.jsonValue(),
    )
    const text = fc.oneof(
      fc.json(),
      fc
        .record({ version: fc.constantFrom(1, 2, '1'), services: fc.array(entry) })
        .map((value) => JSON.stringify(value)),
      fc.string({ unit: 'binary' }),
    )
    await fc.assert(
      fc.asyncProperty(text, async (candidate) => {
        writeServices(directory, candidate)
        const state = await store.reload()
        if (state.problems.length > 0) {
          expect(state.entries).toBe(store.state.entries)
          expect(keys(state)).toEqual(keys(good))
          for (const { line, column } of state.problems) {
            expect(line === null || (line >= 1 && column !== null && column >= 1)).toBe(true)
          }
          expect(readFileSync(file('services.json'), 'utf8')).toBe(Buffer.from(candidate).toString('utf8'))
        } else {
          // The few random files that are right: back to the good one.
          expect(state.definitions).toHaveLength(state.entries.length)
          writeServices(directory, goodFile('demo:one'))
          await store.reload()
        }
      }),
      { numRuns: 300 },
    )
  })
})
