import type { PresetView } from '../../../../src-preload/contract/setup-view.ts'
import type { EntryForm, FieldProblem } from '../form/entry-form.ts'
import { optionValue } from '../form/option-lens.ts'

/** `run` is the last step once the service is saved and started. */
export type StepId = 'server' | 'model' | 'address' | 'check' | 'run'

export const STEPS: readonly { readonly id: StepId; readonly name: string }[] = [
  { id: 'server', name: 'Server' },
  { id: 'model', name: 'Model and options' },
  { id: 'address', name: 'Address' },
  { id: 'check', name: 'Check and start' },
]

/** Where a step stands in `STEPS`; running is part of the last one. */
export function stepIndex(id: StepId): number {
  return id === 'run' ? STEPS.length - 1 : STEPS.findIndex((step) => step.id === id)
}

const ADDRESS_FIELDS: ReadonlySet<FieldProblem['field']> = new Set(['args.host', 'args.port', 'env'])
const MODEL_FIELDS: ReadonlySet<FieldProblem['field']> = new Set([
  'key',
  'name',
  'preset',
  'binName',
  'cwd',
  'args.extraArgs',
])

/** The step in which a problem can be mended; those of fields that no step has are shown in the last. */
export function stepOfProblem({ field }: FieldProblem): StepId {
  if (ADDRESS_FIELDS.has(field)) return 'address'
  return MODEL_FIELDS.has(field) ? 'model' : 'check'
}

/** A required option that nothing is said about. */
export interface MissingOption {
  readonly option: string
  readonly message: string
}

export function missingOptions({ options }: PresetView, form: EntryForm): readonly MissingOption[] {
  const target = { args: form.lists['args.extraArgs'], env: form.env }
  return options
    .filter((option) => option.isRequired && optionValue(option, target) === '')
    .map(({ id, label, kind }) => {
      const message = kind === 'gguf' ? 'Choose a model file: it cannot start without one.' : `${label} is required.`
      return { option: id, message }
    })
}

/** Where to go back to after a start that failed. */
export function stepAfterFailure(code: string | null): StepId {
  return code !== null && /port|address/.test(code) ? 'address' : 'model'
}
