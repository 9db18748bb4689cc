import { type FormEvent, useEffect, useRef, useState } from 'react'
import type { LogStreamName, LogViewName } from '../../../../src-preload/contract/log-view.ts'
import { IconButton } from '../../../ui/Button.tsx'
import { type Destination, parseDestination } from './destination.ts'

interface GoToBarProps {
  readonly view: LogViewName
  /** A time of the part of the log that is looked at. */
  readonly reference: () => number
  /** @returns why there is nothing to go to; null if it was gone to */
  readonly onGo: (destination: Destination, stream: LogStreamName) => Promise<string | null>
  readonly onClose: () => void
}

const HINT = 'A line number, or a time such as 14:05 or 2026-11-25 14:05:30'

/** Asks for a line or a time to go to. */
export function GoToBar({ view, reference, onGo, onClose }: GoToBarProps) {
  const [text, setText] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const [stream, setStream] = useState<LogStreamName>(view === 'stderr' ? 'stderr' : 'stdout')
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => input.current?.focus(), [])

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const destination = parseDestination(text, reference(), Date.now())
    const trouble = destination === null ? 'That is no line and no time.' : await onGo(destination, stream)
    if (trouble === null) onClose()
    else setProblem(trouble)
  }

  return (
    <form
      className="log-search"
      aria-label="Go to"
      onSubmit={(event) => void submit(event)}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.stopPropagation()
        onClose()
      }}
    >
      <div className="search-field" data-bad={problem !== null || undefined}>
        <input
          ref={input}
          type="text"
          aria-label="Line or time"
          placeholder="Line, 14:05 or 2026-11-25 14:05"
          title={HINT}
          spellCheck={false}
          autoComplete="off"
          value={text}
          onChange={(event) => {
            setText(event.target.value)
            setProblem(null)
          }}
        />
      </div>
      {view === 'merged' && (
        <select
          className="search-context"
          aria-label="Lines of"
          title="Whose line number it is"
          value={stream}
          onChange={(event) => setStream(event.target.value === 'stderr' ? 'stderr' : 'stdout')}
        >
          <option value="stdout">stdout</option>
          <option value="stderr">stderr</option>
        </select>
      )}
      <button type="submit" className="button button-plain go-button">
        Go
      </button>
      <span className="search-status" role="status" title={problem ?? undefined}>
        {problem ?? ''}
      </span>
      <IconButton icon="close" label="Close" onClick={onClose} />
    </form>
  )
}
