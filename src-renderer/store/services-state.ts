import type { Problem } from '../../src-preload/contract/result.ts'
import type {
  ConfigProblemView,
  ServicesPatch,
  ServicesSnapshot,
  ServiceView,
} from '../../src-preload/contract/service-view.ts'

/** What the window knows of all services. Views that a patch does not name keep their identity, so their rows rest. */
export interface ServicesState {
  /** `loading` until the first snapshot; after that the last good state stays on screen whatever happens. */
  readonly phase: 'loading' | 'ready'
  readonly seq: number
  readonly order: readonly string[]
  readonly byKey: ReadonlyMap<string, ServiceView>
  readonly configProblems: readonly ConfigProblemView[]
  /** Why the list could not be loaded; null if it was. */
  readonly problem: Problem | null
}

export const initialServices: ServicesState = {
  phase: 'loading',
  seq: 0,
  order: [],
  byKey: new Map(),
  configProblems: [],
  problem: null,
}

export function fromSnapshot({ seq, services, configProblems }: ServicesSnapshot): ServicesState {
  return {
    phase: 'ready',
    seq,
    order: services.map(({ key }) => key),
    byKey: new Map(services.map((service) => [service.key, service])),
    configProblems,
    problem: null,
  }
}

/** The patch must be the one that follows `state.seq`. */
export function applyPatch(state: ServicesState, patch: ServicesPatch): ServicesState {
  let { byKey, order } = state
  if (patch.upserted.length > 0) {
    byKey = new Map([...byKey, ...patch.upserted.map((service) => [service.key, service] as const)])
  }
  if (patch.order !== null) {
    order = patch.order
    const listed = new Set(order)
    byKey = new Map([...byKey].filter(([key]) => listed.has(key)))
  }
  const configProblems = patch.configProblems ?? state.configProblems
  return { ...state, seq: patch.seq, byKey, order, configProblems }
}
