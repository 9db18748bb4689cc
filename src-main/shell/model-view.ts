import type { ModelsView, ModelView } from '../../src-preload/contract/models-view.ts'
import type { ModelsApi, ServerModel } from '../services/models/models-api.ts'

/** More than anybody looks through; the rest is left out, and the view says so. */
const MAX_MODELS = 1000

/** What the window shows of a server's models. */
export function toModelsView(api: ModelsApi, models: readonly ServerModel[]): ModelsView {
  const isFixed = models.length > 0 && models.every((model) => model.isFixed === true)
  const canLoad = api.load !== undefined && !isFixed
  const canUnload = api.unload !== undefined && !isFixed
  const notes = [
    api.note ?? null,
    isFixed ? FIXED : null,
    models.length > MAX_MODELS ? `Only the first ${MAX_MODELS} of ${models.length} are shown.` : null,
  ].filter((note) => note !== null)
  return {
    models: models.slice(0, MAX_MODELS).map(toModelView),
    canLoad,
    canUnload,
    note: notes.length === 0 ? null : notes.join(' '),
  }
}

const FIXED = 'As it runs now, this server takes no orders to load or unload a model.'

function toModelView(model: ServerModel): ModelView {
  return {
    id: model.id,
    state: model.state,
    sizeBytes: model.sizeBytes ?? null,
    memoryBytes: model.memoryBytes ?? null,
    vramBytes: model.vramBytes ?? null,
    contextLength: model.contextLength ?? null,
    details: model.details ?? [],
    expiresAt: model.expiresAt ?? null,
    cpuFallback: model.cpuFallback ?? null,
    problem: model.problem ?? null,
  }
}
