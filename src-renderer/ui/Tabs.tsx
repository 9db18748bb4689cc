import type { KeyboardEvent } from 'react'

interface Tab<Id extends string> {
  readonly id: Id
  readonly name: string
}

interface TabsProps<Id extends string> {
  readonly label: string
  /** The panel carries this id and is labelled by `tab-<id>`. */
  readonly panelId: string
  readonly tabs: readonly Tab<Id>[]
  readonly selected: Id
  /** `isByPointer`: with a click, after which the focus need not stay on the tab. */
  readonly onSelect: (id: Id, isByPointer: boolean) => void
  /** `bar`: underlined, for what fills a pane; `segments`: for a choice within it. */
  readonly kind?: 'bar' | 'segments'
}

/** Tabs as the ARIA practices describe them: Tab stops at the selected one, the arrow keys, Home and End select. */
export function Tabs<Id extends string>({
  label,
  panelId,
  tabs,
  selected,
  onSelect,
  kind = 'segments',
}: TabsProps<Id>) {
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const index = tabs.findIndex(({ id }) => id === selected)
    const to = { ArrowRight: index + 1, ArrowLeft: index - 1, Home: 0, End: -1 }[event.key]
    const next = to === undefined ? undefined : tabs.at(to % tabs.length)
    if (next === undefined) return
    event.preventDefault()
    onSelect(next.id, false)
    event.currentTarget.querySelector<HTMLElement>(`#tab-${next.id}`)?.focus()
  }
  return (
    <div className={kind === 'bar' ? 'tabs tabs-bar' : 'tabs'} role="tablist" aria-label={label} onKeyDown={onKeyDown}>
      {tabs.map(({ id, name }) => (
        <button
          key={id}
          id={`tab-${id}`}
          type="button"
          role="tab"
          className="tab"
          aria-selected={id === selected}
          aria-controls={panelId}
          tabIndex={id === selected ? 0 : -1}
          onClick={({ detail }) => onSelect(id, detail > 0)}
        >
          {name}
        </button>
      ))}
    </div>
  )
}
