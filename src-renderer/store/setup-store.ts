import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import { perform } from './actions.ts'
import { servicesStore } from './services-store.ts'
import { showProblem } from './toasts-store.ts'

/** Which dialog about the services' settings is open. The dialogs themselves are loaded when they are needed. */
export type SetupDialog =
  | { readonly kind: 'add' }
  | { readonly kind: 'edit'; readonly key: string }
  | { readonly kind: 'delete'; readonly key: string }

interface SetupState {
  readonly dialog: SetupDialog | null
}

export const setupStore = createStore<SetupState>(() => ({ dialog: null }))

export function useSetup<T>(selector: (state: SetupState) => T): T {
  return useStore(setupStore, selector)
}

export function openAdd(): void {
  if (isConfigGood()) setupStore.setState({ dialog: { kind: 'add' } })
}

export function openEdit(key: string): void {
  if (isConfigGood() && isInConfig(key)) setupStore.setState({ dialog: { kind: 'edit', key } })
}

export function askToDelete(key: string): void {
  setupStore.setState({ dialog: { kind: 'delete', key } })
}

export function closeSetup(): void {
  setupStore.setState({ dialog: null })
}

/** A service that is gone from services.json but still runs has nothing to be changed. */
function isInConfig(key: string): boolean {
  const service = servicesStore.getState().byKey.get(key)
  return service !== undefined && !service.removed
}

/** While services.json has a mistake nothing can be written into it; says so, and offers what helps. */
export function isConfigGood(): boolean {
  if (servicesStore.getState().configProblems.length === 0) return true
  const message = 'services.json has a mistake, so it cannot be changed from here.'
  const hint = 'Correct it first; what is wrong stands above the list.'
  showProblem({ code: 'config-broken', message, hint }, openConfigAction)
  return false
}

export const openConfigAction = { name: 'Open services.json', run: () => void perform('app.openConfig', {}) } as const
