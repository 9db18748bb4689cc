import { type KeyboardEvent, useEffect, useRef } from 'react'
import { ServiceRow } from './ServiceRow.tsx'
import { useSelectedKey, useShownServices } from './shown-services.ts'

const STEPS: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  ArrowUp: -1,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
}

/** The arrow keys go from row to row and select; Tab goes on to the buttons of the selected one. */
export function ServiceList() {
  const services = useShownServices()
  const selectedKey = useSelectedKey()
  const list = useRef<HTMLUListElement>(null)
  const tabStop = services.some(({ key }) => key === selectedKey) ? selectedKey : services[0]?.key

  useEffect(() => {
    // Also when the tray selected it: what is shown on the right can be seen on the left.
    if (selectedKey !== null)
      list.current?.querySelector('[data-selected="true"]')?.scrollIntoView({ block: 'nearest' })
  }, [selectedKey])

  const move = (event: KeyboardEvent<HTMLUListElement>) => {
    const step = STEPS[event.key]
    if (step === undefined || event.altKey || event.ctrlKey || event.metaKey) return
    event.preventDefault()
    const rows = [...event.currentTarget.querySelectorAll<HTMLButtonElement>('.row-select')]
    const from = rows.findIndex((row) => row.closest('li')?.contains(document.activeElement))
    const next = rows[Math.min(rows.length - 1, Math.max(0, from + step))]
    next?.focus()
    next?.click()
  }

  return (
    <ul className="rows" aria-label="Services" ref={list} onKeyDown={move}>
      {services.map((service) => (
        <ServiceRow
          key={service.key}
          service={service}
          isSelected={service.key === selectedKey}
          isTabStop={service.key === tabStop}
        />
      ))}
    </ul>
  )
}
