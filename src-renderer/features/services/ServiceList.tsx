import { type KeyboardEvent, type RefObject, useEffect, useRef, useState } from 'react'
import type { ServiceView } from '../../../src-preload/contract/service-view.ts'
import { moveService, wishToDelete } from '../../store/config-actions.ts'
import { useService } from '../../store/services-store.ts'
import { openEdit } from '../../store/setup-store.ts'
import { selectService } from '../../store/ui-store.ts'
import { ContextMenu } from '../../ui/Menu.tsx'
import { ServiceRow } from './ServiceRow.tsx'
import { entryItems, serverItems, withGroups } from './service-menu.ts'
import { useSelectedKey, useShownServices } from './shown-services.ts'

const STEPS: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  ArrowUp: -1,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
}

interface MenuPlace {
  readonly key: string
  readonly x: number
  readonly y: number
}

/** The arrow keys go from row to row and select; Tab goes on to the buttons of the selected one. */
export function ServiceList() {
  const services = useShownServices()
  const selectedKey = useSelectedKey()
  const list = useRef<HTMLUListElement>(null)
  const [menu, setMenu] = useState<MenuPlace | null>(null)
  const tabStop = services.some(({ key }) => key === selectedKey) ? selectedKey : services[0]?.key
  const shown = services.map(({ key }) => key)
  const onFocus = useFocusAfterDelete(list, services)

  useEffect(() => {
    // Also when the tray selected it: what is shown on the right can be seen on the left.
    const row = selectedKey === null ? null : selectedRow(list)
    row?.scrollIntoView({ block: 'nearest' })
    // Within the list the focus is where the selection is.
    if (list.current?.contains(document.activeElement)) selectButton(row)?.focus()
  }, [selectedKey])

  const onKeyDown = (event: KeyboardEvent<HTMLUListElement>) => {
    const key = keyOfRow(event.target)
    if (key !== null && actOnService(event, key, shown)) event.preventDefault()
    else goToRow(event)
  }

  return (
    <>
      <ul
        className="rows"
        aria-label="Services"
        ref={list}
        onFocus={(event) => onFocus(keyOfRow(event.target))}
        onKeyDown={onKeyDown}
        onContextMenu={(event) => {
          const key = keyOfRow(event.target)
          if (key === null) return
          event.preventDefault()
          selectService(key)
          setMenu({ key, x: event.clientX, y: event.clientY })
        }}
      >
        {services.map((service) => (
          <ServiceRow
            key={service.key}
            service={service}
            isSelected={service.key === selectedKey}
            isTabStop={service.key === tabStop}
          />
        ))}
      </ul>
      {menu !== null && (
        <RowMenu
          key={`${menu.key} ${menu.x} ${menu.y}`}
          place={menu}
          shown={shown}
          onClose={(takesFocus) => {
            setMenu(null)
            if (takesFocus) selectButton(selectedRow(list))?.focus()
          }}
        />
      )}
    </>
  )
}

interface RowMenuProps {
  readonly place: MenuPlace
  readonly shown: readonly string[]
  readonly onClose: (takesFocus: boolean) => void
}

function RowMenu({ place, shown, onClose }: RowMenuProps) {
  const service = useService(place.key)
  if (service === null) return null
  const items = withGroups(serverItems(service), entryItems(service, shown))
  return <ContextMenu label={`${service.name} actions`} items={items} at={place} onClose={onClose} />
}

/** @returns whether the key means something for the service */
function actOnService(event: KeyboardEvent, key: string, shown: readonly string[]): boolean {
  const isBare = !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey
  const isOnlyAlt = event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey
  if (isOnlyAlt && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
    moveService(key, event.key === 'ArrowUp' ? -1 : 1, shown)
    return true
  }
  // Apple's keyboards have no Delete key; there it is Command and Backspace.
  if ((isBare && event.key === 'Delete') || (event.metaKey && event.key === 'Backspace')) {
    wishToDelete(key)
    return true
  }
  if (isBare && event.key === 'F2') {
    openEdit(key)
    return true
  }
  return false
}

function goToRow(event: KeyboardEvent<HTMLUListElement>): void {
  const step = STEPS[event.key]
  if (step === undefined || event.altKey || event.ctrlKey || event.metaKey) return
  event.preventDefault()
  const rows = [...event.currentTarget.querySelectorAll<HTMLButtonElement>('.row-select')]
  const from = rows.findIndex((row) => row.closest('li')?.contains(document.activeElement))
  const next = rows[Math.min(rows.length - 1, Math.max(0, from + step))]
  next?.focus()
  next?.click()
}

function keyOfRow(target: EventTarget): string | null {
  const row = target instanceof Element ? target.closest<HTMLElement>('[data-key]') : null
  return row?.dataset.key ?? null
}

function selectedRow(list: RefObject<HTMLElement | null>): Element | null {
  return list.current?.querySelector('[data-selected="true"]') ?? null
}

function selectButton(row: Element | null): HTMLElement | null {
  return row?.querySelector<HTMLElement>('.row-select') ?? null
}

/** With a row that goes its focus would go too, and a keyboard's place in the page: the selected row takes it. */
function useFocusAfterDelete(list: RefObject<HTMLElement | null>, services: readonly ServiceView[]) {
  const focused = useRef<string | null>(null)
  useEffect(() => {
    const isGone = focused.current !== null && !services.some(({ key }) => key === focused.current)
    if (!isGone) return
    focused.current = null
    if (document.activeElement === document.body) selectButton(selectedRow(list))?.focus()
  }, [list, services])
  return (key: string | null) => {
    focused.current = key
  }
}
