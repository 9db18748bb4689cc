import { describe, expect, it } from 'vitest'
import { serviceSchema } from '../../../../src-main/core/service-config.ts'
import { toDefinition } from '../../../../src-main/services/definition.ts'
import { EXTRA_ARGS, forPlatform, type Preset } from '../../../../src-main/services/presets/preset.ts'
import { presets } from '../../../../src-main/services/presets/presets.ts'

const all = Object.values(presets)
/** Those that say how a server is started. */
const known = all.filter(({ id }) => id !== 'custom')
const platforms = ['linux', 'darwin', 'win32'] as const

const resultOf = (entry: object, platform: NodeJS.Platform = 'linux') =>
  toDefinition(serviceSchema.parse({ key: 'a:b', ...entry }), presets, platform)

/** What an entry with nothing but the preset becomes, and with what this preset cannot know. */
function definition(preset: Preset, entry: object = {}, platform: NodeJS.Platform = 'linux') {
  const binName = preset.needs === undefined ? {} : { binName: 'python' }
  const cwd = preset.needs?.cwd === undefined ? {} : { cwd: platform === 'win32' ? 'C:\\server' : '/server' }
  const result = resultOf({ preset: preset.id, ...binName, ...cwd, ...entry }, platform)
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join('\n'))
  return result.definition
}

/** All texts in which the server is told its address. */
const told = ({ args, env }: { args: readonly string[]; env: Readonly<Record<string, string>> }) =>
  [...args, ...Object.values(env)].join('\n')

const problemsOf = (entry: object) => {
  const result = resultOf(entry)
  return result.ok ? [] : result.problems.map(({ path, message }) => `${path.join('.')}: ${message}`)
}

describe('no two presets have the same', () => {
  it.each(['id', 'title', 'defaultPort'] as const)('%s', (name) => {
    const values = all.map((preset) => preset[name]).filter((value) => value !== null)
    expect(new Set(values).size).toBe(values.length)
  })

  it('first-run key', () => {
    const keys = all.flatMap(({ firstRun }) => (firstRun === null ? [] : [firstRun.key]))
    expect(keys).toEqual([
      'demo:server',
      'ollama:main',
      'llamacpp:router',
      'lmstudio:main',
      'localai:main',
      'open-webui:main',
    ])
  })
})

