import type { EntryView } from '../../../../src-preload/contract/setup-view.ts'
import { type EnvRow, envChangeOf, envProblems, envRowsOf } from './env-rows.ts'
import { FIELD_IDS, FIELDS, type FieldId, isListId, type ListId, pathOf, type TextId } from './fields.ts'
import { type JsonRecord, valueAt, withValueAt } from './json-path.ts'

/** A service that is started before this one. */
export interface AfterRow {
  readonly key: string
  /** Empty: the default. */
  readonly until: '' | 'running' | 'healthy'
}

/** An entry as a person edits it: everything as the text that is typed; empty is what the entry leaves out. */
export interface EntryForm {
  readonly texts: Readonly<Record<TextId, string>>
  readonly lists: Readonly<Record<ListId, readonly string[]>>
  readonly env: readonly EnvRow[]
  readonly after: readonly AfterRow[]
}

/** Something wrong with a field of the form. */
export interface FieldProblem {
  /** A field's path, `env`, `after`, or empty if it is about none. */
  readonly field: FieldId | 'env' | 'after' | ''
  /** Index in a list or in `after`, id of a row of `env`; null if it is about the whole field. */
  readonly row: number | null
  readonly message: string
}

export interface EntryResult {
  readonly entry: EntryView
  /** What `config.add` and `config.change` take beside it. */
  readonly secrets: Readonly<Record<string, string | null>>
  /** What main cannot be asked about. The entry is without what they are about. */
  readonly problems: readonly FieldProblem[]
}

/** @param stored those of the entry's secrets that this machine has a value of */
export function formOf(entry: EntryView, stored: readonly string[] = []): EntryForm {
  const values = FIELD_IDS.map((id) => [id, valueAt({ ...entry }, pathOf(id))] as const)
  const texts = values.filter(([id]) => !isListId(id)).map(([id, value]) => [id, textOf(value)])
  const lists = values.filter(([id]) => isListId(id)).map(([id, value]) => [id, Array.isArray(value) ? value : []])
  return {
    texts: Object.fromEntries(texts),
    lists: Object.fromEntries(lists),
    env: envRowsOf(entry, stored),
    after: (entry.after ?? []).map((other) =>
      typeof other === 'string' ? { key: other, until: '' } : { key: other.key, until: other.until ?? '' },
    ),
  }
}

/**
 * The entry that a form means, on top of the one that it was made from or is to be saved over. What the form says about a
 * field wins; what it does not know, and how an unchanged field is written, stays as it is in `base`.
 */
export function entryOf(base: EntryView, form: EntryForm, stored: readonly string[] = []): EntryResult {
  const original = formOf(base, stored)
  const problems: FieldProblem[] = []
  let entry: JsonRecord = { ...base }
  for (const id of FIELD_IDS) {
    const path = pathOf(id)
    if (isListId(id)) {
      const list = meantList(form.lists[id], original.lists[id])
      if (!isSame(list, original.lists[id])) entry = withValueAt(entry, path, list.length === 0 ? undefined : list)
      continue
    }
    const text = form.texts[id]
    if (text === original.texts[id]) continue
    const parsed = parseField(id, text)
    if (parsed.message !== null) problems.push({ field: id, row: null, message: parsed.message })
    entry = withValueAt(entry, path, parsed.value)
  }
  if (!isSame(form.after, original.after)) {
    const after = form.after
      .filter(({ key }) => key !== '')
      .map(({ key, until }) => (until === '' ? key : { key, until }))
    entry = withValueAt(entry, ['after'], after.length === 0 ? undefined : after)
  }
  const { env, secrets, values } = envChangeOf(form.env, base)
  if (!isSame(form.env.map(meaning), original.env.map(meaning))) {
    entry = withValueAt(withValueAt(entry, ['env'], env), ['secrets'], secrets)
  }
  problems.push(...envProblems(form.env).map(({ row, message }) => ({ field: 'env' as const, row, message })))
  // It begins as an entry and only declared fields are changed; main checks it against the schema of the file.
  return { entry: { ...entry, key: form.texts.key } as EntryView, secrets: values, problems }
}

/** Whether saving the form would change anything. */
export function isChanged(base: EntryView, form: EntryForm, stored: readonly string[] = []): boolean {
  const { entry, secrets, problems } = entryOf(base, form, stored)
  return problems.length > 0 || Object.keys(secrets).length > 0 || !isSame(entry, { ...base, key: entry.key })
}

/** A row that was added and left empty means nothing; an empty argument that was there before is one. */
function meantList(list: readonly string[], before: readonly string[]): readonly string[] {
  return before.includes('') ? list : list.filter((item) => item !== '')
}

function meaning({ id: _id, ...row }: EnvRow): object {
  return row
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

function textOf(value: unknown): string {
  return value === undefined || value === null ? '' : String(value)
}

function parseField(id: TextId, text: string): { readonly value: unknown; readonly message: string | null } {
  if (text.trim() === '') return { value: undefined, message: null }
  switch (FIELDS[id]) {
    case 'flag':
      return { value: text === 'true', message: null }
    case 'number': {
      const value = Number(text)
      if (Number.isFinite(value)) return { value, message: null }
      return { value: undefined, message: `expected a number, got ${JSON.stringify(text)}` }
    }
    default:
      return { value: text, message: null }
  }
}
