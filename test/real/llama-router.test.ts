import { mkdirSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cleanUpProcesses, endLater, isAlive, waitUntilGone } from '../support/processes.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { writeTinyGguf } from '../support/tiny-gguf.ts'
import { modelsOf, refusalOf, tryPrompt } from './app-view.ts'
import { llama } from './real-llama.ts'
import { childrenOf, KEY, startServer } from './real-server.ts'

cleanUpProcesses()

function modelsFolder(): string {
  const folder = join(temporaryDirectory(), 'models')
  mkdirSync(folder)
  for (const [index, name] of ['alpha', 'beta', 'broken'].entries()) {
    writeTinyGguf(join(folder, `${name}.gguf`), { name, seed: index })
  }
  truncateSync(join(folder, 'broken.gguf'), 1000)
  return folder
}

async function startRouter() {
  const router = await startServer(llama, ['--models-dir', modelsFolder()])
  return {
    ...router,
    models: modelsOf(router.port),
    children: () => childrenOf(router.serverPid).map(endLater),
  }
}

describe('a real llama-server as a router', () => {
  it('is ok without any model, and lists what there is', async () => {
    const { models, children } = await startRouter()
    expect(await models.states()).toEqual({ alpha: 'unloaded', beta: 'unloaded', broken: 'unloaded' })
    expect(children()).toEqual([])
  })

  it('loads and unloads a model in a child of its own', async () => {
    const { port, models, children, linesOf } = await startRouter()
    await models.load('alpha')
    expect(await models.states()).toMatchObject({ alpha: 'loaded', beta: 'unloaded' })
    const [child = 0, ...others] = children()
    expect(others).toEqual([])
    expect((await tryPrompt(port, { model: 'alpha' })).text).not.toBe('')
    // The lines of a child come with its port, on stdout.
    expect(linesOf('stdout')).toMatch(/^\[\d+\] .*model loaded$/m)
    await models.unload('alpha')
    expect(await models.states()).toMatchObject({ alpha: 'unloaded' })
    await waitUntilGone(child)
  })

  it('loads what a prompt asks for', async () => {
    const { port, models } = await startRouter()
    expect((await tryPrompt(port, { model: 'beta' })).text).not.toBe('')
    expect(await models.states()).toMatchObject({ beta: 'loaded' })
  })

  it('tells that a model failed to load, and how its process ended', async () => {
    const { models, snapshot } = await startRouter()
    const failure = await refusalOf(models.load('broken'))
    expect(failure.code).toBe('load-failed')
    expect(failure.message).toContain('ended with code 1')
    expect(await models.states()).toMatchObject({ broken: 'failed' })
    expect(snapshot(KEY)).toMatchObject({ status: 'running', health: 'ok' })
  })

  it('is stopped with the children that serve its models', async () => {
    const { models, stop, children, snapshot, serverPid } = await startRouter()
    for (const model of ['alpha', 'beta']) await models.load(model)
    const pids = children()
    expect(pids).toHaveLength(2)
    expect(await stop()).toMatchObject({ success: true })
    expect([serverPid, ...pids].filter(isAlive)).toEqual([])
    expect(snapshot(KEY).lastExit).toMatchObject({ code: 0 })
  })

  it('leaves no children behind when it crashes', async () => {
    const { models, children, waitForStatus, serverPid } = await startRouter()
    await models.load('alpha')
    const pids = children()
    expect(pids).toHaveLength(1)
    process.kill(serverPid, 'SIGKILL')
    await waitForStatus(KEY, 'failed')
    for (const pid of pids) await waitUntilGone(pid)
  })
})
