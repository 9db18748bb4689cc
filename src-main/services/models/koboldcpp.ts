import { z } from 'zod'
import { anId, readAnswer, someCount, told } from './answers.ts'
import type { AskServer, ModelsApi } from './models-api.ts'
import { failureOf } from './server-answer-error.ts'

// KoboldCpp: the name of the model it was started with, or "inactive". Its admin API restarts it with another
// configuration; that is no load of a model.

const nameSchema = z.object({ result: anId })
const numberSchema = z.object({ value: someCount })

export const koboldcppModels: ModelsApi = {
  list: async (ask) => {
    const path = '/api/v1/model'
    const { result } = readAnswer(nameSchema, await ask(path), path, 'the name of a model in "result"')
    if (result === 'inactive') return []
    return [{ id: result, state: 'loaded', ...told({ contextLength: await contextLength(ask) }) }]
  },
  note: 'KoboldCpp tells the one model it was started with; for another one, change its arguments and restart it.',
}

async function contextLength(ask: AskServer): Promise<number | undefined> {
  try {
    return numberSchema.safeParse(await ask('/api/extra/true_max_context_length')).data?.value
  } catch (error) {
    if (failureOf(error) === undefined) throw error
    // An older version: it is only a detail.
    return undefined
  }
}
