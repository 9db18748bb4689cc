import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { keyOf } from '../../../src-main/services/key-of.ts'
import { SecretStore, type SecretStoreOptions } from '../../../src-main/services/secret-store.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import { TestCipher } from '../../support/test-cipher.ts'
import { storeIn, writeServices } from './config-fixture.ts'

const KEY = 'llamacpp:main'

function createStore(options: Partial<SecretStoreOptions> = {}) {
  const directory = options.directory ?? temporaryDirectory()
  const cipher = new TestCipher()
  const warnings: string[] = []
  const warn = (message: string) => warnings.push(message)
  const store = new SecretStore({ directory, cipher, warn, now: () => 0, ...options })
  const keep = async (key: string, values: Record<string, string>) => {
    const sealed = new Map<string, string>()
    for (const [name, value] of Object.entries(values)) sealed.set(name, (await store.seal(value)) ?? 'none')
    await store.put(key, sealed)
  }
  const text = () => readFileSync(join(directory, 'secrets.json'), 'utf8')
  return { directory, cipher, warnings, store, keep, text }
}

describe('secrets', () => {
  it('come back as they were, also after a restart, and are never in the file in the clear', async () => {
    const { directory, cipher, store, keep, text } = createStore()
    const value = 'hf_Gr\u00fc\u00dfe \ud83d\udd11 "\\ \n'
    await keep(KEY, { HF_TOKEN: value, LLAMA_API_KEY: 'k' })
    expect(text()).not.toMatch(/hf_|Gr/)
    expect(JSON.parse(text())).toMatchObject({ version: 1, secrets: { [KEY]: { HF_TOKEN: expect.any(String) } } })
    for (const again of [store, new SecretStore({ directory, cipher })]) {
      expect(await again.valuesOf(KEY, ['HF_TOKEN', 'LLAMA_API_KEY'])).toEqual({
        ok: true,
        values: { HF_TOKEN: value, LLAMA_API_KEY: 'k' },
      })
      expect(await again.storedNames(KEY)).toEqual(['HF_TOKEN', 'LLAMA_API_KEY'])
    }
  })

  it.skipIf(process.platform === 'win32')('can be read by their owner only', async () => {
    const directory = join(temporaryDirectory(), 'config')
    const { keep } = createStore({ directory })
    await keep(KEY, { A: 'secret' })
    expect(statSync(join(directory, 'secrets.json')).mode & 0o777).toBe(0o600)
    expect(statSync(directory).mode & 0o777).toBe(0o700)
  })

  it('are those of the last put, each service its own', async () => {
    const { store, keep, text } = createStore()
    await Promise.all([keep(KEY, { A: '1', B: '2' }), keep('other:one', { A: '3' })])
    await keep(KEY, { B: '4' })
    expect(await store.valuesOf(KEY, ['B'])).toEqual({ ok: true, values: { B: '4' } })
    expect(await store.valuesOf(KEY, ['A'])).toMatchObject({ ok: false })
    expect(await store.valuesOf('other:one', ['A'])).toEqual({ ok: true, values: { A: '3' } })
    await store.put('other:one', new Map())
    expect(Object.keys(JSON.parse(text()).secrets)).toEqual([KEY])
  })

  it('that are the same are not written again', async () => {
    const { directory, store, keep } = createStore()
    await store.put(KEY, new Map())
    expect(readdirSync(directory)).toEqual([])
    await keep(KEY, { A: '1' })
    writeFileSync(join(directory, 'secrets.json'), 'untouched')
    await store.put(KEY, await store.sealedOf(KEY))
    expect(readFileSync(join(directory, 'secrets.json'), 'utf8')).toBe('untouched')
  })

  it('that are missing are named, with the service and what to do', async () => {
    const { store, keep } = createStore({ nameOf: (key) => `<${key}>` })
    await keep(KEY, { A: '1' })
    expect(await store.valuesOf(KEY, ['A', 'HF_TOKEN'])).toEqual({
      ok: false,
      failure: {
        code: 'secret-missing',
        message: `The secret HF_TOKEN of <${KEY}> is not stored on this machine.`,
        hint: 'Open Edit and enter it.',
      },
    })
  })

  it('cannot be read with another key, nor without one, and none of it is told', async () => {
    const { directory, cipher, store, keep } = createStore()
    await keep(KEY, { A: 'very-secret' })
    const elsewhere = new SecretStore({ directory, cipher: new TestCipher() })
    const failure = { code: 'secret-unreadable', message: expect.stringContaining('The secret A of') }
    expect(await elsewhere.valuesOf(KEY, ['A'])).toMatchObject({ ok: false, failure })
    expect(await elsewhere.storedNames(KEY)).toEqual(['A'])
    cipher.storage = 'none'
    expect(await store.valuesOf(KEY, ['A'])).toMatchObject({ ok: false, failure })
    expect(await store.seal('x')).toBeNull()
  })

  it('cannot be kept if the system refuses to encrypt', async () => {
    const cipher = new TestCipher()
    cipher.encrypt = () => {
      throw new Error('the keyring is locked')
    }
    expect(await createStore({ cipher }).store.seal('x')).toBeNull()
  })

  it('are not decrypted before the system is ready', async () => {
    let isReady = false
    let becomeReady = () => undefined as unknown
    const ready = new Promise<void>((resolve) => {
      becomeReady = () => {
        isReady = true
        resolve()
      }
    })
    const cipher = new TestCipher()
    const { info } = cipher
    cipher.info = () => (isReady ? info.call(cipher) : { storage: 'none', detail: 'too early' })
    const { store } = createStore({ cipher, ready })
    const asked = store.info()
    becomeReady()
    expect(await asked).toEqual({ storage: 'system', detail: 'Test Keyring' })
  })
})

