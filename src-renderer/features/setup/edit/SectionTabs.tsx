import { type KeyboardEvent, useRef } from 'react'
import { SECTIONS, sectionOfProblem } from './sections.ts'
import type { Edit } from './use-edit.ts'

/** The parts of the form, one at a time. Where something is wrong, the tab says so. */
export function SectionTabs({ edit }: { readonly edit: Edit }) {
  const { section, setSection, editor } = edit
  const list = useRef<HTMLDivElement>(null)
  const wrong = editor.problems.map(sectionOfProblem)

  const onKeyDown = (event: KeyboardEvent) => {
    const at = SECTIONS.findIndex(({ id }) => id === section)
    const last = SECTIONS.length - 1
    const to = { ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1, Home: 0, End: last }[
      event.key
    ]
    if (to === undefined) return
    event.preventDefault()
    const next = SECTIONS[(to + SECTIONS.length) % SECTIONS.length]
    if (next === undefined) return
    setSection(next.id)
    list.current?.querySelector<HTMLElement>(`#edit-tab-${next.id}`)?.focus()
  }

  return (
    <div
      className="section-tabs"
      role="tablist"
      aria-label="Sections"
      aria-orientation="vertical"
      ref={list}
      onKeyDown={onKeyDown}
    >
      {SECTIONS.map(({ id, name }) => {
        const count = wrong.filter((other) => other === id).length
        return (
          <button
            key={id}
            id={`edit-tab-${id}`}
            type="button"
            role="tab"
            className="section-tab"
            aria-selected={id === section}
            aria-controls="edit-section"
            tabIndex={id === section ? 0 : -1}
            onClick={() => setSection(id)}
          >
            <span>{name}</span>
            {count > 0 && (
              <span className="section-count">
                {count}
                <span className="visually-hidden">{count === 1 ? ' problem' : ' problems'}</span>
              </span>
            )}
          </button>
        )
      })}
    </div>
  )
}
