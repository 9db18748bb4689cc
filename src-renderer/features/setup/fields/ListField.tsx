import { type ClipboardEvent, type KeyboardEvent, type ReactNode, useEffect, useId, useRef } from 'react'
import { Button, IconButton } from '../../../ui/Button.tsx'
import { insertAt, looksJoined, moveItem, replaceAt, splitWords } from '../form/arguments.ts'
import type { FieldProblem } from '../form/entry-form.ts'
import type { ListId } from '../form/fields.ts'
import { FieldProblemText } from './Field.tsx'
import { useListField } from './use-text-field.ts'

interface ListFieldProps {
  readonly id: ListId
  readonly label: string
  readonly help: ReactNode
  /** What one row is, e.g. `argument`. */
  readonly what: string
}

/**
 * Arguments, one a row: no shell takes them apart, so what is in a row reaches the program as it is. Enter adds a row below,
 * Backspace in an empty one removes it, Alt and the arrow keys move it, and pasted lines become rows.
 */
export function ListField({ id, label, help, what }: ListFieldProps) {
  const { values, set, touch, problems } = useListField(id)
  const group = useRef<HTMLFieldSetElement>(null)
  const wished = useRef<number | null>(null)
  const ids = useId()

  useEffect(() => {
    if (wished.current === null) return
    group.current?.querySelectorAll<HTMLElement>('textarea')[wished.current]?.focus()
    wished.current = null
  })
  /** The row shall have the focus once it is there. */
  const setAndGo = (next: readonly string[], row: number) => {
    wished.current = row
    set(next)
  }

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>, at: number) => {
    const { key, altKey, shiftKey, ctrlKey, metaKey } = event
    if (ctrlKey || metaKey) return
    if (key === 'Enter' && !shiftKey) setAndGo(insertAt(values, at + 1, ''), at + 1)
    else if (key === 'Backspace' && values[at] === '') setAndGo(without(values, at), Math.max(0, at - 1))
    else if (altKey && key === 'ArrowUp') setAndGo(moveItem(values, at, -1), Math.max(0, at - 1))
    else if (altKey && key === 'ArrowDown') setAndGo(moveItem(values, at, 1), Math.min(values.length - 1, at + 1))
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  const onPaste = (event: ClipboardEvent, at: number) => {
    const lines = event.clipboardData
      .getData('text')
      .split(/\r?\n/)
      .map((line) => line.replace(/\\\s*$/, '').trim())
      .filter((line) => line !== '')
    if (lines.length < 2) return
    event.preventDefault()
    const [first = '', ...rest] = values[at] === '' ? lines : [values[at] ?? '', ...lines]
    setAndGo(replaceAt(values, at, first, ...rest), at + rest.length)
  }

  return (
    <fieldset className="field" aria-describedby={`${ids}help`} ref={group}>
      <legend className="field-label">{label}</legend>
      {values.length > 0 && (
        <ol className="list-rows">
          {values.map((value, at) => (
            <Row
              // biome-ignore lint/suspicious/noArrayIndexKey: arguments have nothing else that tells them apart.
              key={at}
              label={`${what} ${at + 1}`}
              value={value}
              problem={problemOf(problems, at)}
              onChange={(next) => set(replaceAt(values, at, next))}
              onKeyDown={(event) => onKeyDown(event, at)}
              onPaste={(event) => onPaste(event, at)}
              onBlur={touch}
              onRemove={() => setAndGo(without(values, at), Math.min(at, values.length - 2))}
              onSplit={() => set(replaceAt(values, at, ...splitWords(value)))}
              onMove={(step) => setAndGo(moveItem(values, at, step), at + step)}
              isFirst={at === 0}
              isLast={at === values.length - 1}
            />
          ))}
        </ol>
      )}
      <div>
        <Button kind="quiet" icon="plus" onClick={() => setAndGo([...values, ''], values.length)}>
          {`Add ${what.toLowerCase()}`}
        </Button>
      </div>
      <p id={`${ids}help`} className="field-help">
        {help}
      </p>
      <FieldProblemText id={`${ids}problem`} problem={problemOf(problems, null)} />
    </fieldset>
  )
}

interface RowProps {
  readonly label: string
  readonly value: string
  readonly problem: string | null
  readonly onChange: (value: string) => void
  readonly onKeyDown: (event: KeyboardEvent<HTMLTextAreaElement>) => void
  readonly onPaste: (event: ClipboardEvent) => void
  readonly onBlur: () => void
  readonly onRemove: () => void
  readonly onSplit: () => void
  readonly onMove: (step: 1 | -1) => void
  readonly isFirst: boolean
  readonly isLast: boolean
}

function Row(props: RowProps) {
  const { label, value, problem, onChange, onKeyDown, onPaste, onBlur } = props
  const id = useId()
  return (
    <li>
      <div className="field-row">
        <textarea
          className="text-input mono"
          aria-label={label}
          aria-invalid={problem !== null}
          aria-describedby={problem === null ? undefined : id}
          rows={value.split('\n').length}
          spellCheck={false}
          value={value}
          onChange={(event) => onChange(event.target.value)}
          onKeyDown={onKeyDown}
          onPaste={onPaste}
          onBlur={onBlur}
        />
        <span className="list-tools">
          <IconButton icon="up" label={`Move ${label} up`} disabled={props.isFirst} onClick={() => props.onMove(-1)} />
          <IconButton
            icon="down"
            label={`Move ${label} down`}
            disabled={props.isLast}
            onClick={() => props.onMove(1)}
          />
          <IconButton icon="close" label={`Remove ${label}`} onClick={props.onRemove} />
        </span>
      </div>
      {looksJoined(value) && (
        <p className="field-hint">
          This is one argument with a space in it.{' '}
          <button type="button" className="link" onClick={props.onSplit}>
            Make it several
          </button>
        </p>
      )}
      <FieldProblemText id={id} problem={problem} />
    </li>
  )
}

function without(values: readonly string[], at: number): readonly string[] {
  return values.filter((_value, index) => index !== at)
}

function problemOf(problems: readonly FieldProblem[], row: number | null): string | null {
  return problems.find((problem) => problem.row === row)?.message ?? null
}
