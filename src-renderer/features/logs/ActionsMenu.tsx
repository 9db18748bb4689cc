import { perform } from '../../store/actions.ts'
import { Menu, type MenuItem } from '../../ui/Menu.tsx'
import { SHORTCUT_MODIFIER } from '../../ui/use-shortcut.ts'
import type { Viewer } from './use-viewer.ts'

interface ActionsMenuProps {
  readonly serviceKey: string
  readonly viewer: Viewer
  /** False in a window that shows nothing but this output. */
  readonly hasOwnWindow: boolean
}

/** What can be done with the output. */
export function ActionsMenu({ serviceKey: key, viewer, hasOwnWindow }: ActionsMenuProps) {
  const { run, range, exportRows, exportSelection, isWrapped, showTimes, extent } = viewer
  const hasSelection = range !== null
  const isEmpty = extent === null || extent.endRow === extent.firstRow
  const items: MenuItem[] = [
    { name: 'Copy selection', keys: `${SHORTCUT_MODIFIER}+C`, disabled: !hasSelection, onSelect: viewer.copy },
    {
      name: 'Select all',
      keys: `${SHORTCUT_MODIFIER}+A`,
      disabled: isEmpty,
      onSelect: () => run({ kind: 'select-all' }),
    },
    { name: 'Go to …', keys: `${SHORTCUT_MODIFIER}+G`, disabled: isEmpty, onSelect: () => run({ kind: 'go-to' }) },
    { name: 'Open link of the marked row', keys: 'o', onSelect: () => run({ kind: 'open-link' }) },
    {
      name: 'Wrap long lines',
      keys: 'w',
      isChecked: isWrapped,
      startsGroup: true,
      onSelect: () => run({ kind: 'wrap' }),
    },
    { name: 'Show times', keys: 't', isChecked: showTimes, onSelect: () => run({ kind: 'times' }) },
    {
      name: hasSelection ? 'Export selection …' : 'Export all …',
      startsGroup: true,
      disabled: isEmpty,
      onSelect: () => (hasSelection ? exportSelection(false) : exportRows(null, false)),
    },
    {
      name: hasSelection ? 'Export selection with times …' : 'Export all with times …',
      disabled: isEmpty,
      onSelect: () => (hasSelection ? exportSelection(true) : exportRows(null, true)),
    },
    { name: 'Show log files', onSelect: () => void perform('logs.reveal', { key }) },
    ...(hasOwnWindow ? [{ name: 'Open in own window', onSelect: () => void perform('logs.openWindow', { key }) }] : []),
    { name: 'Clear log …', startsGroup: true, onSelect: () => void perform('logs.clear', { key }) },
    { name: 'Keyboard', keys: '?', onSelect: () => run({ kind: 'help' }) },
  ]
  return <Menu label="More" icon="more" items={items} />
}
