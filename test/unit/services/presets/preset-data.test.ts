import { describe, expect, it } from 'vitest'
import { redactCommand } from '../../../../src-main/core/redact.ts'
import { serviceSchema } from '../../../../src-main/core/service-config.ts'
import { toDefinition } from '../../../../src-main/services/definition.ts'
import type { HttpAnswer } from '../../../../src-main/services/detection/ask-path.ts'
import { fits, mostSpecific, versionIn } from '../../../../src-main/services/detection/recognise.ts'
import type { Preset, PresetOption } from '../../../../src-main/services/presets/preset.ts'
import { presets } from '../../../../src-main/services/presets/presets.ts'
import { readCommandLine } from '../../../fixtures/model-servers/command-line.ts'
import type { ModelServerKind } from '../../../fixtures/model-servers/kind.ts'
import { kinds } from '../../../fixtures/model-servers/kinds.ts'

const all = Object.values(presets)
const withOptions = all.filter(({ options }) => options.length > 0)

const presetOf = (id: string): Preset => {
  const preset = presets[id]
  if (preset === undefined) throw new Error(`expected a preset ${id}`)
  return preset
}

const sampleOf = ({ kind, placeholder = '' }: PresetOption) => placeholder || (kind === 'number' ? '1' : '/some/path')
const filled = (option: PresetOption, text: string) => text.replaceAll('{value}', sampleOf(option))
const argsOf = (option: PresetOption) => (option.args ?? []).map((argument) => filled(option, argument))
const envOf = (option: PresetOption) =>
  Object.fromEntries(Object.entries(option.env ?? {}).map(([name, value]) => [name, filled(option, value)]))

/** What an entry with all options of a preset becomes. */
function entryWithAllOptions({ id, options }: Preset) {
  return serviceSchema.parse({
    key: 'a:b',
    preset: id,
    binName: '/bin/program',
    cwd: process.platform === 'win32' ? 'C:\\server' : '/server',
    args: { extraArgs: options.flatMap(argsOf) },
    env: Object.assign({}, ...options.map(envOf)),
  })
}

describe.each(all)('the preset $id', (preset) => {
  it('says what it is for in one sentence', () => {
    expect(preset.about).toMatch(/^[^\n]{10,120}\.$/)
    expect(preset.about.slice(0, -1)).not.toMatch(/\. [A-Z]/)
  })

  it('has no empty words and no path that is none', () => {
    for (const name of preset.childNames) expect(name).toMatch(/^[!-~][ -~]*[!-~]$/)
    if (preset.logNote !== null) expect(preset.logNote).toMatch(/\.$/)
    for (const path of [preset.openPath, preset.openAiPath]) if (path != null) expect(path).toMatch(/^\/[^\s]*$/)
    for (const port of preset.otherPorts ?? []) expect(port).not.toBe(preset.defaultPort)
  })

  it('is recognised by something, if at all', () => {
    const { identification } = preset
    if (identification === null) return
    const { path, expectBody = '', expectHeader = {}, expectJson = {}, version, imitates = [] } = identification
    expect(path).toMatch(/^\/[^\s]*$/)
    const expected = [expectBody, ...Object.values(expectHeader), ...Object.keys(expectJson)].filter(
      (text) => text !== '',
    )
    expect(expected.length).toBeGreaterThan(0)
    for (const name of Object.keys(expectHeader)) expect(name).toBe(name.toLowerCase())
    if (version !== undefined) expect(version.path).toMatch(/^\/[^\s]*$/)
    for (const id of imitates) expect(presets[id]?.identification, id).toBeTruthy()
    expect(imitates).not.toContain(preset.id)
  })
})

