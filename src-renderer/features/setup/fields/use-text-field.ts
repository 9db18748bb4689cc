import type { ListId, TextId } from '../form/fields.ts'
import { useFormScope } from './form-context.ts'

/** The value of a field, how to change it, and what is wrong with it. */
export function useTextField(id: TextId) {
  const { form, change, touch, problemsOf } = useFormScope()
  return {
    value: form.texts[id],
    set: (value: string) => change((before) => ({ ...before, texts: { ...before.texts, [id]: value } })),
    touch: () => touch(id),
    problem: problemsOf(id)[0]?.message ?? null,
  }
}

export function useListField(id: ListId) {
  const { form, change, touch, problemsOf } = useFormScope()
  return {
    values: form.lists[id],
    set: (values: readonly string[]) => change((before) => ({ ...before, lists: { ...before.lists, [id]: values } })),
    touch: () => touch(id),
    problems: problemsOf(id),
  }
}
