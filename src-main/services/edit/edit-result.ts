import { basename } from 'node:path'
import type { Failure } from '../../core/failure.ts'
import type { ConfigProblem } from '../config-state.ts'
import { type JsonPath, pathInWords } from '../json-position.ts'
import { problemInWords } from '../parse-services.ts'
import type { TextProblem } from '../strict-json.ts'

/** Something wrong with an entry, and where: the path is relative to the entry, empty for all of it. */
export interface FieldProblem {
  readonly path: JsonPath
  readonly message: string
}

/** Why services.json was not changed. */
export interface EditFailure extends Failure {
  /** Only with `bad-entry`. */
  readonly fields?: readonly FieldProblem[]
}

export type EditResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: EditFailure }

export function refuse(
  code: string,
  message: string,
  hint = '',
): { readonly ok: false; readonly failure: EditFailure } {
  return { ok: false, failure: { code, message, hint } }
}

export const noSuchEntry = (key: string) =>
  refuse('no-such-entry', `There is no service "${key}" in services.json.`, 'Look at the list again.')

export const keyTaken = (key: string) =>
  refuse('key-taken', `"${key}" is the key of another service.`, 'Choose another key.')

/** The problem of a changed entry that has another key than before. */
export const keyStays: FieldProblem = {
  path: ['key'],
  message: 'cannot be changed, since logs and records are named after it; duplicate the service instead',
}

/** The person's own changes of the file come first: while it has mistakes, nothing is written over them. */
export function configBroken(problems: readonly ConfigProblem[]) {
  const [first] = problems
  const place = first?.line == null ? '' : ` (line ${first.line})`
  const what = first === undefined ? '' : ` ${first.message}${place}.`
  const file = first === undefined ? 'services.json' : basename(first.file)
  return refuse('config-broken', `${file} has a problem, so nothing was changed.${what}`, 'Correct the file first.')
}

export const configChanged = () =>
  refuse(
    'config-changed',
    'The entry was changed in services.json by another program meanwhile.',
    'Look at what the file has now; nothing was overwritten.',
  )

export function notSaved(file: string, error: unknown) {
  const reason = error instanceof Error ? error.message : String(error)
  const hint = 'Check that the disk has space and that the folder can be written by you.'
  return refuse('not-saved', `${basename(file)} could not be written: ${reason}`, hint)
}

export function badEntry(fields: readonly FieldProblem[]) {
  const [first] = fields
  const place = first === undefined || first.path.length === 0 ? '' : `${pathInWords(first.path)}: `
  const more = fields.length > 1 ? ` (and ${fields.length - 1} more)` : ''
  const { failure } = refuse('bad-entry', `${place}${first?.message ?? 'The entry is wrong.'}${more}`, 'Correct it.')
  return { ok: false, failure: { ...failure, fields } } as const
}

/**
 * The problems of a whole file, as those of one of its entries: by their place in it. What others do not like about it is a
 * problem of the order they are started in, or keeps its place in words.
 */
export function problemsOfEntry(problems: readonly TextProblem[], index: number | null): FieldProblem[] {
  return problems.map((problem) => {
    const { path: [list, item, ...rest] = [], message } = problem
    if (index === null || list !== 'services') return { path: [], message: problemInWords(problem) }
    if (item === index) return { path: rest, message }
    return rest[0] === 'after' ? { path: ['after'], message } : { path: [], message: problemInWords(problem) }
  })
}
