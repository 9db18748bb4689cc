import type { PresetView } from '../../../src-preload/contract/setup-view.ts'
import type { DetailTab } from '../../store/ui-store.ts'

export interface TabChoice {
  readonly id: DetailTab
  readonly name: string
}

/** The tabs of a service: those its kind of server has something for. */
export function tabsOf(preset: PresetView | null): readonly TabChoice[] {
  return [
    { id: 'output', name: 'Output' },
    ...(preset?.models.canList === true ? [{ id: 'models', name: 'Models' } as const] : []),
    ...(preset?.canTry === true ? [{ id: 'try', name: 'Try it' } as const] : []),
  ]
}

/** The chosen tab if there is (still) such a one, or else the output. */
export function shownTab(tabs: readonly TabChoice[], chosen: DetailTab | undefined): DetailTab {
  return tabs.find(({ id }) => id === chosen)?.id ?? 'output'
}
