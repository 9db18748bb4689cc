import type { ServerModel } from '../models/models-api.ts'

/**
 * The model that a prompt goes to where none is named: the first that is loaded, else the first that is listed; models for
 * embeddings, which do not answer, only if there is no other. Undefined if there is none.
 */
export function chooseModel(models: readonly ServerModel[]): ServerModel | undefined {
  const talking = models.filter((model) => !isForEmbeddings(model))
  const candidates = talking.length > 0 ? talking : models
  return (
    candidates.find(({ state }) => state === 'loaded') ??
    candidates.find(({ state }) => state === 'sleeping') ??
    candidates[0]
  )
}

/** By what servers tell: LM Studio its type, Ollama its family; else its name. */
function isForEmbeddings({ id, details = [] }: ServerModel): boolean {
  return [id, ...details].some((word) => /embed|(?:^|-)bert$/i.test(word))
}
