import { describe, expect, it } from 'vitest'
import { comfyuiModels } from '../../../src-main/services/models/comfyui.ts'
import { demoModels } from '../../../src-main/services/models/demo.ts'
import { koboldcppModels } from '../../../src-main/services/models/koboldcpp.ts'
import { llamacppModels } from '../../../src-main/services/models/llamacpp.ts'
import { lmstudioModels } from '../../../src-main/services/models/lmstudio.ts'
import { localaiModels } from '../../../src-main/services/models/localai.ts'
import { mlxModels } from '../../../src-main/services/models/mlx.ts'
import type { ModelsApi } from '../../../src-main/services/models/models-api.ts'
import { ollamaModels } from '../../../src-main/services/models/ollama.ts'
import { sglangModels } from '../../../src-main/services/models/sglang.ts'
import { textgenModels } from '../../../src-main/services/models/textgen.ts'
import { vllmModels } from '../../../src-main/services/models/vllm.ts'
import * as kinds from '../../fixtures/model-servers/models/kinds.ts'
import type { ModelsKind } from '../../fixtures/model-servers/models/models-http.ts'
import { waitFor } from '../../support/wait-for.ts'
import { modelWorld } from './model-world.ts'

const loading: readonly (readonly [string, ModelsKind, ModelsApi])[] = [
  ['Ollama', kinds.ollama, ollamaModels],
  ['a llama.cpp router', kinds.llamacppRouter, llamacppModels],
  ['LM Studio', kinds.lmstudio, lmstudioModels],
  ['LocalAI', kinds.localai, localaiModels],
  ['text-generation-webui', kinds.textgen, textgenModels],
]

describe.each(loading)('%s', (_name, kind, api) => {
  it('lists, loads and unloads', async () => {
    const world = await modelWorld(kind, api)
    expect(await world.states()).toEqual({ alpha: 'unloaded', beta: 'unloaded' })
    await world.load('beta')
    expect(await world.states()).toEqual({ alpha: 'unloaded', beta: 'loaded' })
    expect(world.state.loaded).toEqual(['beta'])
    await world.unload('beta')
    expect(await world.states()).toEqual({ alpha: 'unloaded', beta: 'unloaded' })
    expect(world.state.loaded).toEqual([])
  })

  it('shows a load under way and settles when it is done', async () => {
    const world = await modelWorld(kind, api)
    world.state.isSlow = true
    let isDone = false
    const load = world.load('alpha').then(() => {
      isDone = true
    })
    await waitFor(() => world.state.of('alpha') === 'loading', { what: 'the load' })
    expect(await world.states()).toMatchObject({ alpha: 'loading', beta: 'unloaded' })
    expect(isDone).toBe(false)
    world.state.finish()
    await load
    expect(await world.states()).toMatchObject({ alpha: 'loaded' })
  })

  it('says why a load failed', async () => {
    const world = await modelWorld(kind, api)
    world.state.broken.add('alpha')
    await expect(world.load('alpha')).rejects.toMatchObject({
      failure: {
        code: expect.stringMatching(/^(refused|load-failed)$/),
        message: expect.stringMatching(/fail|code 1/i),
      },
    })
    expect(world.state.loaded).toEqual([])
  })

  it('asks for nothing twice: what is loaded, or not, stays so', async () => {
    const world = await modelWorld(kind, api, { loaded: ['alpha'] })
    await world.load('alpha')
    await world.unload('beta')
    expect(world.requests.filter((request) => request.startsWith('POST'))).toEqual([])
    expect(world.state.loaded).toEqual(['alpha'])
  })

  it('does not ask for a model that is not listed', async () => {
    const world = await modelWorld(kind, api)
    const failure = { failure: { code: 'no-such-model' } }
    await expect(world.load('gamma')).rejects.toMatchObject(failure)
    await expect(world.unload('gamma')).rejects.toMatchObject(failure)
    expect(world.requests.filter((request) => request.startsWith('POST'))).toEqual([])
  })

  it('wants its key for everything', async () => {
    const world = await modelWorld(kind, api, { wantsKey: 'right', key: 'right' })
    await world.load('alpha')
    expect(world.state.loaded).toEqual(['alpha'])
    const other = await modelWorld(kind, api, { wantsKey: 'right', key: 'wrong-one' })
    const error = await other.list().then(
      () => null,
      (reason: unknown) => reason,
    )
    expect(error).toMatchObject({ failure: { code: 'key-needed', message: expect.stringContaining('TEST_API_KEY') } })
    expect(JSON.stringify(error)).not.toContain('wrong-one')
  })
})

