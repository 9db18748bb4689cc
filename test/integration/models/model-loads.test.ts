import { describe, expect, it } from 'vitest'
import { llamacppModels } from '../../../src-main/services/models/llamacpp.ts'
import { ollamaModels } from '../../../src-main/services/models/ollama.ts'
import * as kinds from '../../fixtures/model-servers/models/kinds.ts'
import { ok } from '../../fixtures/model-servers/models/models-http.ts'
import { waitFor } from '../../support/wait-for.ts'
import { modelWorld } from './model-world.ts'

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no error',
    (error: { failure?: { code: string } }) => error.failure?.code ?? String(error),
  )

describe('a load', () => {
  it('that is begun twice is asked for once, and both settle', async () => {
    const world = await modelWorld(kinds.ollama, ollamaModels)
    world.state.isSlow = true
    const loads = Promise.all([world.load('alpha'), world.load('alpha')])
    await waitFor(() => world.state.of('alpha') === 'loading', { what: 'the load' })
    world.state.finish()
    await loads
    expect(world.requests.filter((request) => request === 'POST /api/generate')).toHaveLength(1)
  })

  it('that somebody else has begun is waited for', async () => {
    const world = await modelWorld(kinds.llamacppRouter, llamacppModels)
    world.state.set('alpha', 'loading')
    const load = world.load('alpha')
    await waitFor(() => world.requests.length > 2, { what: 'some looks at it' })
    world.state.finish()
    await load
    expect(world.requests).not.toContain('POST /models/load')
  })

  it('is called off by an unload of its model', async () => {
    const world = await modelWorld(kinds.llamacppRouter, llamacppModels)
    world.state.isSlow = true
    const load = codeOf(world.load('alpha'))
    await waitFor(() => world.state.of('alpha') === 'loading', { what: 'the load' })
    await world.unload('alpha')
    expect(await load).toBe('stopped')
    expect(world.state.of('alpha')).toBe('unloaded')
  })

  it('is called off with all others of the service, and may be begun again', async () => {
    const world = await modelWorld(kinds.ollama, ollamaModels)
    world.state.isSlow = true
    const loads = [codeOf(world.load('alpha')), codeOf(world.load('beta'))]
    await waitFor(() => world.state.ids.every((id) => world.state.of(id) === 'loading'), { what: 'the loads' })
    world.models.abort('other:one')
    world.models.abort(world.server.key)
    expect(await Promise.all(loads)).toEqual(['stopped', 'stopped'])
    world.state.finish()
    await world.load('alpha')
  })

  it('fails when the server ends', async () => {
    const world = await modelWorld(kinds.llamacppRouter, llamacppModels)
    world.state.isSlow = true
    const load = codeOf(world.load('alpha'))
    await waitFor(() => world.state.of('alpha') === 'loading', { what: 'the load' })
    await world.close()
    expect(await load).toMatch(/^(not-running|connection-lost)$/)
  })

  it('fails when it takes too long', async () => {
    const world = await modelWorld(kinds.llamacppRouter, llamacppModels, { loads: { loadTimeoutMs: 30 } })
    world.state.isSlow = true
    expect(await codeOf(world.load('alpha'))).toBe('timeout')
  })

  it('fails when the server has not loaded it after all', async () => {
    const world = await modelWorld(
      (state) => (method, path, body) =>
        path === '/api/generate' ? ok({ done: true }) : kinds.ollama(state)(method, path, body),
      ollamaModels,
    )
    expect(await codeOf(world.load('alpha'))).toBe('load-failed')
  })

  it('goes on while the server is too busy to list its models', async () => {
    let isBusy = false
    const world = await modelWorld(
      (state) => (method, path, body) => {
        if (isBusy && path === '/models') return { status: 503, body: { error: { message: 'Loading model' } } }
        return kinds.llamacppRouter(state)(method, path, body)
      },
      llamacppModels,
    )
    world.state.isSlow = true
    const load = world.load('alpha')
    await waitFor(() => world.state.of('alpha') === 'loading', { what: 'the load' })
    isBusy = true
    const before = world.requests.length
    await waitFor(() => world.requests.length > before + 2, { what: 'some looks at it' })
    isBusy = false
    world.state.finish()
    await load
  })
})

describe('an unload', () => {
  it('waits until the server has done it', async () => {
    let release = () => undefined as undefined
    const world = await modelWorld(
      (state) => (method, path, body) => {
        if (path !== '/models/unload') return kinds.llamacppRouter(state)(method, path, body)
        release = () => void state.set('alpha', 'unloaded')
        return ok({ success: true })
      },
      llamacppModels,
      { loaded: ['alpha'] },
    )
    const unload = world.unload('alpha')
    const after = () => world.requests.slice(world.requests.indexOf('POST /models/unload') + 1)
    await waitFor(() => world.requests.includes('POST /models/unload') && after().length > 1, { what: 'looks at it' })
    release()
    await unload
    expect(world.state.loaded).toEqual([])
  })

  it('says that the server has it still', async () => {
    const world = await modelWorld(
      (state) => (method, path, body) =>
        path === '/models/unload' ? ok({ success: true }) : kinds.llamacppRouter(state)(method, path, body),
      llamacppModels,
      { loaded: ['alpha'], loads: { unloadTimeoutMs: 200 } },
    )
    expect(await codeOf(world.unload('alpha'))).toBe('still-loaded')
  })
})
