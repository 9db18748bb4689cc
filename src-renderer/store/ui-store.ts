import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import type { LogStreamName } from '../../src-preload/contract/log-view.ts'

const SELECTION_KEY = 'agentos.selectedService'

interface UiState {
  /** The service whose details are shown. It may be gone meanwhile; then the first one is shown instead. */
  readonly selectedKey: string | null
  /** The output stream looked at last, by service; `stdout` if none was. */
  readonly streamByKey: ReadonlyMap<string, LogStreamName>
  readonly filter: string
  readonly isSettingsOpen: boolean
}

export const uiStore = createStore<UiState>(() => ({
  selectedKey: readSelection(),
  streamByKey: new Map(),
  filter: '',
  isSettingsOpen: false,
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

export function selectStream(key: string, stream: LogStreamName): void {
  uiStore.setState(({ streamByKey }) => ({ streamByKey: new Map(streamByKey).set(key, stream) }))
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
