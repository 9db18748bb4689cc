import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { comfyuiModels } from '../../../../src-main/services/models/comfyui.ts'
import { koboldcppModels } from '../../../../src-main/services/models/koboldcpp.ts'
import { llamacppModels } from '../../../../src-main/services/models/llamacpp.ts'
import { lmstudioModels } from '../../../../src-main/services/models/lmstudio.ts'
import { localaiModels } from '../../../../src-main/services/models/localai.ts'
import type { ModelsApi } from '../../../../src-main/services/models/models-api.ts'
import { ollamaModels } from '../../../../src-main/services/models/ollama.ts'
import { ServerAnswerError } from '../../../../src-main/services/models/server-answer-error.ts'
import { wordsOf, wordsOfText } from '../../../../src-main/services/models/server-words.ts'
import { textgenModels } from '../../../../src-main/services/models/textgen.ts'
import { vllmModels } from '../../../../src-main/services/models/vllm.ts'
import { toModelsView } from '../../../../src-main/shell/model-view.ts'

/** What a server would answer, by path; anything else is an error of the test. */
const answering = (answers: Readonly<Record<string, unknown>>) => async (path: string) => {
  if (!Object.hasOwn(answers, path)) throw new Error(`unexpected: ${path}`)
  return answers[path]
}

const apis: readonly (readonly [string, ModelsApi])[] = [
  ['ollama', ollamaModels],
  ['llamacpp', llamacppModels],
  ['lmstudio', lmstudioModels],
  ['localai', localaiModels],
  ['koboldcpp', koboldcppModels],
  ['textgen', textgenModels],
  ['comfyui', comfyuiModels],
  ['vllm', vllmModels],
]

describe.each(apis)('answers to %s', (_name, api) => {
  it('of a wholly wrong shape are an expected failure that says what was expected', async () => {
    for (const wrong of [null, 7, 'hello', true, { hello: 1 }, { data: 7, models: 'x', model_names: {}, result: [] }]) {
      const failure = await api
        .list(async () => wrong)
        .then(
          (models) => models,
          (error: unknown) => (error instanceof ServerAnswerError ? error.failure : error),
        )
      expect(failure).toMatchObject({ code: 'bad-answer', message: expect.stringMatching(/expected .*, got/) })
    }
  })

  it('may be any JSON: a list comes out, or an expected failure', async () => {
    const names = [
      'models',
      'data',
      'model_names',
      'model_name',
      'result',
      'loaded_models',
      'id',
      'name',
      'key',
      'status',
      'meta',
      'size',
      'state',
      'details',
      'loaded_instances',
    ]
    const { node } = fc.letrec<{ node: unknown }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom<unknown>(null, 'x', '', 0, -1, 1e300, true),
        fc.array(tie('node'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom(...names), tie('node'), { maxKeys: 5 }),
      ),
    }))
    await fc.assert(
      fc.asyncProperty(node, async (answer) => {
        try {
          for (const model of await api.list(async () => answer)) {
            expect(model.id.length).toBeGreaterThan(0)
            expect(model.id.length).toBeLessThanOrEqual(1000)
            expect(JSON.stringify(model)).not.toContain('null')
          }
        } catch (error) {
          if (!(error instanceof ServerAnswerError)) throw error
        }
      }),
    )
  })
})

describe('fields of other types than expected', () => {
  it('are left out', async () => {
    const models = [
      { name: 'a', size: 'large', details: { parameter_size: 7, quantization_level: 'Q4_0' } },
      { name: 'b', size: -1, details: 'none', expires_at: 7 },
      { name: '', size: 1 },
      { name: 7 },
      { name: 'x'.repeat(1001) },
      'c',
    ]
    const ps = { models: [{ name: 'a', size: 0, size_vram: 0, expires_at: 'tomorrow', context_length: '4096' }] }
    expect(await ollamaModels.list(answering({ '/api/tags': { models }, '/api/ps': ps }))).toEqual([
      { id: 'a', state: 'loaded', memoryBytes: 0, vramBytes: 0, details: ['Q4_0'] },
      { id: 'b', state: 'unloaded' },
    ])
  })

  it('an unknown state is unknown', async () => {
    const data = [
      { id: 'a', status: { value: 'resting' } },
      { id: 'b', status: 7 },
      { id: 'c', status: { value: 'downloading', progress: { x: { done: 1, total: 3 }, y: { done: 1, total: 1 } } } },
      { id: 'd', status: { value: 'sleeping' }, meta: { n_ctx: 4096, n_params: 270e6 } },
      { id: 'e', status: { value: 'unloaded', failed: true, exit_code: 'x' } },
    ]
    expect(await llamacppModels.list(answering({ '/models': { data } }))).toEqual([
      { id: 'a', state: 'unknown' },
      { id: 'b', state: 'unknown' },
      { id: 'c', state: 'loading', details: ['downloading, 50 %'] },
      { id: 'd', state: 'sleeping', contextLength: 4096, details: ['270M'] },
      { id: 'e', state: 'failed', problem: expect.stringContaining('ended while') },
    ])
  })

  it('a single llama.cpp model that sleeps', async () => {
    const answers = { '/models': { data: [{ id: 'm' }] }, '/props': { is_sleeping: true } }
    expect(await llamacppModels.list(answering(answers))).toEqual([{ id: 'm', state: 'sleeping', isFixed: true }])
  })
})

