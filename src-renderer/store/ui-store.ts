import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'

const SELECTION_KEY = 'agentos.selectedService'

/** What of a service the detail pane shows. */
export type DetailTab = 'output' | 'models' | 'try'

interface UiState {
  /** The service whose details are shown. It may be gone meanwhile; then the first one is shown instead. */
  readonly selectedKey: string | null
  readonly filter: string
  readonly isSettingsOpen: boolean
  /** The tab chosen for a service, by its key; kept while the window lives. */
  readonly tabs: ReadonlyMap<string, DetailTab>
}

export const uiStore = createStore<UiState>(() => ({
  selectedKey: readSelection(),
  filter: '',
  isSettingsOpen: false,
  tabs: new Map(),
}))

export function useUi<T>(selector: (state: UiState) => T): T {
  return useStore(uiStore, selector)
}

export function selectService(key: string): void {
  uiStore.setState({ selectedKey: key })
  try {
    localStorage.setItem(SELECTION_KEY, key)
  } catch {
    // Storage may be refused or full; then the selection just is not remembered.
  }
}

export function selectTab(key: string, tab: DetailTab): void {
  uiStore.setState(({ tabs }) => ({ tabs: new Map(tabs).set(key, tab) }))
}

export function setFilter(filter: string): void {
  uiStore.setState({ filter })
}

export function setSettingsOpen(isSettingsOpen: boolean): void {
  uiStore.setState({ isSettingsOpen })
}

function readSelection(): string | null {
  try {
    return localStorage.getItem(SELECTION_KEY)
  } catch {
    return null
  }
}
