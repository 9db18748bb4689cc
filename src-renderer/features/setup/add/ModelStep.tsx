import { useFormScope } from '../fields/form-context.ts'
import { ListField } from '../fields/ListField.tsx'
import { OptionFields } from '../fields/OptionFields.tsx'
import { PathField } from '../fields/PathField.tsx'
import { TextField } from '../fields/TextField.tsx'
import { StepHeading } from '../StepHeading.tsx'

const ARGUMENTS_HELP = (
  <>
    One a row, as they reach the program: no shell is involved. <code>{'{host}'}</code> and <code>{'{port}'}</code> are
    replaced.
  </>
)

/** What it is called, what it runs, and with which model. */
export function ModelStep() {
  const { preset, form, problemsOf } = useFormScope()
  if (preset === null) return null
  const { options, needs, hasProgram, id } = preset
  const isOwn = id === 'custom'
  const hasProblemBelow = problemsOf('args.extraArgs').length > 0 || problemsOf('key').length > 0
  return (
    <>
      <StepHeading>{options.length > 0 ? 'Model and options' : 'What it runs'}</StepHeading>
      {!hasProgram && <ProgramField what={needs.binName} isRequired />}
      {needs.cwd !== null && <FolderField what={needs.cwd} isRequired />}
      <OptionFields />
      {isOwn && <ListField id="args.extraArgs" label="Arguments" what="Argument" help={ARGUMENTS_HELP} />}
      <TextField id="name" label="Name" help="What the list shows." placeholder={form.texts.key} />
      <details className="more" open={hasProblemBelow || undefined}>
        <summary>More</summary>
        {hasProgram && <ProgramField what={null} isRequired={false} />}
        {needs.cwd === null && <FolderField what={null} isRequired={false} />}
        {!isOwn && <ListField id="args.extraArgs" label="All arguments" what="Argument" help={ARGUMENTS_HELP} />}
        <TextField
          id="key"
          label="Key"
          isRequired
          help="<server>:<name>. Names the folder of its logs; it cannot be changed later."
        />
      </details>
    </>
  )
}

interface WhatProps {
  /** In words that follow "needs"; null if it is not needed. */
  readonly what: string | null
  readonly isRequired: boolean
}

export function ProgramField({ what, isRequired }: WhatProps) {
  const { check } = useFormScope()
  const found = check?.program ?? null
  return (
    <PathField
      id="binName"
      kind="program"
      label="Program"
      isRequired={isRequired}
      placeholder={isRequired ? '' : found === null ? 'from the preset: not found' : `from the preset: ${found}`}
      help={what === null ? 'A name in PATH, or a whole path.' : `${capital(what)}: a name in PATH, or a whole path.`}
    />
  )
}

export function FolderField({ what, isRequired }: WhatProps) {
  return (
    <PathField
      id="cwd"
      kind="folder"
      label="Folder"
      isRequired={isRequired}
      placeholder={isRequired ? '' : 'your home directory'}
      help={what === null ? 'Where it is started.' : `${capital(what)}.`}
    />
  )
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
