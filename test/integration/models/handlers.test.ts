import { describe, expect, it } from 'vitest'
import { ModelLoads } from '../../../src-main/services/models/model-loads.ts'
import { ollamaModels } from '../../../src-main/services/models/ollama.ts'
import { presets } from '../../../src-main/services/presets/presets.ts'
import { type TryProgress, TrySeat } from '../../../src-main/services/try/try-seat.ts'
import { createModelHandlers } from '../../../src-main/shell/model-handlers.ts'
import type { Page } from '../../../src-main/shell/page.ts'
import { ollama } from '../../fixtures/model-servers/models/kinds.ts'
import { ModelsState } from '../../fixtures/model-servers/models/models-state.ts'
import { freePort } from '../../support/ports.ts'
import { makeService } from '../../support/service-definition.ts'
import { waitFor } from '../../support/wait-for.ts'
import { json, scriptedServer } from './scripted-server.ts'

const KEY = 'test:one'

/** An Ollama in this process with its models and its chat, and the handlers for it. */
async function world({ openAiPath = '/v1' as string | null, key = null as string | null, isThere = true } = {}) {
  const state = new ModelsState('alpha', 'beta')
  const models = ollama(state)
  const server = await scriptedServer((response, { method, path, body }) => {
    if (path === '/v1/chat/completions') {
      json(response, 200, {
        choices: [{ message: { content: `I am ${JSON.parse(body).model}.` }, finish_reason: 'stop' }],
      })
      return
    }
    void Promise.resolve(models(method, path, body === '' ? {} : JSON.parse(body))).then((reply) =>
      json(response, reply?.status ?? 404, reply?.body ?? {}),
    )
  })
  const port = isThere ? server.port : await freePort()
  const definition = makeService({ key: KEY, name: 'One', preset: 'ollama', port })
  const { ollama: base, whisper } = presets
  if (base === undefined || whisper === undefined) throw new Error('the presets are gone')
  const preset = { ...base, openAiPath, keyVariable: 'OLLAMA_API_KEY', models: ollamaModels }
  const handlers = createModelHandlers({
    definitionOf: (wanted) =>
      wanted === KEY
        ? definition
        : wanted === 'test:whisper'
          ? makeService({ preset: 'whisper', port })
          : wanted === 'test:portless'
            ? makeService({ preset: 'ollama', name: 'Portless' })
            : undefined,
    presetOf: (id) => (id === 'ollama' ? preset : { ...whisper, openAiPath: null, models: null, keyVariable: null }),
    keyOf: async () => key,
    loads: new ModelLoads({ pollMs: 5, settleMs: 50 }),
  })
  const told: TryProgress[] = []
  const page = { tries: new TrySeat((progress) => told.push(progress)) } as Page
  const answerOf = async (model: string | null) => {
    const reply = await handlers['try.start']({ key: KEY, model, prompt: 'Who are you?', maxTokens: 5 }, page)
    if (!reply.ok) return reply
    const { tryId } = reply.value
    await waitFor(() => told.some((progress) => progress.tryId === tryId && progress.end !== null), { what: 'the end' })
    const of = told.filter((progress) => progress.tryId === tryId)
    return of.map(({ text }) => text).join('')
  }
  return { state, server, handlers, page, told, answerOf, port }
}

const problem = (code: string) => ({
  ok: false,
  error: { code, message: expect.any(String), hint: expect.any(String) },
})

