import type { EntryView } from '../../../../src-preload/contract/setup-view.ts'

/** A variable of the environment, as a row of the form. */
export interface EnvRow {
  /** Tells rows apart while their names change. */
  readonly id: number
  readonly name: string
  /** Empty while the value that is stored safely stays as it is: it never comes back to the window. */
  readonly value: string
  /** Whether its value belongs into safe storage instead of services.json. */
  readonly isSecret: boolean
  /** Whether safe storage has a value that was not replaced here. */
  readonly isStored: boolean
}

export interface EnvChange {
  readonly env: Readonly<Record<string, string>> | undefined
  readonly secrets: readonly string[] | undefined
  /** New values for safe storage by variable; null removes the stored one. */
  readonly values: Readonly<Record<string, string | null>>
}

export interface EnvProblem {
  readonly row: number
  readonly message: string
}

/** @param stored those of the entry's secrets that this machine has a value of */
export function envRowsOf({ env = {}, secrets = [] }: EntryView, stored: readonly string[]): readonly EnvRow[] {
  const plain = Object.entries(env).map(([name, value]) => ({ name, value, isSecret: false, isStored: false }))
  const safe = secrets.map((name) => ({ name, value: '', isSecret: true, isStored: stored.includes(name) }))
  return [...plain, ...safe].map((row, id) => ({ id, ...row }))
}

/** What the rows mean for an entry that had `before`. Rows in which nothing is written mean nothing. */
export function envChangeOf(rows: readonly EnvRow[], before: EntryView): EnvChange {
  const meant = rows.filter(({ name }) => name.trim() !== '').map((row) => ({ ...row, name: row.name.trim() }))
  const plain = meant.filter(({ isSecret }) => !isSecret)
  const safe = meant.filter(({ isSecret }) => isSecret)
  const names = safe.map(({ name }) => name)
  const removed = (before.secrets ?? []).filter((name) => !names.includes(name))
  const replaced = safe.filter(({ isStored, value }) => !isStored && value !== '')
  return {
    env: plain.length === 0 ? undefined : Object.fromEntries(plain.map(({ name, value }) => [name, value])),
    secrets: names.length === 0 ? undefined : names,
    values: Object.fromEntries([
      ...removed.map((name) => [name, null] as const),
      ...replaced.map(({ name, value }) => [name, value] as const),
    ]),
  }
}

/** What can be told without asking: a value without a name, a name that is there twice. */
export function envProblems(rows: readonly EnvRow[]): readonly EnvProblem[] {
  return rows.flatMap(({ id, name, value, isStored }, index) => {
    const trimmed = name.trim()
    if (trimmed === '') {
      return value === '' && !isStored ? [] : [{ row: id, message: 'A variable needs a name, e.g. HF_HOME.' }]
    }
    const isRepeated = rows.slice(0, index).some((other) => other.name.trim() === trimmed)
    return isRepeated ? [{ row: id, message: `${trimmed} is given twice; keep one of them.` }] : []
  })
}

export function findEnvRow(rows: readonly EnvRow[], name: string): EnvRow | undefined {
  return rows.find((row) => row.name.trim() === name)
}

export function changeEnvRow(rows: readonly EnvRow[], id: number, change: Partial<Omit<EnvRow, 'id'>>): EnvRow[] {
  return rows.map((row) => (row.id === id ? { ...row, ...change } : row))
}

export function addEnvRow(rows: readonly EnvRow[], row: Omit<EnvRow, 'id'>): EnvRow[] {
  return [...rows, { id: Math.max(-1, ...rows.map(({ id }) => id)) + 1, ...row }]
}

/** Gives a variable a value, in its row or in a new one; an empty value takes the row away. */
export function setEnvValue(rows: readonly EnvRow[], name: string, value: string, isSecret: boolean): EnvRow[] {
  const row = findEnvRow(rows, name)
  if (value === '') return rows.filter((other) => other !== row)
  if (row !== undefined) return changeEnvRow(rows, row.id, { value, isStored: false })
  return addEnvRow(rows, { name, value, isSecret, isStored: false })
}

/** `NAME=value`, as it is pasted from a shell, an .env file or a documentation; null if it is none. */
export function parseAssignment(text: string): { readonly name: string; readonly value: string } | null {
  const match = /^\s*(?:export\s+|set\s+|\$env:)?([A-Za-z_][A-Za-z0-9_()]*)\s*=\s*(.*?)\s*$/s.exec(text)
  if (match === null) return null
  const [, name = '', value = ''] = match
  const quoted = /^(["'])(.*)\1$/s.exec(value)
  return { name, value: quoted?.[2] ?? value }
}

/** Values that were typed become plain ones, since there is nowhere to keep them; what is stored already stays there. */
export function withoutSafe(rows: readonly EnvRow[]): EnvRow[] {
  return rows.map((row) => (row.value === '' ? row : { ...row, isSecret: false }))
}
