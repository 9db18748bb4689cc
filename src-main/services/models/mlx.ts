import type { ModelsApi } from './models-api.ts'
import { listOpenAi } from './openai-list.ts'

/** mlx_lm.server lists what is in the Hugging Face cache; a request's model is loaded in place of the one before. */
export const mlxModels: ModelsApi = {
  list: (ask) => listOpenAi(ask, 'unknown'),
  note: 'Downloaded models are listed, loaded or not: the server does not tell. A request loads the model it names.',
}
