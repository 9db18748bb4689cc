import { createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { nextFreePort } from '../../../src-main/os/ports.ts'
import { suggestEntry } from '../../../src-main/services/edit/suggest-entry.ts'
import type { Preset } from '../../../src-main/services/presets/preset.ts'
import { presets } from '../../../src-main/services/presets/presets.ts'
import { definitionOnFreePort } from '../../../src-main/shell/free-port.ts'
import { editWorld, succeeded } from '../../support/edit-world.ts'
import { freePort } from '../../support/ports.ts'
import { cleanUpProcesses, closeLater } from '../../support/processes.ts'

cleanUpProcesses()

/** Takes a port until the test ends. */
async function occupy(port: number): Promise<void> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  closeLater(() => new Promise((resolve) => server.close(resolve)))
}

const demoOn = (port: number, name = 'one') => ({ key: `demo:${name}`, name: 'Demo', preset: 'demo', args: { port } })
const fileOf = (...services: object[]) => JSON.stringify({ version: 1, services }, null, 2)

describe('the next free port', () => {
  it('is neither taken nor one of those that are not to be', async () => {
    const port = await freePort()
    await occupy(port + 1)
    const next = await nextFreePort('127.0.0.1', port, new Set([port + 2]))
    expect(next).toBeGreaterThan(port + 2)
    expect(await nextFreePort('127.0.0.1', 65_535)).toBeNull()
  })
})

describe('a suggested entry', () => {
  const suggest = async (preset: Preset | undefined, ...services: object[]) => {
    const { store } = await editWorld(fileOf(...services))
    if (preset === undefined) throw new Error('expected a preset')
    return suggestEntry(preset, store.state)
  }

  it('has a key, a name and the usual port', async () => {
    const port = await freePort()
    const preset = { ...presets.ollama, defaultPort: port } as Preset
    expect(await suggest(preset)).toEqual({ key: 'ollama:main', name: 'Ollama', preset: 'ollama', args: { port } })
  })

  it('has others if those are taken: by an entry, or by somebody who listens', async () => {
    const port = await freePort()
    await occupy(port)
    const preset = { ...presets.demo, defaultPort: port } as Preset
    const { args, ...rest } = await suggest(preset, { ...demoOn(port + 1, 'main'), name: 'Demo server' })
    expect(rest).toEqual({ key: 'demo:main-2', name: 'Demo server 2', preset: 'demo' })
    expect(args?.port).toBeGreaterThan(port + 1)
  })

  it('leaves to the person what the preset needs', async () => {
    expect(await suggest(presets.comfyui)).not.toHaveProperty('cwd')
  })

  it('of any other program has a key only', async () => {
    expect(await suggest(presets.custom)).toEqual({ key: 'custom:server' })
    expect(await suggest(presets.custom, { key: 'custom:server', binName: '/x' })).toEqual({ key: 'custom:server-2' })
  })
})

describe('a copy', () => {
  it('has the next port that is free and in no entry', async () => {
    const port = await freePort()
    await occupy(port + 1)
    const { edits } = await editWorld(fileOf(demoOn(port), demoOn(port + 2, 'two')))
    const { entry } = succeeded(await edits.duplicate('demo:one'))
    expect(entry).toMatchObject({
      key: 'demo:one-2',
      name: 'Demo 2',
      preset: 'demo',
      args: { port: expect.any(Number) },
    })
    expect((entry.args as { port: number }).port).toBeGreaterThan(port + 2)
  })

  it('gets a port of its own also where the original has that of its preset, and keeps its other arguments', async () => {
    const { edits } = await editWorld(fileOf({ key: 'demo:one', preset: 'demo', args: { extraArgs: ['--slow'] } }))
    const { entry } = succeeded(await edits.duplicate('demo:one'))
    expect(entry.args).toEqual({ extraArgs: ['--slow'], port: expect.any(Number) })
    expect((entry.args as { port: number }).port).toBeGreaterThan(11_555)
  })

  it('is not made if there is no port for it', async () => {
    const { edits, text } = await editWorld(fileOf(demoOn(65_535)))
    expect(await edits.duplicate('demo:one')).toMatchObject({ ok: false, failure: { code: 'no-free-port' } })
    expect(text()).toBe(fileOf(demoOn(65_535)))
  })
})

it('a start on a free port takes none that another service has', async () => {
  const port = await freePort()
  const { store } = await editWorld(fileOf(demoOn(port), demoOn(port + 1, 'two')))
  const moved = await definitionOnFreePort(store.state, 'demo:one')
  expect(moved.ok && moved.value.port).toBeGreaterThan(port + 1)
})
