import { describe, expect, it } from 'vitest'
import {
  addEnvRow,
  type EnvRow,
  envProblems,
  parseAssignment,
  setEnvValue,
  withoutSafe,
} from '../../../../src-renderer/features/setup/form/env-rows.ts'
import { generateKey, looksSecret } from '../../../../src-renderer/features/setup/form/secret-text.ts'

const row = (id: number, name: string, value = '', part: Partial<EnvRow> = {}): EnvRow => ({
  id,
  name,
  value,
  isSecret: false,
  isStored: false,
  ...part,
})

describe('rows of variables', () => {
  it('need a name once they have a value, and each name once', () => {
    const rows = [row(0, 'A', '1'), row(1, '', ''), row(2, ' ', 'x'), row(3, 'A ', '2')]
    expect(envProblems(rows).map((problem) => problem.row)).toEqual([2, 3])
  })

  it('get numbers of their own, also after some were removed', () => {
    const rows = addEnvRow([row(7, 'A')], { name: 'B', value: '', isSecret: false, isStored: false })
    expect(rows.map(({ id }) => id)).toEqual([7, 8])
    expect(addEnvRow([], { name: 'B', value: '', isSecret: false, isStored: false })[0]?.id).toBe(0)
  })

  it('take a value into their row, a new row, or go with an empty one', () => {
    const stored = [row(0, 'KEY', '', { isSecret: true, isStored: true })]
    expect(setEnvValue(stored, 'KEY', 'x', true)).toEqual([row(0, 'KEY', 'x', { isSecret: true })])
    expect(setEnvValue([], 'KEY', 'x', true)).toEqual([row(0, 'KEY', 'x', { isSecret: true })])
    expect(setEnvValue(stored, 'KEY', '', true)).toEqual([])
    expect(setEnvValue([], 'KEY', '', true)).toEqual([])
  })

  it('become plain where nothing can be kept, but for what is stored', () => {
    const rows = [row(0, 'A', 'x', { isSecret: true }), row(1, 'B', '', { isSecret: true, isStored: true })]
    expect(withoutSafe(rows).map(({ isSecret }) => isSecret)).toEqual([false, true])
  })
})

describe('pasted assignments', () => {
  it.each([
    ['HF_HOME=/srv/hf', 'HF_HOME', '/srv/hf'],
    ['export TOKEN="a b"', 'TOKEN', 'a b'],
    ["set X='1'", 'X', '1'],
    ['$env:KEY = sk-1=2', 'KEY', 'sk-1=2'],
    ['EMPTY=', 'EMPTY', ''],
  ])('%s', (text, name, value) => {
    expect(parseAssignment(text)).toEqual({ name, value })
  })

  it.each(['HF_HOME', '=x', '1A=2', 'A B=1', ''])('are not seen in "%s"', (text) => {
    expect(parseAssignment(text)).toBeNull()
  })
})

describe('names of secrets', () => {
  it.each(['HF_TOKEN', 'LLAMA_API_KEY', 'password', 'MY_SECRET', 'BASIC_AUTH', 'AWS_CREDENTIAL'])(
    '%s is one',
    (name) => {
      expect(looksSecret(name)).toBe(true)
    },
  )

  it.each(['MAX_TOKENS', 'TOKENIZERS_PARALLELISM', 'KEYBOARD', 'AUTHOR', 'OLLAMA_HOST', ''])('%s is none', (name) => {
    expect(looksSecret(name)).toBe(false)
  })
})

it('a generated key holds all of its randomness and needs no quotes', () => {
  const key = generateKey((bytes) => bytes.fill(0xab))
  expect(key).toBe(`sk-${'ab'.repeat(24)}`)
  expect(generateKey((bytes) => bytes.fill(1))).not.toBe(key)
})
