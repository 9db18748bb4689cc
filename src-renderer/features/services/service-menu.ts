import type { ServiceView } from '../../../src-preload/contract/service-view.ts'
import { perform } from '../../store/actions.ts'
import { canMove, duplicateService, isAtWork, moveService, wishToDelete } from '../../store/config-actions.ts'
import { openEdit } from '../../store/setup-store.ts'
import type { MenuItem } from '../../ui/Menu.tsx'
import { SHORTCUT_MODIFIER } from '../../ui/use-shortcut.ts'
import { canRestart, canStart, canStop } from './service-text.ts'

/** What can be done with a service's entry in services.json; nothing if it is gone from there. */
export function entryItems(service: ServiceView, shown: readonly string[]): readonly MenuItem[] {
  const { key, removed } = service
  if (removed) return []
  return [
    { name: 'Edit …', keys: `${SHORTCUT_MODIFIER}+E`, onSelect: () => openEdit(key) },
    { name: 'Duplicate', onSelect: () => void duplicateService(key) },
    {
      name: 'Move up',
      keys: 'Alt+↑',
      startsGroup: true,
      disabled: !canMove(key, -1, shown),
      onSelect: () => moveService(key, -1, shown),
    },
    {
      name: 'Move down',
      keys: 'Alt+↓',
      disabled: !canMove(key, 1, shown),
      onSelect: () => moveService(key, 1, shown),
    },
    {
      name: isAtWork(service) ? 'Delete …' : 'Delete',
      keys: 'Del',
      startsGroup: true,
      onSelect: () => wishToDelete(key),
    },
  ]
}

/** What can be done with the server itself. */
export function serverItems(service: ServiceView): readonly MenuItem[] {
  const { key, url } = service
  return [
    { name: 'Start', disabled: !canStart(service), onSelect: () => void perform('services.start', { key }) },
    { name: 'Stop', disabled: !canStop(service), onSelect: () => void perform('services.stop', { key }) },
    { name: 'Restart', disabled: !canRestart(service), onSelect: () => void perform('services.restart', { key }) },
    {
      name: 'Open in browser',
      startsGroup: true,
      disabled: url === null,
      onSelect: () => void perform('services.openUrl', { key }),
    },
    { name: 'Copy URL', disabled: url === null, onSelect: () => void perform('services.copyUrl', { key }) },
  ]
}

/** The first of the second list begins a group. */
export function withGroups(first: readonly MenuItem[], second: readonly MenuItem[]): readonly MenuItem[] {
  return [...first, ...second.map((item, index) => (index === 0 ? { ...item, startsGroup: true } : item))]
}
