import { z } from 'zod'
import { anId, detailsOf, readAnswer, readItems, someText, told } from './answers.ts'
import type { AskServer, ModelsApi, ServerModel } from './models-api.ts'
import { listOpenAi } from './openai-list.ts'
import { failureOf } from './server-answer-error.ts'

// LocalAI: core/http/routes. /system, /backend/load (blocks until it is loaded) and /backend/shutdown are for its
// administrator: with several users, an ordinary key may not use them.

const systemSchema = z.object({ loaded_models: z.array(z.unknown()).nullable() })
const loadedSchema = z.object({ id: anId, backend: someText })

export const localaiModels: ModelsApi = {
  list: async (ask) => {
    const listed = await listOpenAi(ask, 'unloaded')
    const loaded = await readLoaded(ask)
    if (loaded === undefined) return listed.map((model) => ({ ...model, state: 'unknown' }))
    const names = new Set(listed.map(({ id }) => id))
    const others = [...loaded.keys()].filter((id) => !names.has(id)).map((id): ServerModel => ({ id, state: 'loaded' }))
    return [...listed, ...others].map((model) => ({
      ...model,
      state: loaded.has(model.id) ? 'loaded' : 'unloaded',
      ...told({ details: detailsOf(loaded.get(model.id)) }),
    }))
  },
  load: async (ask, model) => {
    await ask('/backend/load', { model })
  },
  unload: async (ask, model) => {
    await ask('/backend/shutdown', { model })
  },
}

/** The loaded models with their backends; undefined if this key may not know. */
async function readLoaded(ask: AskServer): Promise<ReadonlyMap<string, string | undefined> | undefined> {
  const path = '/system'
  let answer: unknown
  try {
    answer = await ask(path)
  } catch (error) {
    const code = failureOf(error)?.code
    if (code === 'key-needed' || code === 'not-supported') return undefined
    throw error
  }
  const { loaded_models: models } = readAnswer(systemSchema, answer, path, 'a list "loaded_models"')
  return new Map(readItems(loadedSchema, models ?? []).map(({ id, backend }) => [id, backend]))
}
