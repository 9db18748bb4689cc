import type { ModelsApi } from './models-api.ts'
import { listOpenAi } from './openai-list.ts'

/** SGLang serves one model from its start to its end. */
export const sglangModels: ModelsApi = {
  list: (ask) => listOpenAi(ask, 'loaded'),
  note: 'SGLang serves the model it was started with; for another one, change its arguments and restart it.',
}
