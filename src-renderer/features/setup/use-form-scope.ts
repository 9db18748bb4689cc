import { useMemo, useState } from 'react'
import type { PresetView, SecretsInfo } from '../../../src-preload/contract/setup-view.ts'
import { missingOptions } from './add/steps.ts'
import type { FormScope } from './fields/form-context.ts'
import type { EntryEditor } from './use-entry-editor.ts'
import { useTouched } from './use-touched.ts'

export interface ShownProblems {
  /** From now on every problem is shown. */
  readonly showAll: () => void
  /** None is, until a person was at its field. */
  readonly showNone: () => void
}

/** Nobody is told that a field is wrong before they were there, or wanted to go on. */
export function useFormScopeOf(
  editor: EntryEditor,
  preset: PresetView | null,
  secrets: SecretsInfo | null,
): readonly [FormScope, ShownProblems] {
  const { touched, touch, forget } = useTouched()
  const [isAllShown, setAllShown] = useState(false)
  const { form, change, check, problems } = editor
  const scope = useMemo((): FormScope => {
    const isShown = (field: string) => isAllShown || touched.has(field)
    const missing = preset === null ? [] : missingOptions(preset, form)
    return {
      form,
      change,
      preset,
      check,
      secrets,
      touch,
      problemsOf: (field) => (isShown(field) ? problems.filter((problem) => problem.field === field) : []),
      missingOf: (option) =>
        isShown(`option ${option}`) ? (missing.find((other) => other.option === option)?.message ?? null) : null,
    }
  }, [form, change, preset, check, secrets, problems, touched, touch, isAllShown])
  const shown = useMemo(
    () => ({
      showAll: () => setAllShown(true),
      showNone: () => {
        setAllShown(false)
        forget()
      },
    }),
    [forget],
  )
  return [scope, shown]
}
