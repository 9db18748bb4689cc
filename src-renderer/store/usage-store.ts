import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import type { UsageView } from '../../src-preload/contract/service-view.ts'

type UsageByKey = Readonly<Record<string, UsageView>>

/** The latest sample of every running service. Apart from the services, so that a sample draws two cells and no row. */
export const usageStore = createStore<{ readonly byKey: UsageByKey }>(() => ({ byKey: {} }))

export function useUsage(key: string): UsageView | null {
  return useStore(usageStore, ({ byKey }) => (Object.hasOwn(byKey, key) ? (byKey[key] ?? null) : null))
}
