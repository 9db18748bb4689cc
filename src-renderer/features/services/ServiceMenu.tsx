import { useMemo } from 'react'
import type { ServiceView } from '../../../src-preload/contract/service-view.ts'
import { openEdit } from '../../store/setup-store.ts'
import { Menu } from '../../ui/Menu.tsx'
import { useShortcut } from '../../ui/use-shortcut.ts'
import { entryItems } from './service-menu.ts'
import { useShownServices } from './shown-services.ts'

/** Edit, duplicate, move and delete the service that is looked at. */
export function ServiceMenu({ service }: { readonly service: ServiceView }) {
  const services = useShownServices()
  const shown = useMemo(() => services.map(({ key }) => key), [services])
  useShortcut('e', () => openEdit(service.key))
  const items = entryItems(service, shown)
  return items.length === 0 ? null : <Menu label="Service actions" icon="more" items={items} />
}