describe('what Ollama tells of memory and time', () => {
  const listed = async (running: object) => {
    const [model] = await ollamaModels.list(
      answering({ '/api/tags': { models: [] }, '/api/ps': { models: [{ name: 'a', ...running }] } }),
    )
    return model
  }

  it.each([
    [{ size: 1000, size_vram: 1000 }, undefined],
    [{ size: 1000, size_vram: 996 }, undefined],
    [{ size: 1000, size_vram: 590 }, '41 % on the CPU'],
    [{ size: 1000, size_vram: 0 }, '100 % on the CPU'],
    [{ size: 1000 }, undefined],
    [{ size_vram: 0 }, undefined],
  ])('%j: %s', async (running, expected) => {
    expect((await listed(running))?.cpuFallback).toBe(expected)
  })

  it.each([
    ['2026-06-04T14:38:31.83753-07:00', Date.parse('2026-06-04T21:38:31.837Z')],
    // keep_alive -1.
    ['2318-09-12T00:00:00Z', undefined],
    ['0001-01-01T00:00:00Z', undefined],
  ])('unloads at %s', async (expires_at, expected) => {
    expect((await listed({ expires_at }))?.expiresAt).toBe(expected)
  })

  it('a model that runs elsewhere is not loaded here', async () => {
    const tags = { models: [{ name: 'big:cloud', size: 300, remote_host: 'https://ollama.com:443' }] }
    expect(await ollamaModels.list(answering({ '/api/tags': tags, '/api/ps': { models: null } }))).toEqual([
      { id: 'big:cloud', state: 'unknown', sizeBytes: 300, details: ['runs on https://ollama.com:443'] },
    ])
  })
})

describe('the words of a server', () => {
  it.each([
    [{ error: { message: 'no memory', code: 500 } }, 'no memory'],
    [{ error: 'no\n  memory ' }, 'no memory'],
    [{ message: 'failed to load model', loaded: [] }, 'failed to load model'],
    [{ detail: [{ loc: ['body'], msg: 'Field required' }] }, 'Field required'],
    [{ error: { error: { error: { error: 'too deep' } } } }, ''],
    [{ error: 7 }, ''],
    ['<html>', ''],
    [null, ''],
  ])('%j: %s', (body, expected) => {
    expect(wordsOf(body)).toBe(expected)
  })

  it('may be text, and are bounded', () => {
    expect(wordsOfText('Internal Server Error')).toBe('Internal Server Error')
    expect(wordsOfText('{"error":"x"}')).toBe('x')
    expect(wordsOfText('x'.repeat(100_000)).length).toBeLessThan(600)
  })
})

describe('the view', () => {
  const none = { list: async () => [] }
  const able = { ...none, load: async () => undefined, unload: async () => undefined }

  it('says what can be done', () => {
    expect(toModelsView(none, [])).toEqual({ models: [], canLoad: false, canUnload: false, note: null })
    expect(toModelsView(able, [])).toMatchObject({ canLoad: true, canUnload: true })
    expect(
      toModelsView({ ...able, note: 'One at a time.' }, [{ id: 'a', state: 'loaded', isFixed: true }]),
    ).toMatchObject({
      canLoad: false,
      canUnload: false,
      note: expect.stringMatching(/^One at a time\. As it runs now/),
    })
  })

  it('is bounded, and says so', () => {
    const models = Array.from({ length: 1001 }, (_, index) => ({ id: `m${index}`, state: 'unknown' as const }))
    const view = toModelsView(none, models)
    expect(view.models).toHaveLength(1000)
    expect(view.note).toContain('first 1000 of 1001')
  })
})
