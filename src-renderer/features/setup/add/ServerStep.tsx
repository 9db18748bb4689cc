import { type KeyboardEvent, useEffect, useId, useRef } from 'react'
import type { PresetView, RunningServerView } from '../../../../src-preload/contract/setup-view.ts'
import { IconButton } from '../../../ui/Button.tsx'
import { SetupProblem } from '../SetupProblem.tsx'
import { ServerDetail } from './ServerDetail.tsx'
import { foundText, GROUP_NAMES, type ServerChoice, typeAhead } from './server-choices.ts'
import type { ServerChoiceState } from './use-server-choice.ts'

/** Letters that come faster than this belong to one word. */
const TYPE_AHEAD_MS = 800

interface ServerStepProps {
  readonly choice: ServerChoiceState
  readonly onChoose: () => void
  readonly onWatch: (preset: PresetView, server: RunningServerView) => void
}

/** Which server: a list on the left, and what the selected one is on the right. */
export function ServerStep({ choice, onChoose, onWatch }: ServerStepProps) {
  const { choices, selected, detection, problem, isLoading } = choice
  const id = useId()
  return (
    <div className="server-step">
      <div className="server-head">
        <h3 className="step-heading" id={id}>
          Which server?
        </h3>
        <span className="server-looking" role="status">
          {detection.isAsking ? 'Looking at what is on this machine …' : (detection.problem?.message ?? '')}
        </span>
        <IconButton icon="restart" label="Look again" disabled={detection.isAsking} onClick={choice.refresh} />
      </div>
      {problem !== null && <SetupProblem problem={problem} />}
      {isLoading && <p className="hint">Loading …</p>}
      {choices.length > 0 && selected !== null && (
        <div className="server-panes">
          <ServerList choices={choices} selected={selected} labelId={id} onSelect={choice.select} onChoose={onChoose} />
          <ServerDetail choice={selected} onWatch={(server) => onWatch(selected.preset, server)} />
        </div>
      )}
    </div>
  )
}

interface ServerListProps {
  readonly choices: readonly ServerChoice[]
  readonly selected: ServerChoice
  readonly labelId: string
  readonly onSelect: (id: string) => void
  readonly onChoose: () => void
}

function ServerList({ choices, selected, labelId, onSelect, onChoose }: ServerListProps) {
  const list = useRef<HTMLDivElement>(null)
  const typed = useRef({ text: '', at: 0 })
  const id = useId()
  const at = choices.indexOf(selected)
  const groups = [...new Set(choices.map(({ group }) => group))]

  useEffect(() => list.current?.focus(), [])
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever another one is selected, or what was found moves it.
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' })
  }, [selected.preset.id, choices])

  const onKeyDown = (event: KeyboardEvent) => {
    const { key } = event
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const last = choices.length - 1
    const step = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + 5, PageUp: at - 5, Home: 0, End: last }[key]
    if (step !== undefined) typed.current.text = ''
    if (step !== undefined) select(Math.max(0, Math.min(last, step)))
    else if (key.length === 1 && key !== ' ') search(key)
    else return
    event.preventDefault()
  }
  const select = (index: number) => {
    const choice = choices[index]
    if (choice !== undefined) onSelect(choice.preset.id)
  }
  const search = (letter: string) => {
    const now = Date.now()
    const text = now - typed.current.at < TYPE_AHEAD_MS ? typed.current.text + letter : letter
    typed.current = { text, at: now }
    const titles = choices.map(({ preset }) => preset.title)
    const found = typeAhead(titles, text, at)
    if (found !== null) select(found)
  }

  return (
    <div
      ref={list}
      className="server-list"
      role="listbox"
      aria-labelledby={labelId}
      aria-activedescendant={`${id}${selected.preset.id}`}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      {groups.map((group) => (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot stand in a listbox.
        <div key={group} role="group" aria-label={GROUP_NAMES[group]}>
          <p className="server-group" aria-hidden="true">
            {GROUP_NAMES[group]}
          </p>
          {choices
            .filter((choice) => choice.group === group)
            .map((choice) => (
              <ServerOption
                key={choice.preset.id}
                id={`${id}${choice.preset.id}`}
                choice={choice}
                isSelected={choice === selected}
                onSelect={() => onSelect(choice.preset.id)}
                onChoose={onChoose}
              />
            ))}
        </div>
      ))}
    </div>
  )
}

interface ServerOptionProps {
  readonly id: string
  readonly choice: ServerChoice
  readonly isSelected: boolean
  readonly onSelect: () => void
  readonly onChoose: () => void
}

function ServerOption({ id, choice, isSelected, onSelect, onChoose }: ServerOptionProps) {
  const found = foundText(choice)
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the list.
    // biome-ignore lint/a11y/useFocusableInteractive: the list has the focus, and names this one as active.
    <div
      id={id}
      className="server-option"
      role="option"
      aria-selected={isSelected}
      onClick={onSelect}
      onDoubleClick={onChoose}
    >
      <span className="server-title">{choice.preset.title}</span>
      {found !== '' && (
        <span className="server-found" data-running={choice.running.length > 0}>
          {found}
        </span>
      )}
    </div>
  )
}
