import type { ModelsApi } from './models-api.ts'
import { listOpenAi } from './openai-list.ts'

/** vLLM serves one model, with its adapters, from its start to its end. */
export const vllmModels: ModelsApi = {
  list: (ask) => listOpenAi(ask, 'loaded'),
  note: 'vLLM serves the model it was started with; for another one, change its arguments and restart it.',
}
