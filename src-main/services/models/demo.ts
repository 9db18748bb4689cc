import type { ModelsApi } from './models-api.ts'
import { listOpenAi } from './openai-list.ts'

/** The demo server has one model, which it makes at its start. */
export const demoModels: ModelsApi = { list: (ask) => listOpenAi(ask, 'loaded') }
