import { z } from 'zod'
import { anId, detailsOf, readAnswer, readItems, someCount, someText, told } from './answers.ts'
import type { AskServer, ServerModel } from './models-api.ts'

const listSchema = z.object({ data: z.array(z.unknown()).nullable() })

const itemSchema = z.object({ id: anId, max_model_len: someCount, parent: someText })

/** What `/v1/models` of an OpenAI-compatible server lists. It does not say what is loaded: the kind of server does. */
export async function listOpenAi(ask: AskServer, state: ServerModel['state']): Promise<readonly ServerModel[]> {
  const path = '/v1/models'
  const { data } = readAnswer(listSchema, await ask(path), path, 'a list "data"')
  return readItems(itemSchema, data ?? []).map(({ id, max_model_len, parent }) => ({
    id,
    state,
    // vLLM lists adapters as models of their own.
    ...told({
      contextLength: max_model_len,
      details: detailsOf(parent === undefined ? undefined : `adapter of ${parent}`),
    }),
  }))
}
