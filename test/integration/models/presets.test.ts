import { describe, expect, it } from 'vitest'
import { ModelLoads, type ModelServer } from '../../../src-main/services/models/model-loads.ts'
import { presets } from '../../../src-main/services/presets/presets.ts'
import { cleanUpProcesses } from '../../support/processes.ts'
import { KEY, startPreset } from '../presets/preset-world.ts'

cleanUpProcesses()

/** Started by the manager as a person would start it, with a server in its place that has the models `one` and `two`. */
async function started(id: string) {
  const test = await startPreset(id)
  const api = presets[id]?.models
  if (api == null) throw new Error(`the preset ${id} does not tell its models`)
  const server: ModelServer = {
    key: KEY,
    api,
    target: { host: test.definition.host, port: test.port, key: null, keyVariable: null },
  }
  const loads = new ModelLoads({ pollMs: 20 })
  const states = async () => Object.fromEntries((await loads.list(server)).map((model) => [model.id, model.state]))
  return { server, loads, states }
}

describe.runIf(process.platform !== 'win32')('the models of a service', () => {
  it.each(['ollama', 'localai', 'textgen'])('%s are loaded and unloaded', async (id) => {
    const { loads, server, states } = await started(id)
    expect(await states()).toEqual({ one: 'unloaded', two: 'unloaded' })
    await loads.load(server, 'two')
    expect(await states()).toEqual({ one: 'unloaded', two: 'loaded' })
    await loads.unload(server, 'two')
    expect(await states()).toEqual({ one: 'unloaded', two: 'unloaded' })
  })

  it.each([
    ['llamacpp', { one: 'loaded' }],
    ['llamafile', { one: 'loaded' }],
    ['vllm', { one: 'loaded', two: 'loaded' }],
    ['sglang', { one: 'loaded', two: 'loaded' }],
    ['mlx', { one: 'unknown', two: 'unknown' }],
    ['comfyui', { one: 'unknown', two: 'unknown' }],
    ['koboldcpp', {}],
  ])('%s are listed', async (id, expected) => {
    const { states } = await started(id)
    expect(await states()).toEqual(expected)
  })
})
