import { useEffect, useId, useRef } from 'react'
import { Button, IconButton } from '../../../ui/Button.tsx'
import type { EntryForm } from '../form/entry-form.ts'
import { addEnvRow, changeEnvRow, type EnvRow, parseAssignment } from '../form/env-rows.ts'
import { looksSecret } from '../form/secret-text.ts'
import { FieldProblemText } from './Field.tsx'
import { useFormScope } from './form-context.ts'
import { SecretInput } from './SecretInput.tsx'

interface EnvFieldProps {
  /** Variables that have a field of their own. */
  readonly without: readonly string[]
}

/** Environment variables by name. Values that look like secrets are masked, and kept safely where the system can. */
export function EnvField({ without }: EnvFieldProps) {
  const { form, change, secrets, problemsOf } = useFormScope()
  const group = useRef<HTMLFieldSetElement>(null)
  const isAdding = useRef(false)
  const id = useId()
  const rows = form.env.filter(({ name }) => !without.includes(name.trim()))
  const canKeep = secrets?.storage === 'system'
  const update = (next: (rows: readonly EnvRow[]) => readonly EnvRow[]) =>
    change((before: EntryForm) => ({ ...before, env: next(before.env) }))

  useEffect(() => {
    if (!isAdding.current) return
    isAdding.current = false
    const names = group.current?.querySelectorAll<HTMLElement>('.env-name')
    names?.[names.length - 1]?.focus()
  })

  return (
    <fieldset className="field" aria-describedby={`${id}help`} ref={group}>
      <legend className="field-label">Environment variables</legend>
      {rows.length > 0 && (
        <ul className="env-rows">
          {rows.map((row) => (
            <Row
              key={row.id}
              row={row}
              canKeep={canKeep}
              problem={problemsOf('env').find((problem) => problem.row === row.id)?.message ?? null}
              onChange={(part) => update((before) => changeEnvRow(before, row.id, part))}
              onRemove={() => update((before) => before.filter((other) => other.id !== row.id))}
            />
          ))}
        </ul>
      )}
      <div>
        <Button
          kind="quiet"
          icon="plus"
          onClick={() => {
            isAdding.current = true
            update((before) => addEnvRow(before, { name: '', value: '', isSecret: false, isStored: false }))
          }}
        >
          Add variable
        </Button>
      </div>
      <p id={`${id}help`} className="field-help">
        Added to the app’s own. You can paste <code>NAME=value</code>. Keys and tokens belong here: everybody on the
        machine can read a program’s arguments.
      </p>
      <FieldProblemText
        id={`${id}problem`}
        problem={problemsOf('env').find(({ row }) => row === null)?.message ?? null}
      />
    </fieldset>
  )
}

interface RowProps {
  readonly row: EnvRow
  /** Whether the system has safe storage. */
  readonly canKeep: boolean
  readonly problem: string | null
  readonly onChange: (change: Partial<Omit<EnvRow, 'id'>>) => void
  readonly onRemove: () => void
}

function Row({ row: { name, value, isSecret, isStored }, canKeep, problem, onChange, onRemove }: RowProps) {
  const { touch } = useFormScope()
  const id = useId()
  const item = useRef<HTMLLIElement>(null)
  const rename = (text: string) => {
    const assignment = parseAssignment(text)
    const isOnlyName = assignment?.value === ''
    const next = { name: assignment?.name ?? text, value: isOnlyName ? value : (assignment?.value ?? value) }
    // The name decides only while nobody else has: a value that is typed stays where it was to go.
    const mayDecide = value === ''
    onChange({ ...next, ...(mayDecide ? { isSecret: canKeep && looksSecret(next.name) } : {}) })
    // Whoever types `NAME=` goes on with the value.
    if (isOnlyName) item.current?.querySelector<HTMLElement>('.secret-input input')?.focus()
  }
  const toggle = () => onChange({ isSecret: !isSecret, isStored: false, ...(isStored ? { value: '' } : {}) })
  return (
    <li ref={item}>
      <div className="env-row">
        <input
          className="text-input mono env-name"
          type="text"
          aria-label="Name of the variable"
          aria-invalid={problem !== null}
          aria-describedby={problem === null ? undefined : id}
          placeholder="NAME"
          spellCheck={false}
          autoComplete="off"
          value={name}
          // A stored value cannot be given another name: the window does not know it.
          readOnly={isStored}
          onChange={(event) => rename(event.target.value)}
          onBlur={() => touch('env')}
        />
        <SecretInput
          ids={{ 'aria-label': `Value of ${name === '' ? 'the variable' : name}` }}
          isMasked={isSecret || looksSecret(name)}
          value={value}
          placeholder={isStored ? 'stored; type to replace it' : isSecret ? 'not on this machine: enter it' : 'value'}
          onChange={(next) => onChange({ value: next, isStored: isStored && next === '' })}
          onBlur={() => touch('env')}
        />
        <label className="env-safe" title={canKeep ? undefined : 'This system offers no safe storage.'}>
          <input type="checkbox" checked={isSecret} disabled={!canKeep && !isSecret} onChange={toggle} />
          Secret
        </label>
        <IconButton icon="close" label={`Remove ${name === '' ? 'the variable' : name}`} onClick={onRemove} />
      </div>
      <FieldProblemText id={id} problem={problem} />
    </li>
  )
}
