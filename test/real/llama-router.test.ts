import { mkdirSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cleanUpProcesses, endLater, isAlive, waitUntilGone } from '../support/processes.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { writeTinyGguf } from '../support/tiny-gguf.ts'
import { waitFor } from '../support/wait-for.ts'
import { askChat, askRouterModels, loadModel, unloadModel } from './llama-http.ts'
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

async function startRouter(entry: object = {}) {
  const router = await startServer(llama, ['--models-dir', modelsFolder()], entry)
  const modelOf = async (id: string) => (await askRouterModels(router.port)).find((model) => model.id === id)
  return {
    ...router,
    modelOf,
    children: () => childrenOf(router.serverPid).map(endLater),
    waitForModel: (id: string, value: string) =>
      waitFor(async () => (await modelOf(id))?.status.value === value, { what: `${id} to be ${value}` }),
  }
}

describe('a real llama-server as a router', () => {
  it('is ok without any model, and lists what there is', async () => {
    const { port, children } = await startRouter()
    const models = await askRouterModels(port)
    expect(models.map(({ id, status }) => `${id} ${status.value}`).sort()).toEqual([
      'alpha unloaded',
      'beta unloaded',
      'broken unloaded',
    ])
    expect(children()).toEqual([])
  })

  it('loads and unloads a model in a child of its own', async () => {
    const { port, children, waitForModel, linesOf } = await startRouter()
    await loadModel(port, 'alpha')
    await waitForModel('alpha', 'loaded')
    const [child = 0, ...others] = children()
    expect(others).toEqual([])
    expect(await askChat(port, 'alpha')).not.toBe('')
    // The lines of a child come with its port, on stdout.
    expect(linesOf('stdout')).toMatch(/^\[\d+\] .*model loaded$/m)
    await unloadModel(port, 'alpha')
    await waitForModel('alpha', 'unloaded')
    await waitUntilGone(child)
  })

  it('loads what a prompt asks for', async () => {
    const { port, modelOf } = await startRouter()
    expect(await askChat(port, 'beta')).not.toBe('')
    expect((await modelOf('beta'))?.status.value).toBe('loaded')
  })

  it('tells that a model failed to load', async () => {
    const { port, modelOf, snapshot } = await startRouter()
    await loadModel(port, 'broken')
    const { status } = await waitFor(
      async () => {
        const model = await modelOf('broken')
        return model?.status.failed === true ? model : null
      },
      { what: 'its failure' },
    )
    expect(status.exit_code).toBe(1)
    expect(snapshot(KEY)).toMatchObject({ status: 'running', health: 'ok' })
  })

  it('is stopped with the children that serve its models', async () => {
    const { port, stop, children, waitForModel, snapshot, serverPid } = await startRouter()
    for (const model of ['alpha', 'beta']) {
      await loadModel(port, model)
      await waitForModel(model, 'loaded')
    }
    const pids = children()
    expect(pids).toHaveLength(2)
    expect(await stop()).toMatchObject({ success: true })
    expect([serverPid, ...pids].filter(isAlive)).toEqual([])
    expect(snapshot(KEY).lastExit).toMatchObject({ code: 0 })
  })

  it('leaves no children behind when it crashes', async () => {
    const { port, children, waitForModel, waitForStatus, serverPid } = await startRouter()
    await loadModel(port, 'alpha')
    await waitForModel('alpha', 'loaded')
    const pids = children()
    expect(pids).toHaveLength(1)
    process.kill(serverPid, 'SIGKILL')
    await waitForStatus(KEY, 'failed')
    for (const pid of pids) await waitUntilGone(pid)
  })
})
