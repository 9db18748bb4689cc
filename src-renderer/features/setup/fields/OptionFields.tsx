import type { OptionView } from '../../../../src-preload/contract/setup-view.ts'
import { ON, optionValue, withOption } from '../form/option-lens.ts'
import { Field } from './Field.tsx'
import { useFormScope } from './form-context.ts'
import { GgufField } from './GgufField.tsx'
import { PathInput } from './PathField.tsx'
import { Switch } from './TextField.tsx'

/** What the preset offers to choose. Each is a look at the arguments and variables of the entry. */
export function OptionFields() {
  const { preset } = useFormScope()
  const options = preset?.options ?? []
  if (options.length === 0) return null
  return (
    <div className="options">
      {options.map((option) => {
        const isShort = option.kind === 'number' || option.kind === 'text'
        return (
          <div key={option.id} className={isShort ? undefined : 'option-wide'}>
            <OptionField option={option} />
          </div>
        )
      })}
    </div>
  )
}

function OptionField({ option }: { readonly option: OptionView }) {
  const { form, change, touch, missingOf } = useFormScope()
  const { id, label, help, kind, placeholder, isRequired } = option
  const value = optionValue(option, { args: form.lists['args.extraArgs'], env: form.env })
  const problem = missingOf(id)
  const onBlur = () => touch(`option ${id}`)
  const onChange = (next: string) =>
    change((before) => {
      const target = withOption(option, next, { args: before.lists['args.extraArgs'], env: before.env })
      return { ...before, lists: { ...before.lists, 'args.extraArgs': target.args }, env: target.env }
    })
  if (kind === 'switch') {
    return <Switch label={label} help={help} isOn={value !== ''} onChange={(isOn) => onChange(isOn ? ON : '')} />
  }
  if (kind === 'gguf') return <GgufField option={option} value={value} problem={problem} onChange={onChange} />
  return (
    <Field label={label} help={help} problem={problem} isRequired={isRequired}>
      {(ids) =>
        kind === 'file' || kind === 'folder' ? (
          <PathInput
            ids={ids}
            kind={kind}
            label={label}
            placeholder={placeholder}
            value={value}
            onChange={onChange}
            onBlur={onBlur}
          />
        ) : (
          <div className={kind === 'number' ? 'field-row field-number' : 'field-row'}>
            <input
              {...ids}
              className="text-input"
              type="text"
              inputMode={kind === 'number' ? 'decimal' : 'text'}
              spellCheck={false}
              autoComplete="off"
              placeholder={placeholder}
              value={value}
              onChange={(event) => onChange(event.target.value)}
              onBlur={onBlur}
            />
          </div>
        )
      }
    </Field>
  )
}
