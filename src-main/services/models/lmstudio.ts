import { z } from 'zod'
import { anId, detailsOf, readAnswer, readItems, someCount, someList, someObject, someText, told } from './answers.ts'
import type { AskServer, ModelsApi, ServerModel } from './models-api.ts'
import { failureOf, ServerAnswerError } from './server-answer-error.ts'
import { wordsOf } from './server-words.ts'

// LM Studio: /api/v1 from 0.4 on (its documentation, REST API); /api/v0 before has states, but neither load nor unload.

const PATH = '/api/v1/models'

const listSchema = z.object({ models: z.array(z.unknown()) })

const modelSchema = z.object({
  key: anId,
  type: someText,
  size_bytes: someCount,
  params_string: someText,
  format: someText,
  max_context_length: someCount,
  quantization: someObject({ name: someText }),
  loaded_instances: someList,
})

const instanceSchema = z.object({ id: anId, config: someObject({ context_length: someCount }) })

const oldListSchema = z.object({ data: z.array(z.unknown()) })

const oldModelSchema = z.object({
  id: anId,
  type: someText,
  state: someText,
  quantization: someText,
  compatibility_type: someText,
  max_context_length: someCount,
  loaded_context_length: someCount,
})

type Listed = z.output<typeof modelSchema>

export const lmstudioModels: ModelsApi = {
  list: async (ask) => {
    try {
      return (await readModels(ask)).map(toModel)
    } catch (error) {
      if (failureOf(error)?.code !== 'not-supported') throw error
      return listOld(ask)
    }
  },
  load: async (ask, model) => {
    check(await ask(`${PATH}/load`, { model }), `${PATH}/load`)
  },
  unload: async (ask, model) => {
    const models = await readModels(ask)
    const instances = models
      .map(({ key, loaded_instances }) => ({ key, ids: readItems(instanceSchema, loaded_instances ?? []) }))
      .flatMap(({ key, ids }) => ids.filter(({ id }) => key === model || id === model))
    for (const { id } of instances) {
      check(await ask(`${PATH}/unload`, { instance_id: id }), `${PATH}/unload`)
    }
  },
}

/** Some versions tell an error with HTTP 200. */
function check(answer: unknown, path: string): void {
  if (typeof answer !== 'object' || answer === null || !Object.hasOwn(answer, 'error')) return
  const words = wordsOf(answer)
  const failure = {
    code: 'refused',
    message: `The server refused ${path}. It says: ${words}`,
    hint: 'Its log may say more.',
  }
  throw new ServerAnswerError(failure, words)
}

async function readModels(ask: AskServer): Promise<Listed[]> {
  return readItems(modelSchema, readAnswer(listSchema, await ask(PATH), PATH, 'a list "models"').models)
}

function toModel(model: Listed): ServerModel {
  const instances = readItems(instanceSchema, model.loaded_instances ?? [])
  return {
    id: model.key,
    state: instances.length > 0 ? 'loaded' : 'unloaded',
    ...told({
      sizeBytes: model.size_bytes,
      contextLength: instances[0]?.config?.context_length ?? model.max_context_length,
      details: detailsOf(
        model.params_string,
        model.quantization?.name,
        model.format,
        model.type === 'llm' ? undefined : model.type,
        instances.length > 1 ? `loaded ${instances.length} times` : undefined,
      ),
    }),
  }
}

async function listOld(ask: AskServer): Promise<readonly ServerModel[]> {
  const path = '/api/v0/models'
  const { data } = readAnswer(oldListSchema, await ask(path), path, 'a list "data"')
  return readItems(oldModelSchema, data).map((model) => ({
    id: model.id,
    state: model.state === 'loaded' ? 'loaded' : model.state === 'not-loaded' ? 'unloaded' : 'unknown',
    // This version is told by a request or in its own window.
    isFixed: true,
    ...told({
      contextLength: model.loaded_context_length ?? model.max_context_length,
      details: detailsOf(model.quantization, model.compatibility_type, model.type === 'llm' ? undefined : model.type),
    }),
  }))
}
