import { onTestFinished } from 'vitest'
import { ModelLoads, type ModelLoadsOptions, type ModelServer } from '../../../src-main/services/models/model-loads.ts'
import type { ModelsApi } from '../../../src-main/services/models/models-api.ts'
import { type ModelsKind, serveModels } from '../../fixtures/model-servers/models/models-http.ts'
import { ModelsState } from '../../fixtures/model-servers/models/models-state.ts'

export const KEY = 'test:one'

export interface WorldOptions {
  readonly ids?: readonly string[]
  /** Begins loaded. */
  readonly loaded?: readonly string[]
  /** The key that the server wants. */
  readonly wantsKey?: string
  /** The key that is known. */
  readonly key?: string
  readonly loads?: ModelLoadsOptions
}

/** A server of a kind in this process, and what the app has to handle its models. */
export async function modelWorld(kind: ModelsKind, api: ModelsApi, options: WorldOptions = {}) {
  const { ids = ['alpha', 'beta'], loaded = [], wantsKey = null, key = null, loads } = options
  const state = new ModelsState(...ids)
  for (const id of loaded) state.set(id, 'loaded')
  const { port, requests, close } = await serveModels(kind(state), wantsKey)
  onTestFinished(close)
  const models = new ModelLoads({ pollMs: 5, settleMs: 50, ...loads })
  const server: ModelServer = { key: KEY, api, target: { host: '127.0.0.1', port, key, keyVariable: 'TEST_API_KEY' } }
  return {
    state,
    requests,
    models,
    server,
    close,
    list: () => models.list(server),
    load: (model: string) => models.load(server, model),
    unload: (model: string) => models.unload(server, model),
    states: async () => Object.fromEntries((await models.list(server)).map((model) => [model.id, model.state])),
  }
}