describe.each(withOptions)('the options of $id', (preset) => {
  const { options } = preset

  it('have names, words and a purpose', () => {
    const ids = options.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(new Set(options.map(({ label }) => label)).size).toBe(ids.length)
    for (const { id, label, help } of options) {
      expect(id).toMatch(/^[a-z][a-z-]*$/)
      expect(label).toMatch(/^[A-Z][^.]{2,40}$/)
      expect(help).toMatch(/^[A-Z].{4,120}\.$/)
    }
  })

  it('put their value into one place, and a switch has none', () => {
    for (const { id, kind, args = [], env = {}, isRequired } of options) {
      const texts = [...args, ...Object.values(env)]
      expect(texts.length, id).toBeGreaterThan(0)
      expect(texts.join(' ').split('{value}').length - 1, id).toBe(kind === 'switch' ? 0 : 1)
      if (kind === 'switch') expect(isRequired ?? false, id).toBe(false)
    }
  })

  it('have a placeholder of their kind', () => {
    for (const { id, kind, placeholder = '' } of options) {
      if (kind === 'number') expect(placeholder, id).toMatch(/^\d+(\.\d+)?$/)
      if (kind === 'text') expect(placeholder, id).not.toBe('')
      if (kind === 'switch') expect(placeholder, id).toBe('')
    }
  })

  it('are no secrets: those go into the variable for the key', () => {
    for (const { args = [], env = {} } of options) {
      for (const flag of args) expect(redactCommand([flag, 'value'])).toEqual([flag, 'value'])
      for (const name of Object.keys(env)) expect(name).not.toMatch(/KEY|TOKEN|SECRET|PASSWORD/)
    }
  })

  it('make an entry that is right', () => {
    const result = toDefinition(entryWithAllOptions(preset), presets)
    expect(result.ok ? [] : result.problems).toEqual([])
  })

  it('are known to the server', () => {
    const kind = kinds[preset.id]
    const result = toDefinition(entryWithAllOptions(preset), presets)
    if (kind === undefined || !result.ok) return
    const commandLine = readCommandLine(kind, result.definition.args)
    expect(commandLine).toMatchObject({ ok: true })
  })
})

describe('keys', () => {
  it('have a variable where the server reads one', () => {
    const named = all.flatMap(({ id, keyVariable }) => (keyVariable === null ? [] : [[id, keyVariable]]))
    expect(Object.fromEntries(named)).toMatchObject({
      llamacpp: 'LLAMA_API_KEY',
      vllm: 'VLLM_API_KEY',
      localai: 'LOCALAI_API_KEY',
    })
    for (const [, variable] of named) expect(variable).toMatch(/^[A-Z][A-Z_]*_(KEY|TOKEN)$/)
  })

  it('are in no preset', () => {
    for (const { env, keyVariable } of all) if (keyVariable !== null) expect(env).not.toHaveProperty(keyVariable)
  })
})

it('asks for a model where a server does not start without one', () => {
  const asking = all.filter(({ options }) =>
    options.some(({ id, isRequired }) => id === 'model' && isRequired === true),
  )
  expect(asking.map(({ id }) => id)).toEqual(
    expect.arrayContaining(['vllm', 'sglang', 'koboldcpp', 'whisper', 'mlx'].sort()),
  )
  expect(presetOf('vllm').options[0]).toMatchObject({ id: 'model', args: ['{value}'] })
})

it.each(['vllm', 'sglang', 'localai', 'koboldcpp', 'comfyui', 'whisper', 'open-webui', 'textgen', 'llamafile', 'mlx'])(
  'does not run %s for its version: none of its arguments is known to do only that',
  (id) => {
    expect(presetOf(id).versionArgs).toBeNull()
  },
)

/** What a fixture answers; as text, since nothing runs here. */
function answerOf({ routes, headers = {} }: ModelServerKind, path: string): HttpAnswer {
  const route = Object.hasOwn(routes, path) ? routes[path] : undefined
  return { kind: 'answer', status: route === undefined ? 404 : 200, headers, body: route?.body ?? 'Not Found' }
}

/** These answer as another one does, or as anything may. */
const expected: Readonly<Record<string, string | null>> = { llamafile: 'llamacpp', mlx: null }

describe.each(Object.entries(kinds))('%s', (id, kind) => {
  const fitting = all.filter(
    ({ identification }) => identification !== null && fits(answerOf(kind, identification.path), identification),
  )

  it('is taken for itself by all presets together', () => {
    const wanted = Object.hasOwn(expected, id) ? expected[id] : id
    expect(mostSpecific(fitting)?.id ?? null).toBe(wanted)
  })

  it('tells its version where its preset looks', () => {
    const version = presets[id]?.identification?.version
    if (version === undefined) return
    expect(versionIn(answerOf(kind, version.path), version.field)).toMatch(/\d/)
  })
})
