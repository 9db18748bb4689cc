import type { ModelView } from '../../../src-preload/contract/models-view.ts'
import { formatBytes, formatCount } from '../../ui/format.ts'

/** Up to here a list is seen at a glance and needs no filter. */
export const FILTER_FROM = 20
/** More rows than anybody reads; the filter finds the others. */
export const MAX_SHOWN = 200

const STATE_WORDS: Readonly<Record<ModelView['state'], string>> = {
  unloaded: 'not loaded',
  loading: 'loading',
  loaded: 'loaded',
  sleeping: 'asleep',
  failed: 'failed',
  unknown: 'available',
}

export function stateWord(state: ModelView['state']): string {
  return STATE_WORDS[state]
}

export interface ModelFact {
  readonly text: string
  /** What it means, shown on hover. */
  readonly title: string
}

/** What is known of a model but its state, as short texts. What the server does not tell takes no room. */
export function modelFacts(model: ModelView): readonly ModelFact[] {
  const { sizeBytes, contextLength, details } = model
  return [
    ...(sizeBytes === null ? [] : [{ text: formatBytes(sizeBytes), title: 'Size on disk' }]),
    ...[...new Set(details)].map((text) => ({ text, title: 'As the server tells' })),
    ...(contextLength === null
      ? []
      : [{ text: `context ${formatCount(contextLength)}`, title: 'Tokens of prompt and answer together' }]),
    ...memoryFacts(model),
  ]
}

function memoryFacts({ memoryBytes, vramBytes }: ModelView): readonly ModelFact[] {
  const title = 'Memory it takes now'
  if (memoryBytes === null) return vramBytes === null ? [] : [{ text: `${formatBytes(vramBytes)} on the GPU`, title }]
  return [{ text: `${formatBytes(memoryBytes)} in memory${shareText(memoryBytes, vramBytes)}`, title }]
}

function shareText(memoryBytes: number, vramBytes: number | null): string {
  if (vramBytes === null || memoryBytes === 0) return ''
  if (vramBytes === 0) return ', on the CPU'
  return vramBytes >= memoryBytes ? ', on the GPU' : `, ${formatBytes(vramBytes)} of it on the GPU`
}

/** E.g. `2 of 34 loaded, 6.1 GB in memory`; `12 models` if no state is told. */
export function summaryOf(models: readonly ModelView[]): string {
  const count = `${formatCount(models.length)} ${models.length === 1 ? 'model' : 'models'}`
  if (models.every(({ state }) => state === 'unknown')) return count
  const loaded = models.filter(({ state }) => state === 'loaded')
  const bytes = loaded.reduce((sum, { memoryBytes }) => sum + (memoryBytes ?? 0), 0)
  const memory = bytes > 0 ? `, ${formatBytes(bytes)} in memory` : ''
  return loaded.length === models.length ? `${count} loaded${memory}` : `${loaded.length} of ${count} loaded${memory}`
}

/** Every word that was typed must occur in the id, the details or the state. */
export function matchingModels(models: readonly ModelView[], typed: string): readonly ModelView[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return models
  return models.filter(({ id, details, state }) => {
    const text = `${id} ${details.join(' ')} ${stateWord(state)}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
}

/** Whether its row offers to load it: not while the server knows it as loaded or on its way. */
export function mayLoad({ state }: ModelView): boolean {
  return state === 'unloaded' || state === 'sleeping' || state === 'failed' || state === 'unknown'
}

/** Whether there may be something in memory to give back. */
export function mayUnload({ state }: ModelView): boolean {
  return state === 'loaded' || state === 'sleeping' || state === 'unknown'
}
