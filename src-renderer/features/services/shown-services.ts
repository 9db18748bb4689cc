import { useMemo } from 'react'
import type { ServiceView } from '../../../src-preload/contract/service-view.ts'
import { useServices } from '../../store/services-store.ts'
import { useUi } from '../../store/ui-store.ts'
import { matchesFilter } from './service-text.ts'

/** Up to here the list is seen at a glance and needs no filter. */
export const FILTER_FROM = 9

/** The services in their order, without those the filter hides. */
export function useShownServices(): readonly ServiceView[] {
  const order = useServices((state) => state.order)
  const byKey = useServices((state) => state.byKey)
  const typed = useUi((state) => state.filter)
  return useMemo(() => {
    const services = order.flatMap((key) => byKey.get(key) ?? [])
    // A filter nobody can see must not hide anything.
    const filter = services.length >= FILTER_FROM ? typed.trim() : ''
    return filter === '' ? services : services.filter((service) => matchesFilter(service, filter))
  }, [order, byKey, typed])
}

/** The service whose details are shown: the selected one, or the first while that does not exist. */
export function useSelectedKey(): string | null {
  const selected = useUi((state) => state.selectedKey)
  return useServices(({ byKey, order }) => (selected !== null && byKey.has(selected) ? selected : (order[0] ?? null)))
}
