import { createContext, useContext } from 'react'
import type { EntryCheck, PresetView, SecretsInfo } from '../../../../src-preload/contract/setup-view.ts'
import type { EntryForm, FieldProblem } from '../form/entry-form.ts'

/** What the fields of a form share. */
export interface FormScope {
  readonly form: EntryForm
  readonly change: (update: (form: EntryForm) => EntryForm) => void
  readonly preset: PresetView | null
  readonly check: EntryCheck | null
  readonly secrets: SecretsInfo | null
  /** Says that a person is done with a field: from now on its problems are shown. */
  readonly touch: (field: string) => void
  /** What is wrong with a field, once it is to be shown. */
  readonly problemsOf: (field: FieldProblem['field']) => readonly FieldProblem[]
  /** Why a required option cannot be left empty, once that is to be shown. */
  readonly missingOf: (option: string) => string | null
}

export const FormContext = createContext<FormScope | null>(null)

export function useFormScope(): FormScope {
  const scope = useContext(FormContext)
  if (scope === null) throw new Error('a field outside of a form')
  return scope
}
