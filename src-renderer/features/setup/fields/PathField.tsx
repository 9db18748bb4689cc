import type { ReactNode } from 'react'
import type { RequestInput } from '../../../../src-preload/contract/contract.ts'
import { call } from '../../../bridge.ts'
import { showProblem } from '../../../store/toasts-store.ts'
import { Button } from '../../../ui/Button.tsx'
import type { TextId } from '../form/fields.ts'
import { Field, type FieldIds } from './Field.tsx'
import { useTextField } from './use-text-field.ts'

export type PathKind = RequestInput<'setup.choosePath'>['kind']

interface PathFieldProps {
  readonly id: TextId
  readonly kind: PathKind
  readonly label: string
  readonly help?: ReactNode
  readonly placeholder?: string
  readonly isRequired?: boolean
}

/** A path, typed or chosen with the system's own dialog. */
export function PathField({ id, kind, label, help, placeholder, isRequired = false }: PathFieldProps) {
  const { value, set, touch, problem } = useTextField(id)
  return (
    <Field label={label} help={help} problem={problem} isRequired={isRequired}>
      {(ids) => (
        <PathInput
          ids={ids}
          kind={kind}
          label={label}
          placeholder={placeholder}
          value={value}
          onChange={set}
          onBlur={touch}
        />
      )}
    </Field>
  )
}

interface PathInputProps {
  readonly ids: FieldIds
  readonly kind: PathKind
  readonly label: string
  readonly placeholder: string | undefined
  readonly value: string
  readonly onChange: (value: string) => void
  readonly onBlur: () => void
}

export function PathInput({ ids, kind, label, placeholder, value, onChange, onBlur }: PathInputProps) {
  return (
    <div className="field-row">
      <input
        {...ids}
        className="text-input mono"
        type="text"
        spellCheck={false}
        autoComplete="off"
        placeholder={placeholder}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onBlur={onBlur}
      />
      <Button icon="folder" title={`Choose: ${label}`} onClick={() => void choosePath(kind, onChange)}>
        Choose …
      </Button>
    </div>
  )
}

/** Asks for a path with the system's dialog. */
export async function choosePath(kind: PathKind, take: (path: string) => void): Promise<void> {
  const reply = await call('setup.choosePath', { kind })
  if (!reply.ok) showProblem(reply.error)
  else if (reply.value !== null) take(reply.value)
}
