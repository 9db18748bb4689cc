import { useEffect, useMemo, useRef, useState } from 'react'
import type { Problem } from '../../../src-preload/contract/result.ts'
import type { EntryCheck, EntryView } from '../../../src-preload/contract/setup-view.ts'
import { call } from '../../bridge.ts'
import { entryInput } from './entry-input.ts'
import { type CheckAnswer, EntryChecker } from './form/entry-checker.ts'
import { type EntryForm, type EntryResult, entryOf, type FieldProblem, formOf, isChanged } from './form/entry-form.ts'
import { fieldProblems } from './form/field-problems.ts'

/** What the form began with, or was saved as. */
export interface EditorBase {
  readonly entry: EntryView
  readonly stored: readonly string[]
}

export interface CheckedForm {
  readonly problems: readonly FieldProblem[]
  readonly check: EntryCheck | null
  /** Why it could not be checked. */
  readonly problem: Problem | null
}

export interface EntryEditor {
  readonly form: EntryForm
  readonly change: (update: (form: EntryForm) => EntryForm) => void
  readonly base: EditorBase
  /** Begins anew with another entry. */
  readonly reset: (entry: EntryView, stored: readonly string[]) => void
  /** Another entry to save over; what was typed stays. */
  readonly rebase: (entry: EntryView, stored: readonly string[]) => void
  readonly result: EntryResult
  /** What the form means on top of another entry than the one it began with. */
  readonly resultOver: (entry: EntryView, stored: readonly string[]) => EntryResult
  readonly isChanged: boolean
  /** Of the form as it was a moment ago; null until there was an answer. */
  readonly check: EntryCheck | null
  readonly checkProblem: Problem | null
  /** Everything that is wrong, as far as it is known. */
  readonly problems: readonly FieldProblem[]
  /** Of the form as it is, asked at once. */
  readonly checkNow: () => Promise<CheckedForm>
}

const nothing: EditorBase = { entry: { key: '' }, stored: [] }

const checkApi = {
  ask: ({ entry, replaces }: CheckAnswer['question']) => call('setup.check', { entry: entryInput(entry), replaces }),
  later: (action: () => void, milliseconds: number) => {
    const timer = window.setTimeout(action, milliseconds)
    return () => window.clearTimeout(timer)
  },
}

/**
 * A form about an entry, and what main says about the entry it means.
 *
 * @param replaces key of the entry that it is to replace; null for a new one
 */
export function useEntryEditor(replaces: string | null): EntryEditor {
  const [base, setBase] = useState(nothing)
  const [form, setForm] = useState(() => formOf(nothing.entry))
  const [answer, setAnswer] = useState<CheckAnswer | null>(null)
  const [checker] = useState(() => new EntryChecker(checkApi, setAnswer))
  const result = useMemo(() => entryOf(base.entry, form, base.stored), [base, form])
  const { entry } = result
  const text = JSON.stringify(entry)
  const latest = useRef({ result, form })
  latest.current = { result, form }

  // biome-ignore lint/correctness/useExhaustiveDependencies: the text says whether the entry is another one.
  useEffect(() => {
    if (entry.key !== '' || entry.preset !== undefined) checker.ask({ entry, replaces })
  }, [checker, text, replaces])
  useEffect(() => () => checker.end(), [checker])

  const problems = useMemo(() => allProblems(result, answer, form), [result, answer, form])
  const reset = (next: EntryView, stored: readonly string[]) => {
    setBase({ entry: next, stored })
    setForm(formOf(next, stored))
    setAnswer(null)
  }
  return {
    form,
    change: setForm,
    base,
    reset,
    rebase: (next, stored) => setBase({ entry: next, stored }),
    result,
    resultOver: (other, stored) => entryOf(other, form, stored),
    isChanged: isChanged(base.entry, form, base.stored),
    check: answer?.check ?? null,
    checkProblem: answer?.problem ?? null,
    problems,
    checkNow: async () => {
      const asked = latest.current
      const fresh = await checker.now({ entry: asked.result.entry, replaces })
      return {
        problems: allProblems(asked.result, fresh, asked.form),
        check: fresh.check,
        problem: fresh.problem,
      }
    },
  }
}

function allProblems(result: EntryResult, answer: CheckAnswer | null, form: EntryForm): readonly FieldProblem[] {
  const told = answer?.check?.problems ?? []
  return [...result.problems, ...fieldProblems(told, answer?.question.entry ?? result.entry, form)]
}