describe('a broken secrets.json', () => {
  it.each([
    ['half of it', '{"version": 1, "secr'],
    ['another version', '{"version": 2, "secrets": {}}'],
    ['another shape', '{"version": 1, "secrets": {"a:b": {"TOKEN": 5}}}'],
    ['what is not base64', '{"version": 1, "secrets": {"a:b": {"TOKEN": "in the clear"}}}'],
    ['what is no text', Buffer.from([0xff, 0xfe, 0])],
    ['a huge one', ' '.repeat(1024 * 1024 + 1)],
  ])('(%s) is moved aside, is never fatal, and nothing of it is told', async (_what, content) => {
    const directory = temporaryDirectory()
    writeFileSync(join(directory, 'secrets.json'), content)
    const { store, keep, warnings } = createStore({ directory })
    expect(await store.valuesOf('a:b', ['TOKEN'])).toMatchObject({ ok: false, failure: { code: 'secret-missing' } })
    expect(warnings).toEqual([
      expect.stringMatching(
        /^secrets\.json could not be used \(.*\); it is kept as secrets\.json\.broken-19700101T000000Z and the secrets have to be entered again$/,
      ),
    ])
    expect(warnings[0]).not.toMatch(/in the clear/)
    expect(readFileSync(join(directory, 'secrets.json.broken-19700101T000000Z'))).toEqual(Buffer.from(content))
    await keep(KEY, { A: '1' })
    expect(await store.valuesOf(KEY, ['A'])).toEqual({ ok: true, values: { A: '1' } })
  })

  it('that is a folder is moved aside as well', async () => {
    const directory = temporaryDirectory()
    mkdirSync(join(directory, 'secrets.json'))
    const { store, warnings } = createStore({ directory })
    expect(await store.storedNames(KEY)).toEqual([])
    expect(warnings).toHaveLength(1)
  })
})

describe('a write that fails', () => {
  it('changes nothing, and the next one works', async () => {
    const { directory, store, keep } = createStore()
    await keep(KEY, { A: '1' })
    const file = join(directory, 'secrets.json')
    const before = readFileSync(file, 'utf8')
    const huge = 'x'.repeat(1024 * 1024)
    await expect(keep(KEY, { A: huge })).rejects.toThrow(/^expected at most 1048576 bytes of secrets, got \d+$/)
    expect(readFileSync(file, 'utf8')).toBe(before)
    expect(await store.valuesOf(KEY, ['A'])).toEqual({ ok: true, values: { A: '1' } })
    await keep(KEY, { A: '2' })
    expect(await store.valuesOf(KEY, ['A'])).toEqual({ ok: true, values: { A: '2' } })
  })

  it.skipIf(process.platform === 'win32' || process.getuid?.() === 0)('says so', async () => {
    const { directory, keep } = createStore()
    chmodSync(directory, 0o500)
    await expect(keep(KEY, { A: '1' })).rejects.toThrow('EACCES')
    chmodSync(directory, 0o700)
  })
})

describe('the key of a service', () => {
  it('comes from its environment or from its secrets, as services.json says', async () => {
    const { directory, store, keep } = createStore()
    const services = [
      { key: 'a:plain', preset: 'demo', env: { KEY: 'from env', EMPTY: '' } },
      { key: 'a:secret', preset: 'demo', secrets: ['KEY', 'GONE'] },
    ]
    writeServices(directory, JSON.stringify({ version: 1, services }))
    const config = storeIn(directory)
    await config.load()
    await keep('a:secret', { KEY: 'from secrets', OTHER: 'not named' })
    const get = (key: string, variable: string) => keyOf({ config, secrets: store }, key, variable)
    expect(await get('a:plain', 'KEY')).toBe('from env')
    expect(await get('a:secret', 'KEY')).toBe('from secrets')
    for (const [key, variable] of [
      ['a:plain', 'EMPTY'],
      ['a:plain', 'toString'],
      ['a:secret', 'GONE'],
      ['a:secret', 'OTHER'],
      ['a:none', 'KEY'],
    ] as const) {
      expect(await get(key, variable)).toBeNull()
    }
  })
})
