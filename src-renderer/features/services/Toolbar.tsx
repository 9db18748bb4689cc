import { Fragment, useMemo, useRef } from 'react'
import { perform } from '../../store/actions.ts'
import { useServices } from '../../store/services-store.ts'
import { openAdd } from '../../store/setup-store.ts'
import { setFilter, setSettingsOpen, useUi } from '../../store/ui-store.ts'
import { Button, IconButton } from '../../ui/Button.tsx'
import { Icon } from '../../ui/Icon.tsx'
import { SHORTCUT_MODIFIER, useShortcut } from '../../ui/use-shortcut.ts'
import { canStart, canStop, tallies } from './service-text.ts'
import { FILTER_FROM } from './shown-services.ts'

/** What concerns all services at once. */
export function Toolbar() {
  const byKey = useServices((state) => state.byKey)
  const services = useMemo(() => [...byKey.values()], [byKey])
  useShortcut(',', () => setSettingsOpen(true))
  useShortcut('n', openAdd)
  return (
    <header className="toolbar">
      <Counts />
      {services.length >= FILTER_FROM && <Filter />}
      <div className="toolbar-actions">
        <Button icon="plus" title={`Add a service (${SHORTCUT_MODIFIER}+N)`} onClick={openAdd}>
          Add service
        </Button>
        <Button icon="play" disabled={!services.some(canStart)} onClick={() => void perform('services.startAll', {})}>
          Start all
        </Button>
        <Button icon="stop" disabled={!services.some(canStop)} onClick={() => void perform('services.stopAll', {})}>
          Stop all
        </Button>
        <IconButton icon="settings" label="Settings" onClick={() => setSettingsOpen(true)} />
      </div>
    </header>
  )
}

/** The same words as the tray's tooltip; said aloud when they change. */
function Counts() {
  const byKey = useServices((state) => state.byKey)
  const phase = useServices((state) => state.phase)
  const counts = useMemo(() => tallies(byKey.values()), [byKey])
  if (phase === 'loading') return <p className="counts" />
  return (
    <p className="counts" role="status">
      {counts.length === 0 && 'nothing running'}
      {counts.map(({ tally, count }, index) => (
        <Fragment key={tally}>
          {index > 0 && ', '}
          <span className={`count-${tally}`}>
            {count} {tally}
          </span>
        </Fragment>
      ))}
    </p>
  )
}

function Filter() {
  const filter = useUi((state) => state.filter)
  const input = useRef<HTMLInputElement>(null)
  useShortcut('f', () => input.current?.select())
  return (
    <label className="filter">
      <Icon name="search" />
      <input
        ref={input}
        type="search"
        aria-label="Filter services"
        placeholder="Filter"
        spellCheck={false}
        value={filter}
        onChange={(event) => setFilter(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') setFilter('')
        }}
      />
    </label>
  )
}