describe.each(known)('the preset $id', (preset) => {
  const port = 23_456

  it('passes the port', () => {
    const texts = told(definition(preset, { args: { port } }))
    expect(texts).toMatch(new RegExp(`(^|:)${port}$`, 'm'))
    expect(texts).not.toContain(String(preset.defaultPort))
    expect(told(definition(preset))).toMatch(new RegExp(`(^|:)${preset.defaultPort}$`, 'm'))
  })

  it.each(platforms)('listens on the loopback alone on %s, and leaves no placeholder', (platform) => {
    const { host, args, env } = definition(preset, {}, platform)
    expect(host).toBe('127.0.0.1')
    expect(told({ args, env })).not.toMatch(/0\.0\.0\.0|localhost:|\[::\]|--listen\n--|[{}]/)
  })

  it('does not let an entry repeat the address', () => {
    const args = preset.control?.start ?? preset.args
    const passed = args.filter((_flag, index) => /\{(host|port)\}/.test(args[index + 1] ?? ''))
    const flags = [...passed, ...(preset.addressFlags ?? [])]
    const names = Object.keys(preset.env).filter((name) => /\{(host|port)\}/.test(preset.env[name] ?? ''))
    expect(flags.length + names.length).toBeGreaterThan(0)
    const entry = { preset: preset.id, binName: 'x', cwd: '/server' }
    for (const flag of flags) {
      expect(problemsOf({ ...entry, args: { extraArgs: [flag, '1'] } })).toEqual([expect.stringContaining(flag)])
    }
    for (const name of names) {
      expect(problemsOf({ ...entry, env: { [name]: '1' } })).toEqual([expect.stringContaining(name)])
    }
  })

  it('takes further arguments, each once', () => {
    const { args } = definition(preset, { args: { extraArgs: ['first', 'second'] } })
    expect(args.filter((argument) => argument === 'first' || argument === 'second')).toEqual(['first', 'second'])
    expect(args).not.toContain(EXTRA_ARGS)
  })

  it('probes a path of the server, and gives it time', () => {
    const { health } = definition(preset)
    expect(health.type).toBe('http')
    expect(health.path).toMatch(/^\//)
    expect(health.startGraceSeconds).toBeGreaterThanOrEqual(60)
    expect(health.onFailure).toBe('none')
  })

  it('says where its documentation is', () => {
    if (preset.id !== 'demo') expect(preset.docsUrl).toMatch(/^https:\/\//)
  })

  it.each(platforms)('looks for its program on %s in full paths, or says that the entry names it', (platform) => {
    const [name] = forPlatform(preset.binNames, platform)
    expect(name === undefined).toBe(preset.needs !== undefined)
    for (const place of forPlatform(preset.locations, platform)) {
      expect(place).toMatch(platform === 'win32' ? /^%[A-Za-z]+%\\.*\.exe$/ : /^(~|)\/[^\\]*$/)
    }
  })
})

describe('the host', () => {
  it.each(known.filter(({ onlyHost }) => onlyHost === undefined))('is passed by the preset $id', (preset) => {
    expect(told(definition(preset, { args: { host: '192.0.2.7' } }))).toMatch(/^192\.0\.2\.7(:|$)/m)
    expect(told(definition(preset))).toMatch(/^127\.0\.0\.1(:|$)/m)
  })

  it.each(known.filter(({ onlyHost }) => onlyHost !== undefined))(
    'is always this machine with the preset $id',
    (preset) => {
      expect(preset.onlyHost).toBe('127.0.0.1')
      const entry = { preset: preset.id, binName: 'python', cwd: '/server', args: { host: '0.0.0.0' } }
      expect(problemsOf(entry)).toEqual([
        expect.stringMatching(/^args\.host: expected "127\.0\.0\.1", got "0\.0\.0\.0"/),
      ])
    },
  )
})

describe('what a preset cannot know', () => {
  it.each(known.filter(({ needs }) => needs !== undefined))('is named by an entry of $id, or asked for', (preset) => {
    const { binName, cwd } = preset.needs ?? { binName: '' }
    const problems = problemsOf({ preset: preset.id })
    expect(problems).toContain(
      `binName: is missing; the preset "${preset.id}" needs ${binName}: a name in PATH or an absolute path`,
    )
    const folder = `cwd: is missing; the preset "${preset.id}" needs ${cwd}: an absolute path`
    expect(problems.includes(folder)).toBe(cwd !== undefined)
    // With a relative one, nothing else is missing.
    expect(problemsOf({ preset: preset.id, binName: 'python', cwd: 'server' })).toEqual([
      'cwd: expected an absolute path, got "server"',
    ])
  })
})

describe('what a server needs', () => {
  it('of Python comes out at once and in UTF-8', () => {
    const python = ['vllm', 'sglang', 'koboldcpp', 'comfyui', 'open-webui', 'textgen', 'mlx']
    const withEnv = all.filter(({ env }) => env.PYTHONUNBUFFERED === '1' && env.PYTHONIOENCODING === 'utf-8')
    expect(withEnv.map(({ id }) => id).sort()).toEqual([...python].sort())
  })

  it('is a long start where it is slow, and a 503 that means what it means there', () => {
    const by = (choose: (preset: Preset) => boolean) => known.filter(choose).map(({ id }) => id)
    expect(by((preset) => definition(preset).health.startGraceSeconds >= 1800)).toEqual([
      'vllm',
      'sglang',
      'open-webui',
    ])
    expect(by((preset) => definition(preset).health.unavailable === 'loading')).toEqual([
      'demo',
      'llamacpp',
      'whisper',
      'llamafile',
    ])
  })

  it('is the way it is stopped', () => {
    const by = (choose: (preset: Preset) => boolean) => known.filter(choose).map(({ id }) => id)
    expect(by((preset) => definition(preset).stop?.signal !== 'SIGTERM')).toEqual(['mlx'])
    expect(by(({ windowsStop }) => windowsStop === 'ctrl-c')).toEqual(['llamacpp', 'whisper', 'mlx'])
    expect(by((preset) => definition(preset).followsRestart === true)).toEqual(['comfyui'])
  })

  it('of vLLM is its model, first', () => {
    const { args } = definition(presets.vllm as Preset, { args: { extraArgs: ['some/model', '--seed', '1'] } })
    expect(args).toEqual(['serve', 'some/model', '--seed', '1', '--host', '127.0.0.1', '--port', '8000'])
  })

  it('of LocalAI is one path for readiness and another for liveness', () => {
    const { health } = definition(presets.localai as Preset, { health: { intervalSeconds: 7 } })
    expect(health).toMatchObject({ path: '/healthz', intervalSeconds: 7 })
    expect(health.readiness).toMatchObject({ type: 'http', path: '/readyz', intervalSeconds: 7 })
  })

  it('is an IPv6 address in brackets where it stands before a port', () => {
    expect(definition(presets.localai as Preset, { args: { host: '::1' } }).args).toContain('[::1]:8080')
  })
})
