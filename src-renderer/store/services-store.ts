import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import type { ServiceView } from '../../src-preload/contract/service-view.ts'
import { initialServices, type ServicesState } from './services-state.ts'

export const servicesStore = createStore<ServicesState>(() => initialServices)

export function useServices<T>(selector: (state: ServicesState) => T): T {
  return useStore(servicesStore, selector)
}

export function useService(key: string | null): ServiceView | null {
  return useServices(({ byKey }) => (key === null ? null : (byKey.get(key) ?? null)))
}