describe('models', () => {
  it('are listed with all that a view has', async () => {
    const { handlers, page, state } = await world()
    state.set('beta', 'loaded')
    const nothing = { memoryBytes: null, vramBytes: null, contextLength: null, expiresAt: null, cpuFallback: null }
    expect(await handlers['models.list']({ key: KEY }, page)).toEqual({
      ok: true,
      value: {
        models: [
          {
            id: 'alpha',
            state: 'unloaded',
            sizeBytes: 4e9,
            details: ['7.2B', 'Q4_0', 'llama'],
            problem: null,
            ...nothing,
          },
          expect.objectContaining({ id: 'beta', state: 'loaded', cpuFallback: '40 % on the CPU' }),
        ],
        canLoad: true,
        canUnload: true,
        note: null,
      },
    })
  })

  it('are loaded and unloaded', async () => {
    const { handlers, page, state } = await world()
    expect(await handlers['models.load']({ key: KEY, model: 'alpha' }, page)).toEqual({ ok: true, value: null })
    expect(state.loaded).toEqual(['alpha'])
    expect(await handlers['models.unload']({ key: KEY, model: 'alpha' }, page)).toEqual({ ok: true, value: null })
    expect(state.loaded).toEqual([])
    state.broken.add('beta')
    expect(await handlers['models.load']({ key: KEY, model: 'beta' }, page)).toEqual(problem('refused'))
    expect(await handlers['models.load']({ key: KEY, model: 'gamma' }, page)).toEqual(problem('no-such-model'))
  })

  it('are not told by every service', async () => {
    const { handlers, page } = await world()
    expect(await handlers['models.list']({ key: 'test:gone' }, page)).toEqual(problem('unknown-service'))
    expect(await handlers['models.list']({ key: 'test:portless' }, page)).toEqual(problem('no-port'))
    expect(await handlers['models.list']({ key: 'test:whisper' }, page)).toEqual(problem('not-supported'))
    const stopped = await world({ isThere: false })
    for (const channel of ['models.load', 'models.unload'] as const) {
      expect(await stopped.handlers[channel]({ key: KEY, model: 'alpha' }, stopped.page)).toEqual(
        problem('not-running'),
      )
    }
  })
})

describe('a try', () => {
  it('asks the model that is named, else the first that is loaded, else the first', async () => {
    const { state, answerOf } = await world()
    expect(await answerOf('beta')).toBe('I am beta.')
    expect(await answerOf(null)).toBe('I am alpha.')
    state.set('beta', 'loaded')
    expect(await answerOf(null)).toBe('I am beta.')
  })

  it('needs a service that runs and answers prompts', async () => {
    expect(await (await world({ isThere: false })).answerOf(null)).toEqual(problem('not-running'))
    const { answerOf, server } = await world({ openAiPath: null })
    expect(await answerOf(null)).toEqual(problem('not-supported'))
    expect(server.requests).toEqual([])
  })

  it('sends the key to the server and nowhere else', async () => {
    const { answerOf, server, told } = await world({ key: 'very-secret' })
    await answerOf('beta')
    expect(server.requests.at(-1)?.authorization).toBe('Bearer very-secret')
    expect(JSON.stringify(told)).not.toContain('very-secret')
    expect(JSON.stringify(server.requests.map(({ path, body }) => [path, body]))).not.toContain('very-secret')
  })

  it('is overtaken by the next one, and by a window that goes', async () => {
    const { handlers, page } = await world()
    const ask = () => handlers['try.start']({ key: KEY, model: 'beta', prompt: 'x', maxTokens: 5 }, page)
    const [first, second] = await Promise.all([ask(), ask()])
    expect(first).toEqual(problem('stopped'))
    expect(second).toMatchObject({ ok: true })
    const third = ask()
    page.tries.reset()
    const reply = await third
    expect(reply.ok || reply.error.code === 'stopped').toBe(true)
    expect(await handlers['try.stop']({ tryId: 99 }, page)).toEqual({ ok: true, value: null })
  })
})

describe('snippets', () => {
  it('name the variable of the key, and only if there is one', async () => {
    const input = { key: KEY, model: 'alpha' }
    const secret = await world({ key: 'very-secret' })
    const reply = await secret.handlers['try.snippets'](input, secret.page)
    expect(reply).toMatchObject({
      ok: true,
      value: { baseUrl: `http://127.0.0.1:${secret.port}/v1`, python: expect.stringContaining('"OLLAMA_API_KEY"') },
    })
    expect(JSON.stringify(reply)).not.toContain('very-secret')
    const open = await world()
    expect(JSON.stringify(await open.handlers['try.snippets'](input, open.page))).not.toContain('OLLAMA_API_KEY')
  })

  it('are for servers with the API', async () => {
    const { handlers, page } = await world()
    expect(await handlers['try.snippets']({ key: 'test:whisper', model: null }, page)).toEqual(problem('not-supported'))
  })
})
