import { FolderField, ProgramField } from '../add/ModelStep.tsx'
import { ListField } from '../fields/ListField.tsx'
import { OptionFields } from '../fields/OptionFields.tsx'
import { SelectField, SwitchField, TextField } from '../fields/TextField.tsx'
import type { Edit } from './use-edit.ts'

/** What it is and what it runs. */
export function GeneralSection({ edit: { preset, presets, editor } }: { readonly edit: Edit }) {
  const { check, form } = editor
  const needs = preset?.needs ?? { binName: null, cwd: null }
  const servers = presets.filter(({ id }) => id !== 'custom').map(({ id, title }) => ({ value: id, name: title }))
  return (
    <>
      <TextField id="name" label="Name" placeholder={form.texts.key} />
      <SelectField
        id="preset"
        label="Server"
        help={preset?.about ?? ''}
        options={[{ value: '', name: 'Any program (custom)' }, ...servers]}
      />
      <OptionFields />
      <ProgramField what={needs.binName} isRequired={preset?.hasProgram === false} />
      <FolderField what={needs.cwd} isRequired={needs.cwd !== null} />
      <ListField
        id="args.extraArgs"
        label="Arguments"
        what="Argument"
        help={
          <>
            One a row, after those of the preset; no shell is involved. <code>{'{host}'}</code> and{' '}
            <code>{'{port}'}</code> are replaced.
          </>
        }
      />
      <SwitchField id="autoStart" label="Start it when the app starts" />
      <div className="field">
        <span className="field-label">Command</span>
        <code className="summary-command">{check?.commandLine ?? '…'}</code>
      </div>
      {check?.warnings.map((warning) => (
        <p key={warning} className="setup-warning">
          {warning}
        </p>
      ))}
      <p className="field-help">
        Key <code>{form.texts.key}</code>: it names the folder of its logs and stays. Duplicate the service to get
        another one.
      </p>
    </>
  )
}
