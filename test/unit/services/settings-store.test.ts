import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { SettingsStore } from '../../../src-main/services/settings-store.ts'
import { temporaryDirectory } from './config-fixture.ts'

const DEFAULTS = { quitAction: 'ask', theme: 'system', afterReboot: 'stay-stopped' }

let temporary: ReturnType<typeof temporaryDirectory>
let directory: string
let warnings: string[]

beforeEach(() => {
  temporary = temporaryDirectory()
  directory = join(temporary.path, 'config')
  mkdirSync(directory)
  warnings = []
})

afterEach(() => temporary.remove())

const store = () =>
  new SettingsStore({
    directory,
    warn: (message) => warnings.push(message),
    now: () => Date.UTC(2026, 10, 23, 4, 5, 6),
  })

const content = () => readFileSync(join(directory, 'settings.json'), 'utf8')

it('has defaults without a file, and does not create one', async () => {
  expect(store().settings).toEqual(DEFAULTS)
  expect(await store().load()).toEqual(DEFAULTS)
  expect(readdirSync(directory)).toEqual([])
})

it('keeps a change over a restart', async () => {
  directory = join(directory, 'new')
  const first = store()
  await first.load()
  expect(await first.update({ quitAction: 'leave' })).toEqual({ ...DEFAULTS, quitAction: 'leave', theme: 'system' })
  await first.update({ theme: 'dark' })
  expect(await store().load()).toEqual({ ...DEFAULTS, quitAction: 'leave', theme: 'dark' })
  expect(JSON.parse(content())).toEqual({ version: 1, ...DEFAULTS, quitAction: 'leave', theme: 'dark' })
  if (process.platform !== 'win32') {
    expect(statSync(join(directory, 'settings.json')).mode & 0o777).toBe(0o600)
  }
  expect(warnings).toEqual([])
})

it('has a change at once and writes in order', async () => {
  const settings = store()
  const writes = [
    settings.update({ theme: 'dark' }),
    settings.update({ theme: 'light' }),
    settings.update({ quitAction: 'stop' }),
  ]
  expect(settings.settings).toEqual({ ...DEFAULTS, quitAction: 'stop', theme: 'light' })
  await Promise.all(writes)
  expect(JSON.parse(content())).toMatchObject({ quitAction: 'stop', theme: 'light' })
})

it('keeps what it does not know', async () => {
  writeFileSync(join(directory, 'settings.json'), '{"version": 1, "theme": "dark", "later": {"x": 1}}')
  const settings = store()
  expect(await settings.load()).toEqual({ ...DEFAULTS, quitAction: 'ask', theme: 'dark' })
  await settings.update({ quitAction: 'stop' })
  expect(JSON.parse(content())).toEqual({ version: 1, ...DEFAULTS, quitAction: 'stop', theme: 'dark', later: { x: 1 } })
})

it.each([
  ['half a file', '{"version": 1,', 'the file: Invalid input: expected object, received undefined'],
  [
    'a wrong value',
    '{"version": 1, "theme": "pink"}',
    'theme: Invalid option: expected one of "system"|"light"|"dark"',
  ],
  ['a later version', '{"version": 2}', 'version: Invalid input: expected 1'],
])('moves %s aside', async (_what, text, reason) => {
  writeFileSync(join(directory, 'settings.json'), text)
  const settings = store()
  expect(await settings.load()).toEqual(DEFAULTS)
  expect(warnings).toEqual([
    `settings.json could not be used (${reason}); ` +
      'it is kept as settings.json.broken-20261123T040506Z and the defaults hold',
  ])
  expect(readFileSync(join(directory, 'settings.json.broken-20261123T040506Z'), 'utf8')).toBe(text)
  await settings.update({ theme: 'dark' })
  expect(await store().load()).toEqual({ ...DEFAULTS, quitAction: 'ask', theme: 'dark' })
})

it('moves a directory aside as well', async () => {
  mkdirSync(join(directory, 'settings.json'))
  expect(await store().load()).toEqual(DEFAULTS)
  expect(warnings).toHaveLength(1)
  expect(readdirSync(directory)).toEqual(['settings.json.broken-20261123T040506Z'])
})

it('refuses a value that is none, and says which are', () => {
  const wrong: object = { theme: 'pink' }
  expect(() => store().update(wrong)).toThrow(/"system"|"light"|"dark"/)
})

it('reports a failed write and tries the next one', async () => {
  const settings = store()
  mkdirSync(join(directory, 'settings.json', 'inside'), { recursive: true })
  await expect(settings.update({ theme: 'dark' })).rejects.toThrow()
  expect(settings.settings.theme).toBe('dark')
  await settings.load()
  await settings.update({ theme: 'light' })
  expect(JSON.parse(content())).toMatchObject({ theme: 'light' })
})
