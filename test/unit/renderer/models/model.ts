import type { ModelView } from '../../../../src-preload/contract/models-view.ts'

/** A model of which the server tells nothing but its id, but for what a test says otherwise. */
export function makeModel(id: string, overrides: Partial<ModelView> = {}): ModelView {
  return {
    id,
    state: 'unloaded',
    sizeBytes: null,
    memoryBytes: null,
    vramBytes: null,
    contextLength: null,
    details: [],
    expiresAt: null,
    cpuFallback: null,
    problem: null,
    ...overrides,
  }
}
