import { describe, expect, it } from 'vitest'
import {
  matchingModels,
  mayLoad,
  mayUnload,
  modelFacts,
  summaryOf,
} from '../../../../src-renderer/features/models/model-text.ts'
import { makeModel } from './model.ts'

const GB = 1024 ** 3
const factsOf = (overrides: Parameters<typeof makeModel>[1]) =>
  modelFacts(makeModel('m', overrides)).map(({ text }) => text)

describe('the facts of a model', () => {
  it('are none of what the server does not tell', () => {
    expect(factsOf({})).toEqual([])
  })

  it('name size, details once, context and memory', () => {
    const details = ['Q4_K_M', '8B', '8B']
    expect(factsOf({ sizeBytes: 4.7 * GB, details, contextLength: 8192, memoryBytes: 6 * GB })).toEqual([
      '4.7 GB',
      'Q4_K_M',
      '8B',
      'context 8,192',
      '6.0 GB in memory',
    ])
  })

  it.each([
    [6 * GB, 6 * GB, '6.0 GB in memory, on the GPU'],
    [6 * GB, 2 * GB, '6.0 GB in memory, 2.0 GB of it on the GPU'],
    [6 * GB, 0, '6.0 GB in memory, on the CPU'],
    [null, 2 * GB, '2.0 GB on the GPU'],
    [0, 0, '0 B in memory'],
  ])('say of %s bytes, %s of them on the GPU: "%s"', (memoryBytes, vramBytes, text) => {
    expect(factsOf({ memoryBytes, vramBytes })).toEqual([text])
  })
})

describe('the summary of a list', () => {
  it('counts what is loaded and adds up its memory', () => {
    const models = [
      makeModel('a', { state: 'loaded', memoryBytes: 2 * GB }),
      makeModel('b', { state: 'loaded', memoryBytes: 3 * GB }),
      makeModel('c', { memoryBytes: 9 * GB }),
    ]
    expect(summaryOf(models)).toBe('2 of 3 models loaded, 5.0 GB in memory')
  })

  it('is short where all are loaded, and tells no states that the server does not', () => {
    expect(summaryOf([makeModel('a', { state: 'loaded' })])).toBe('1 model loaded')
    expect(summaryOf([makeModel('a', { state: 'unknown' }), makeModel('b', { state: 'unknown' })])).toBe('2 models')
  })
})

describe('the filter of models', () => {
  const models = [
    makeModel('llama3.2:3b', { details: ['Q4_K_M'], state: 'loaded' }),
    makeModel('Qwen3:14b', { details: ['Q4_K_M'] }),
    makeModel('gemma3', { details: ['F16'] }),
  ]
  const idsFor = (typed: string) => matchingModels(models, typed).map(({ id }) => id)

  it('wants every word, in id, details or state, in any case', () => {
    expect(idsFor('q4 QWEN')).toEqual(['Qwen3:14b'])
    expect(idsFor('not loaded')).toEqual(['Qwen3:14b', 'gemma3'])
    expect(idsFor('q4 gemma')).toEqual([])
  })

  it('leaves all if nothing but blanks was typed', () => {
    expect(idsFor('  ')).toHaveLength(3)
  })
})

it('offers to load and to unload what may need it, and neither while it is loading', () => {
  const offers = (['unloaded', 'loading', 'loaded', 'sleeping', 'failed', 'unknown'] as const).map((state) => {
    const model = makeModel('m', { state })
    return [state, mayLoad(model), mayUnload(model)]
  })
  expect(offers).toEqual([
    ['unloaded', true, false],
    ['loading', false, false],
    ['loaded', false, true],
    ['sleeping', true, true],
    ['failed', true, false],
    ['unknown', true, true],
  ])
})
