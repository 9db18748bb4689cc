import { type KeyboardEvent, useEffect, useRef } from 'react'
import { CONTEXTS } from '../../../store/log-options-text.ts'
import { IconButton } from '../../../ui/Button.tsx'
import { MAX_SEARCH_LENGTH } from '../limits.ts'
import { searchStatus } from './search-status.ts'
import type { Find } from './use-find.ts'

interface SearchBarProps {
  readonly find: Find
  readonly onlyMatches: boolean
  readonly onOnlyMatches: (onlyMatches: boolean) => void
  /** Rows shown around each match. */
  readonly context: number
  readonly onContext: (context: number) => void
}

const FLAGS = [
  { flag: 'matchCase', key: 'c', sign: 'Aa', name: 'Match case' },
  { flag: 'wholeWord', key: 'w', sign: 'ab', name: 'Whole word' },
  { flag: 'isPattern', key: 'r', sign: '.*', name: 'Regular expression' },
] as const

export function SearchBar({ find, onlyMatches, onOnlyMatches, context, onContext }: SearchBarProps) {
  const { text, flags, state, focusCount, ordinal } = find
  const input = useRef<HTMLInputElement>(null)
  const focused = useRef(0)
  useEffect(() => {
    // Each wish to type takes the focus anew; coming back from another tab does not.
    if (focused.current !== focusCount) input.current?.select()
    focused.current = focusCount
  }, [focusCount])

  const onKeyDown = (event: KeyboardEvent) => {
    if (!takeKey(event, find, input.current)) return
    event.preventDefault()
    event.stopPropagation()
  }

  return (
    <search className="log-search" onKeyDown={onKeyDown}>
      <div className="search-field" data-bad={state.problem !== null || undefined}>
        <input
          ref={input}
          type="text"
          aria-label="Search the output"
          placeholder="Search"
          spellCheck={false}
          autoComplete="off"
          maxLength={MAX_SEARCH_LENGTH}
          value={text}
          onChange={(event) => find.setText(event.target.value)}
        />
        {FLAGS.map(({ flag, key, sign, name }) => (
          <button
            key={flag}
            type="button"
            className="search-flag"
            aria-label={name}
            aria-pressed={flags[flag]}
            aria-keyshortcuts={`Alt+${key.toUpperCase()}`}
            title={`${name} (Alt+${key.toUpperCase()})`}
            onClick={() => find.setFlags({ [flag]: !flags[flag] })}
          >
            {sign}
          </button>
        ))}
      </div>
      <IconButton icon="up" label="Previous match" onClick={() => find.go('previous')} />
      <IconButton icon="down" label="Next match" onClick={() => find.go('next')} />
      <IconButton
        icon="funnel"
        label="Only matches"
        isPressed={onlyMatches}
        onClick={() => onOnlyMatches(!onlyMatches)}
      />
      {onlyMatches && (
        <select
          className="search-context"
          aria-label="Rows around each match"
          title="Rows around each match"
          value={context}
          onChange={(event) => onContext(Number(event.target.value))}
        >
          {CONTEXTS.map((rows) => (
            <option key={rows} value={rows}>{`±${rows}`}</option>
          ))}
        </select>
      )}
      <span className="search-status" role="status" title={state.problem ?? undefined}>
        {searchStatus(state, ordinal)}
      </span>
      <IconButton icon="close" label="Close search" onClick={find.close} />
    </search>
  )
}

/** @returns whether the key meant something here */
function takeKey(event: KeyboardEvent, find: Find, input: HTMLInputElement | null): boolean {
  const { key, altKey, ctrlKey, metaKey, shiftKey, target } = event
  const hasModifier = ctrlKey || metaKey
  if (altKey && !hasModifier) {
    // By the key's place where Option types another sign, as on a Mac.
    const pressed = FLAGS.find((one) => one.key === key.toLowerCase() || event.code === `Key${one.key.toUpperCase()}`)
    if (pressed !== undefined) find.setFlags({ [pressed.flag]: !find.flags[pressed.flag] })
    return pressed !== undefined
  }
  if (key === 'Escape') find.close()
  else if (key === 'F3' || (key === 'Enter' && target === input)) find.go(shiftKey ? 'previous' : 'next')
  else if (hasModifier && key === 'f') input?.select()
  else return false
  return true
}
