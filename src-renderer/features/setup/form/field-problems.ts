import type { EntryView, FieldProblemView } from '../../../../src-preload/contract/setup-view.ts'
import type { EntryForm, FieldProblem } from './entry-form.ts'
import { findEnvRow } from './env-rows.ts'
import { isFieldId } from './fields.ts'

/** Says to which field of the form each problem of main belongs. */
export function fieldProblems(
  problems: readonly FieldProblemView[],
  entry: EntryView,
  form: EntryForm,
): readonly FieldProblem[] {
  return problems.map((problem) => fieldProblem(problem, entry, form))
}

function fieldProblem({ path, message }: FieldProblemView, entry: EntryView, form: EntryForm): FieldProblem {
  const [first, second] = path
  if (first === 'after') return { field: 'after', row: typeof second === 'number' ? second : null, message }
  if (first === 'env' || first === 'secrets') {
    const name = typeof second === 'number' ? entry.secrets?.[second] : second
    return { field: 'env', row: name === undefined ? null : (findEnvRow(form.env, name)?.id ?? null), message }
  }
  for (let length = path.length; length > 0; length -= 1) {
    const id = path.slice(0, length).join('.')
    const row = path[length]
    if (isFieldId(id)) return { field: id, row: typeof row === 'number' ? row : null, message }
  }
  return { field: '', row: null, message: path.length === 0 ? message : `${path.join('.')}: ${message}` }
}

/** Problems begin in small letters, since in a file they follow a place; beside a field they are a sentence. */
export function asSentence(message: string, subject = ''): string {
  // Some of them lack who they are about.
  const isPredicate = subject !== '' && /^(is|are|has|have|must|needs|comes) /.test(message)
  const text = isPredicate ? `${subject} ${message}` : message.charAt(0).toUpperCase() + message.slice(1)
  return /[.!?…]$/.test(text) ? text : `${text}.`
}
