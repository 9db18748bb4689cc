import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { looksJoined, moveItem, splitWords } from '../../../../src-renderer/features/setup/form/arguments.ts'
import { ON, optionValue, withOption } from '../../../../src-renderer/features/setup/form/option-lens.ts'
import { makeOption } from './views.ts'

const target = (...args: string[]) => ({ args, env: [] })

describe('an option as a look at the arguments', () => {
  const context = makeOption({ id: 'ctx', kind: 'number', args: ['-c', '{value}'] })
  const model = makeOption({ args: ['{value}'] })
  const joined = makeOption({ args: ['--mem={value}G'] })
  const flag = makeOption({ kind: 'switch', args: ['--jinja'] })

  it('is read where it stands, the last one if it stands twice', () => {
    expect(optionValue(context, target('-m', 'x', '-c', '4096'))).toBe('4096')
    expect(optionValue(context, target('-c', '1', '-c', '2'))).toBe('2')
    expect(optionValue(context, target('-c'))).toBe('')
    expect(optionValue(joined, target('--mem=12G'))).toBe('12')
    expect(optionValue(joined, target('--mem=12'))).toBe('')
    expect(optionValue(model, target('Qwen/Qwen3-8B', '--x'))).toBe('Qwen/Qwen3-8B')
    expect(optionValue(model, target('--x', 'y'))).toBe('')
    expect(optionValue(flag, target('--jinja'))).toBe(ON)
  })

  it('is changed in its place, and everything else stays', () => {
    expect(withOption(context, '8', target('-c', '4', '--x')).args).toEqual(['-c', '8', '--x'])
    expect(withOption(context, '8', target('--x')).args).toEqual(['--x', '-c', '8'])
    expect(withOption(context, '', target('-a', '-c', '4', '--x')).args).toEqual(['-a', '--x'])
    expect(withOption(flag, ON, target('-a')).args).toEqual(['-a', '--jinja'])
    expect(withOption(flag, '', target('-a', '--jinja')).args).toEqual(['-a'])
  })

  it('without a flag comes first, since it is the model', () => {
    expect(withOption(model, 'a', target('--x')).args).toEqual(['a', '--x'])
    expect(withOption(model, 'b', target('a', '--x')).args).toEqual(['b', '--x'])
    expect(withOption(model, '', target('a', '--x')).args).toEqual(['--x'])
  })

  it('comes back as it was set, whatever stands around it', () => {
    const options = [context, joined, flag]
    fc.assert(
      fc.property(
        fc.constantFrom(...options),
        fc.array(fc.constantFrom('-c', '--jinja', '--mem=1G', '1', '--', 'x y')),
        fc.string({ minLength: 1 }),
        (option, args, text) => {
          const value = option.kind === 'switch' ? ON : text
          expect(optionValue(option, withOption(option, value, target(...args)))).toBe(value)
        },
      ),
    )
  })

  it('may be variables as well', () => {
    const folder = makeOption({ kind: 'folder', env: { OLLAMA_MODELS: '{value}' } })
    const set = withOption(folder, '/srv', target('--x'))
    expect(set.args).toEqual(['--x'])
    expect(set.env).toEqual([{ id: 0, name: 'OLLAMA_MODELS', value: '/srv', isSecret: false, isStored: false }])
    expect(optionValue(folder, set)).toBe('/srv')
    expect(withOption(folder, '', set).env).toEqual([])
    const debug = makeOption({ kind: 'switch', env: { DEBUG: '1' } })
    expect(optionValue(debug, withOption(debug, ON, target()))).toBe(ON)
  })
})

describe('arguments that people type', () => {
  it.each([
    ['-c 4096', true],
    ['--voice anna', true],
    ['-m', false],
    ['--ctx=1 2', false],
    ['two words', false],
    ['-1 2', false],
  ])('"%s" looks like several: %s', (text, expected) => {
    expect(looksJoined(text)).toBe(expected)
  })

  it.each([
    ['-c 4096', ['-c', '4096']],
    [`--name "two words" -x`, ['--name', 'two words', '-x']],
    [`'a "b"' c\\d`, ['a "b"', 'c\\d']],
    [`"a\\"b" ''`, ['a"b', '']],
    ['  ', []],
  ])('%s is split into words', (text, words) => {
    expect(splitWords(text)).toEqual(words)
  })

  it('move by one place, and stay at the ends', () => {
    expect(moveItem(['a', 'b', 'c'], 1, -1)).toEqual(['b', 'a', 'c'])
    expect(moveItem(['a', 'b', 'c'], 1, 1)).toEqual(['a', 'c', 'b'])
    expect(moveItem(['a', 'b'], 0, -1)).toEqual(['a', 'b'])
    expect(moveItem(['a', 'b'], 1, 1)).toEqual(['a', 'b'])
  })
})
