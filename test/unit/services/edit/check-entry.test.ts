import { describe, expect, it } from 'vitest'
import { addressOf, entryProblems, sketchOf } from '../../../../src-main/services/edit/check-entry.ts'
import { entryWarnings } from '../../../../src-main/services/edit/entry-warnings.ts'
import { freeKey, freeName, keyOfCopy, nameOfCopy } from '../../../../src-main/services/edit/free-names.ts'
import { parseServices } from '../../../../src-main/services/parse-services.ts'
import { presets } from '../../../../src-main/services/presets/presets.ts'
import { looksSecret } from '../../../../src-main/services/secret-names.ts'

const file = {
  version: 1,
  services: [
    { key: 'demo:one', preset: 'demo', health: { command: ['x'] }, after: [{ key: 'demo:two', until: 'running' }] },
    { key: 'demo:two', preset: 'demo', args: { port: 9001 } },
  ],
}
const parsed = parseServices(JSON.stringify(file), 'services.json', presets)
const entries = parsed.ok ? parsed.entries : []
const problems = (entry: Record<string, unknown>, replaces: string | null = null) =>
  entryProblems(entry, replaces, entries, presets).map(({ path, message }) => `${path.join('.')}: ${message}`)

describe('the problems of an entry', () => {
  it('are none for those that are there, and for a good new one', () => {
    expect(entries).toHaveLength(2)
    for (const entry of file.services) expect(problems(entry, entry.key)).toEqual([])
    expect(problems({ key: 'demo:new', preset: 'demo', after: ['demo:one'] })).toEqual([])
  })

  it('come all at once, with their places', () => {
    expect(problems({ key: 'new', preset: 'demo', args: { prot: 1 }, stop: { graceSeconds: '5' } })).toEqual([
      'key: must look like <server>:<name>, for example "ollama:main", got "new"',
      'args.prot: unknown key; did you mean "port"?',
      'stop.graceSeconds: expected a number from 0 to 86400, got "5"; write it without quotes',
    ])
    expect(problems({ key: 'textgen:main', preset: 'textgen', args: { host: '0.0.0.0' } })).toEqual([
      expect.stringMatching(/^cwd: is missing/),
      expect.stringMatching(/^binName: is missing/),
      expect.stringMatching(/^args\.host: expected "127\.0\.0\.1"/),
    ])
  })

  it('say whose key it has, without a place in a file that is not there yet', () => {
    for (const key of ['demo:one', 'demo:ONE']) {
      expect(problems({ key, preset: 'demo', cwd: 'x' })).toEqual([
        `key: "${key}" is the key of another service.`,
        expect.stringMatching(/^cwd: expected an absolute path/),
      ])
    }
    expect(problems({ key: 'demo:three', preset: 'demo' }, 'demo:two')).toEqual([
      expect.stringMatching(/^key: cannot be changed/),
    ])
  })

  it('include those of the order that services are started in', () => {
    expect(problems({ key: 'demo:new', preset: 'demo', after: ['demo:tow'] })).toEqual([
      'after.0: there is no service with the key "demo:tow"; did you mean "demo:two"?',
    ])
    expect(problems({ key: 'demo:two', preset: 'demo', after: ['demo:one'] }, 'demo:two')).toEqual([
      expect.stringMatching(/^after: these services wait for each other: demo:one → demo:two → demo:one/),
    ])
  })

  it('are told without the values of secrets', () => {
    const entry = { key: 'demo:new', preset: 'demo', env: { TOKEN: ['sk-secret'] }, secrets: ['sk-secret'] }
    expect(problems(entry).join()).not.toContain('sk-secret')
    expect(problems(entry)).toHaveLength(2)
  })

  it('are told for anything that JSON can say', () => {
    for (const value of [null, 5, 'x', [], {}, [[]], true]) {
      expect(problems({ key: value, preset: value, args: value, env: value, after: value }).length).toBeGreaterThan(0)
    }
  })
})

describe('what of a wrong entry is known already', () => {
  it('is its command, once preset, program and arguments are right', () => {
    const wrong = { key: '', preset: 'comfyui', binName: '/venv/python', args: { port: 9 }, cwd: 'relative', health: 5 }
    expect(sketchOf(wrong, presets)?.args).toEqual(expect.arrayContaining(['main.py', '--port', '9']))
    expect(sketchOf({ ...wrong, binName: undefined }, presets)).toBeNull()
    expect(sketchOf({ ...wrong, args: { port: 0 } }, presets)).toBeNull()
    expect(sketchOf({ ...wrong, preset: 'no' }, presets)).toBeNull()
    expect(sketchOf({ ...wrong, args: { extraArgs: ['--port', '7'] } }, presets)).toBeNull()
  })

  it('is its address, whatever the rest is like', () => {
    const address = (entry: object) => addressOf({ ...entry }, presets)
    expect(address({ preset: 'ollama', args: 5 })).toBeNull()
    expect(address({ preset: 'ollama' })).toEqual({ host: '127.0.0.1', port: 11_434 })
    expect(address({ preset: 'ollama', args: { host: '::1', port: 7 }, binName: 5 })).toEqual({ host: '::1', port: 7 })
    expect(address({})).toBeNull()
    expect(address({ args: { port: 7 } })).toEqual({ host: '127.0.0.1', port: 7 })
    expect(address({ preset: 'toString' })).toBeNull()
  })
})

