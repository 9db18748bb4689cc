import { describe, expect, it } from 'vitest'
import type { HttpAnswer } from '../../../../src-main/services/detection/ask-path.ts'
import { fits, mostSpecific, versionIn } from '../../../../src-main/services/detection/recognise.ts'
import type { Preset } from '../../../../src-main/services/presets/preset.ts'
import { presets } from '../../../../src-main/services/presets/presets.ts'

const answer = (body: string, rest: Partial<HttpAnswer> = {}): HttpAnswer => ({
  kind: 'answer',
  status: 200,
  headers: {},
  body,
  ...rest,
})

describe('an answer fits', () => {
  it('by a part of its body', () => {
    const identification = { path: '/', expectBody: 'Ollama is running' }
    expect(fits(answer('<p>Ollama is running</p>'), identification)).toBe(true)
    expect(fits(answer('ollama is running'), identification)).toBe(false)
  })

  it.each([401, 404, 302, 500, 503])('not by its body if its status is %i', (status) => {
    expect(fits(answer('Ollama is running', { status }), { path: '/', expectBody: 'Ollama is running' })).toBe(false)
    expect(fits(answer('{"a":1}', { status }), { path: '/', expectJson: { a: 1 } })).toBe(false)
  })

  it('by a part of a header, whatever its status', () => {
    const identification = { path: '/', expectHeader: { server: 'llama.cpp' } }
    expect(fits(answer('', { status: 503, headers: { server: 'llama.cpp' } }), identification)).toBe(true)
    expect(fits(answer('', { headers: { server: 'nginx' } }), identification)).toBe(false)
    expect(fits(answer('llama.cpp'), identification)).toBe(false)
  })

  it('by fields, with a value or any', () => {
    const identification = { path: '/', expectJson: { 'a.b': null, c: true } }
    expect(fits(answer('{"a":{"b":[]},"c":true}'), identification)).toBe(true)
    expect(fits(answer('{"a":{"b":null},"c":true}'), identification)).toBe(true)
    expect(fits(answer('{"a":{"b":1},"c":"true"}'), identification)).toBe(false)
    expect(fits(answer('{"a":{},"c":true}'), identification)).toBe(false)
  })

  it('by all that is expected', () => {
    const identification = { path: '/', expectBody: 'x', expectJson: { a: 'x' }, expectHeader: { server: 'y' } }
    expect(fits(answer('{"a":"x"}', { headers: { server: 'y' } }), identification)).toBe(true)
    expect(fits(answer('{"a":"x"}'), identification)).toBe(false)
    expect(fits(answer('{"b":"x"}', { headers: { server: 'y' } }), identification)).toBe(false)
  })

  it.each(['', 'null', '7', '"text"', '[]', '{"a"', '<html>', '{"constructor":1}'])('not if it is %s', (body) => {
    expect(fits(answer(body), { path: '/', expectJson: { a: null } })).toBe(false)
    expect(fits(answer(body), { path: '/', expectJson: { toString: null } })).toBe(false)
  })
})

describe('of several that fit', () => {
  const { ollama, comfyui, koboldcpp, localai } = presets as Record<string, Preset>

  it('it is the one that imitates the others, in any order', () => {
    for (const fitting of [
      [ollama, comfyui, koboldcpp],
      [koboldcpp, ollama],
      [ollama, localai],
    ]) {
      const found = mostSpecific(fitting.filter((preset) => preset !== undefined))
      expect(found).toBe(fitting.includes(koboldcpp) ? koboldcpp : localai)
    }
  })

  it('it is the only one, or none', () => {
    expect(mostSpecific(ollama === undefined ? [] : [ollama])).toBe(ollama)
    expect(mostSpecific([])).toBeNull()
  })

  it('it is the first if they imitate each other', () => {
    const one: Preset = { ...presetOf('a'), identification: { path: '/', expectBody: 'x', imitates: ['b'] } }
    const other: Preset = { ...presetOf('b'), identification: { path: '/', expectBody: 'x', imitates: ['a'] } }
    expect(mostSpecific([one, other])).toBe(one)
  })

  const presetOf = (id: string): Preset => ({ ...(presets.custom as Preset), id })
})

describe('a version', () => {
  it('is a field that looks like one', () => {
    expect(versionIn(answer('{"version":"0.9.3"}'), 'version')).toBe('0.9.3')
    expect(versionIn(answer('{"system":{"comfyui_version":"v0.3.4-3-g7126ecf"}}'), 'system.comfyui_version')).toBe(
      'v0.3.4-3-g7126ecf',
    )
    expect(versionIn(answer('{"version":"v4.9.0 (abcdef0)"}'), 'version')).toBe('v4.9.0 (abcdef0)')
    expect(versionIn(answer('{"version":1.102}'), 'version')).toBe('1.102')
  })

  it.each(['', ' 1', '1\n2', '\u001b[31m1.0', `1.${'0'.repeat(100)}`, '１.０'])('is not %j', (version) => {
    expect(versionIn(answer(JSON.stringify({ version })), 'version')).toBeNull()
  })

  it.each(['{}', '{"version":null}', '{"version":{"a":1}}', '{"version":true}', 'x'])('is not in %s', (body) => {
    expect(versionIn(answer(body), 'version')).toBeNull()
  })
})