describe('what a server tells beyond the state', () => {
  it('Ollama: sizes, memory, the share of the CPU, and when it unloads', async () => {
    const world = await modelWorld(kinds.ollama, ollamaModels, { loaded: ['beta'] })
    const details = ['7.2B', 'Q4_0', 'llama']
    expect(await world.list()).toEqual([
      { id: 'alpha', state: 'unloaded', sizeBytes: 4e9, details },
      {
        id: 'beta',
        state: 'loaded',
        sizeBytes: 4e9,
        memoryBytes: 5e9,
        vramBytes: 3e9,
        contextLength: 4096,
        expiresAt: Date.parse('2036-06-04T21:38:31.837Z'),
        cpuFallback: '40 % on the CPU',
        details,
      },
    ])
  })

  it('Ollama: a model for embeddings is loaded too', async () => {
    const world = await modelWorld(kinds.ollama, ollamaModels, { ids: ['nomic-embed'] })
    await world.load('nomic-embed')
    expect(world.state.loaded).toEqual(['nomic-embed'])
  })

  it('llama.cpp with a model: what it runs with, and that it stays', async () => {
    const world = await modelWorld(kinds.llamacppSingle, llamacppModels, {
      ids: ['model.gguf'],
      loaded: ['model.gguf'],
    })
    expect(await world.list()).toEqual([
      {
        id: 'model.gguf',
        state: 'loaded',
        isFixed: true,
        sizeBytes: 4_912_898_304,
        contextLength: 16_384,
        details: ['8.0B', 'Q4_K - Medium'],
      },
    ])
    await expect(world.unload('model.gguf')).rejects.toMatchObject({ failure: { code: 'not-supported' } })
    world.state.set('model.gguf', 'loading')
    expect(await world.list()).toEqual([{ id: 'model.gguf', state: 'loading', isFixed: true }])
  })

  it('llama.cpp as a router: why a model failed', async () => {
    const world = await modelWorld(kinds.llamacppRouter, llamacppModels)
    world.state.set('alpha', 'failed')
    expect((await world.list())[0]).toMatchObject({ state: 'failed', problem: expect.stringContaining('code 1') })
    await world.load('alpha')
    expect(await world.states()).toMatchObject({ alpha: 'loaded' })
  })

  it('an older llamafile without /models', async () => {
    const world = await modelWorld(
      (state) => (method, path, body) => (path === '/models' ? null : kinds.llamacppSingle(state)(method, path, body)),
      llamacppModels,
    )
    expect(await world.states()).toEqual({ alpha: 'loaded' })
  })

  it('LM Studio: what is loaded, by the id of its instance too', async () => {
    const world = await modelWorld(kinds.lmstudio, lmstudioModels, { loaded: ['beta'] })
    const rest = { sizeBytes: 241_410_208, details: ['270M', 'Q4_0', 'gguf'] }
    expect(await world.list()).toEqual([
      { id: 'alpha', state: 'unloaded', contextLength: 32_768, ...rest },
      { id: 'beta', state: 'loaded', contextLength: 4096, ...rest },
    ])
  })

  it('LM Studio before 0.4: states, but no orders', async () => {
    const world = await modelWorld(kinds.oldLmstudio, lmstudioModels, { loaded: ['beta'] })
    expect(await world.list()).toEqual(
      ['alpha', 'beta'].map((id) => ({
        id,
        state: id === 'beta' ? 'loaded' : 'unloaded',
        isFixed: true,
        contextLength: 8192,
        details: ['Q4_K_M', 'gguf'],
      })),
    )
    await expect(world.load('alpha')).rejects.toMatchObject({ failure: { code: 'not-supported' } })
  })

  it('LocalAI: without the right of an administrator, only what there is', async () => {
    const world = await modelWorld(
      (state) => (method, path, body) =>
        path === '/system' ? { status: 403, body: { error: 'admin only' } } : kinds.localai(state)(method, path, body),
      localaiModels,
    )
    expect(await world.states()).toEqual({ alpha: 'unknown', beta: 'unknown' })
    await world.load('alpha')
    expect(world.state.loaded).toEqual(['alpha'])
  })

  it('text-generation-webui: another load replaces the model, and nobody else’s is unloaded', async () => {
    const world = await modelWorld(kinds.textgen, textgenModels, { loaded: ['alpha'] })
    expect((await world.list())[0]).toEqual({ id: 'alpha', state: 'loaded', details: ['llama.cpp'] })
    await world.unload('beta')
    expect(world.state.loaded).toEqual(['alpha'])
    await world.load('beta')
    expect(await world.states()).toEqual({ alpha: 'unloaded', beta: 'loaded' })
  })

  it('KoboldCpp: its one model, or none', async () => {
    const world = await modelWorld(kinds.koboldcpp, koboldcppModels)
    expect(await world.list()).toEqual([])
    world.state.set('alpha', 'loaded')
    expect(await world.list()).toEqual([{ id: 'koboldcpp/alpha', state: 'loaded', contextLength: 8192 }])
    await expect(world.load('koboldcpp/alpha')).rejects.toMatchObject({ failure: { code: 'not-supported' } })
  })

  it('ComfyUI: files, and an order to free all memory', async () => {
    const world = await modelWorld(kinds.comfyui, comfyuiModels, { loaded: ['alpha'] })
    expect(await world.list()).toEqual([
      { id: 'alpha', state: 'unknown', details: ['checkpoints'] },
      { id: 'beta', state: 'unknown', details: ['checkpoints'] },
    ])
    await world.unload('beta')
    expect(world.state.loaded).toEqual([])
  })

  it.each([
    ['vLLM', vllmModels, 'loaded'],
    ['SGLang', sglangModels, 'loaded'],
    ['the demo server', demoModels, 'loaded'],
    ['mlx_lm.server', mlxModels, 'unknown'],
  ] as const)('%s: its list', async (_name, api, state) => {
    const world = await modelWorld(kinds.openai, api, { ids: ['some/model'] })
    expect(await world.list()).toEqual([{ id: 'some/model', state, contextLength: 32_768 }])
    await expect(world.unload('some/model')).rejects.toMatchObject({ failure: { code: 'not-supported' } })
  })
})