describe('warnings', () => {
  const system = { storage: 'system', detail: 'Keychain' } as const
  const none = { storage: 'none', detail: 'nothing' } as const
  const llamacpp = { ...presets.llamacpp, keyVariable: 'LLAMA_API_KEY' } as never
  const ollama = { ...presets.ollama, keyVariable: null } as never
  const exposed = { args: { host: '0.0.0.0' } }

  it.each([
    [
      'on all addresses',
      exposed,
      /^It listens on all addresses of this machine \(0\.0\.0\.0\) without a key.*Set LLAMA_API_KEY/,
    ],
    ['on all of IPv6', { args: { host: '::' } }, /^It listens on all addresses/],
    ['on one that others reach', { args: { host: '192.168.1.5' } }, /^It listens at 192\.168\.1\.5 without a key/],
    ['by a name', { args: { host: 'my-machine' } }, /^It listens at my-machine/],
    ['with an empty key', { ...exposed, env: { LLAMA_API_KEY: '' } }, /without a key/],
    ['with another key', { ...exposed, secrets: ['HF_TOKEN'] }, /without a key/],
  ])('come for a server %s without a key', (_what, entry, warning) => {
    expect(entryWarnings(entry, llamacpp, none)).toEqual([expect.stringMatching(warning)])
  })

  it.each([
    ['here only', {}],
    ['here only, as it is said', { args: { host: '127.0.0.2' } }],
    ['here only, by name', { args: { host: 'localhost' } }],
    ['here only, with IPv6', { args: { host: '::1' } }],
    ['with its key in the environment', { ...exposed, env: { LLAMA_API_KEY: 'x' } }],
    ['with its key as a secret', { ...exposed, secrets: ['LLAMA_API_KEY'] }],
  ])('do not come for a server %s', (_what, entry) => {
    expect(entryWarnings(entry, llamacpp, none)).toEqual([])
  })

  it('tell that a server has no key at all, or that it is not known', () => {
    expect(entryWarnings({ ...exposed, env: { OLLAMA_API_KEY: 'x' } }, ollama, none)).toEqual([
      expect.stringMatching(/Ollama has no key of its own; use 127\.0\.0\.1/),
    ])
    expect(entryWarnings(exposed, presets.custom, none)).toEqual([
      expect.stringMatching(/Make sure that it asks for a key/),
    ])
    expect(entryWarnings({ ...exposed, secrets: ['MY_KEY'] }, presets.custom, none)).toEqual([])
    expect(entryWarnings(exposed, undefined, none)).toHaveLength(1)
  })

  it('come for a secret in services.json, where there is a better place', () => {
    const entry = { env: { HF_TOKEN: 'x', TOKENIZERS_PARALLELISM: 'false', OPENAI_API_KEY: '' }, secrets: ['A_KEY'] }
    expect(entryWarnings(entry, undefined, system)).toEqual([
      'HF_TOKEN looks like a secret. It could be kept in the system’s safe storage (Keychain) instead of services.json.',
    ])
    expect(entryWarnings(entry, undefined, none)).toEqual([])
  })

  it('come for a secret in the arguments, without its value', () => {
    const extraArgs = ['--api-key', 'sk-1', '--max-tokens', '5', '--hf-token=hf-2', '--api-key', 'sk-3']
    expect(entryWarnings({ args: { extraArgs } }, llamacpp, none)).toEqual([
      'Everybody on this machine can read arguments, also the value of --api-key: put it into the environment.',
      'Everybody on this machine can read arguments, also the value of --hf-token: put it into the environment.',
    ])
    expect(entryWarnings({ args: { ...exposed.args, extraArgs } }, llamacpp, none)).toHaveLength(2)
  })

  it('come for nothing of what is wrong anyway', () => {
    for (const value of [null, 5, 'x', [5], true]) {
      expect(entryWarnings({ args: value, env: value, secrets: value }, llamacpp, system)).toEqual([])
    }
    expect(entryWarnings({ args: { host: 5, extraArgs: 5 } }, llamacpp, system)).toEqual([])
  })
})

describe('names', () => {
  it.each([
    ['HF_TOKEN', true],
    ['OPENAI_API_KEY', true],
    ['OPENAI_APIKEY', true],
    ['hf_token', true],
    ['DB_PASSWORD', true],
    ['CLIENT_SECRET', true],
    ['API_KEY_OLD', true],
    ['TOKENIZERS_PARALLELISM', false],
    ['MAX_TOKENS', false],
    ['OLLAMA_KEEP_ALIVE', false],
    ['KEYBOARD', false],
    ['SSL_KEY_FILE', false],
    ['TOKEN_URL', false],
    ['PATH', false],
  ])('%s looks like a secret: %s', (name, expected) => {
    expect(looksSecret(name)).toBe(expected)
  })

  it('are numbered until they are free', () => {
    expect(freeKey('ollama', 'main', [])).toBe('ollama:main')
    expect(freeKey('ollama', 'main', ['ollama:MAIN', 'ollama:main-3'])).toBe('ollama:main-2')
    expect(freeName('Ollama', ['Ollama', 'Ollama 2'])).toBe('Ollama 3')
  })

  it('of copies go on counting', () => {
    expect(keyOfCopy('a:b', [])).toBe('a:b-2')
    expect(keyOfCopy('a:b-2', ['a:b'])).toBe('a:b-3')
    expect(keyOfCopy('a:b-2', ['a:x'])).toBe('a:b')
    expect(keyOfCopy('a:9', [])).toBe('a:9-2')
    expect(nameOfCopy('Coder 7', ['Coder'])).toBe('Coder 2')
    expect(nameOfCopy('7', [])).toBe('7 2')
  })

  it('are never longer than services.json allows', () => {
    const long = `a:${'b'.repeat(98)}`
    expect(keyOfCopy(long, [])).toBe(`a:${'b'.repeat(96)}-2`)
    expect(nameOfCopy('n'.repeat(100), [])).toBe(`${'n'.repeat(98)} 2`)
  })
})
