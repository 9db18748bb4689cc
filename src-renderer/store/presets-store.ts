import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import type { PresetView } from '../../src-preload/contract/setup-view.ts'
import { call } from '../bridge.ts'

interface PresetsState {
  /** In the order of the main process; empty until they are here. They never change while the app runs. */
  readonly presets: readonly PresetView[]
}

export const presetsStore = createStore<PresetsState>(() => ({ presets: [] }))

/** Without them the window lacks what they tell, and nothing else: a failure is not worth a word. */
export async function loadPresets(): Promise<void> {
  const reply = await call('presets.list', {})
  if (reply.ok) presetsStore.setState({ presets: reply.value })
}

/** Null for a kind of server that is not known, and until the presets are here. */
export function usePreset(id: string): PresetView | null {
  return useStore(presetsStore, ({ presets }) => presets.find((preset) => preset.id === id) ?? null)
}
