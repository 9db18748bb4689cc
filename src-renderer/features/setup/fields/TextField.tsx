import type { ReactNode } from 'react'
import { FIELDS, type TextId } from '../form/fields.ts'
import { Field } from './Field.tsx'
import { useTextField } from './use-text-field.ts'

interface TextFieldProps {
  readonly id: TextId
  readonly label: string
  readonly help?: ReactNode
  /** What counts while it is empty. */
  readonly placeholder?: string
  readonly isRequired?: boolean
  /** After the number, e.g. `seconds`. */
  readonly unit?: string
}

export function TextField({ id, label, help, placeholder, isRequired = false, unit }: TextFieldProps) {
  const { value, set, touch, problem } = useTextField(id)
  const isNumber = FIELDS[id] === 'number'
  return (
    <Field label={label} help={help} problem={problem} isRequired={isRequired}>
      {(ids) => (
        <div className={isNumber ? 'field-row field-number' : 'field-row'}>
          <input
            {...ids}
            className="text-input"
            type="text"
            inputMode={isNumber ? 'decimal' : 'text'}
            spellCheck={false}
            autoComplete="off"
            placeholder={placeholder}
            value={value}
            onChange={(event) => set(event.target.value)}
            onBlur={touch}
          />
          {unit !== undefined && <span className="field-unit">{unit}</span>}
        </div>
      )}
    </Field>
  )
}

interface SelectFieldProps extends Omit<TextFieldProps, 'placeholder' | 'isRequired' | 'unit'> {
  /** The first one stands for leaving it out. */
  readonly options: readonly { readonly value: string; readonly name: string }[]
}

export function SelectField({ id, label, help, options }: SelectFieldProps) {
  const { value, set, touch, problem } = useTextField(id)
  const isKnown = options.some((option) => option.value === value)
  return (
    <Field label={label} help={help} problem={problem}>
      {(ids) => (
        <select
          {...ids}
          className="select-input"
          value={value}
          onChange={(event) => set(event.target.value)}
          onBlur={touch}
        >
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.name}
            </option>
          ))}
          {/* What a later version may write is shown as it is and not changed into something else. */}
          {!isKnown && <option value={value}>{value}</option>}
        </select>
      )}
    </Field>
  )
}

/** On or off, where off is what an entry leaves out. */
export function SwitchField({ id, label, help }: Pick<TextFieldProps, 'id' | 'label' | 'help'>) {
  const { value, set, problem } = useTextField(id)
  return (
    <Switch
      label={label}
      help={help}
      problem={problem}
      isOn={value === 'true'}
      onChange={(on) => set(on ? 'true' : '')}
    />
  )
}

interface SwitchProps {
  readonly label: string
  readonly help?: ReactNode
  readonly problem?: string | null
  readonly isOn: boolean
  readonly onChange: (isOn: boolean) => void
}

export function Switch({ label, help = '', problem = null, isOn, onChange }: SwitchProps) {
  return (
    <div className="switch-field">
      <Field label={label} help={help} problem={problem}>
        {(ids) => (
          <input
            {...ids}
            type="checkbox"
            role="switch"
            className="switch"
            checked={isOn}
            aria-checked={isOn}
            onChange={(event) => onChange(event.target.checked)}
          />
        )}
      </Field>
    </div>
  )
}
