import { z } from 'zod'
import { anId, detailsOf, readAnswer, readItems, someText, told } from './answers.ts'
import type { ModelsApi, ServerModel } from './models-api.ts'

// text-generation-webui: modules/api. One model at a time: a load unloads the one before. Its answer to a load comes when
// it is done.

const INTERNAL = '/v1/internal/model'

const listSchema = z.object({ model_names: z.array(z.unknown()) })
const infoSchema = z.object({ model_name: z.string().nullish(), loader: someText })

export const textgenModels: ModelsApi = {
  list: async (ask) => {
    const [names, info] = await Promise.all([
      ask(`${INTERNAL}/list`).then((answer) =>
        readAnswer(listSchema, answer, `${INTERNAL}/list`, 'a list "model_names"'),
      ),
      ask(`${INTERNAL}/info`).then((answer) =>
        readAnswer(infoSchema, answer, `${INTERNAL}/info`, 'the name of a model in "model_name"'),
      ),
    ])
    const loaded = info.model_name === 'None' || info.model_name === '' ? undefined : (info.model_name ?? undefined)
    const listed = readItems(anId, names.model_names).filter((id) => id !== 'None')
    const all = loaded === undefined || listed.includes(loaded) ? listed : [loaded, ...listed]
    return all.map((id): ServerModel => {
      if (id !== loaded) return { id, state: 'unloaded' }
      return { id, state: 'loaded', ...told({ details: detailsOf(info.loader) }) }
    })
  },
  load: async (ask, model) => {
    await ask(`${INTERNAL}/load`, { model_name: model })
  },
  // It has one at most, and the caller has looked that it is this one.
  unload: async (ask) => {
    await ask(`${INTERNAL}/unload`, {})
  },
  note: 'One model at a time: loading another one unloads it.',
}
