import { createHash } from 'node:crypto'
import type { ServiceEntry } from '../../core/service-config.ts'
import { nextFreePort } from '../../os/ports.ts'
import type { CurrentFile, FileChange } from '../config-store.ts'
import { listInWords } from '../expectation.ts'
import { type EditResult, noSuchEntry, refuse } from './edit-result.ts'
import { portsOf } from './entry-ports.ts'
import { keyOfCopy, nameOfCopy } from './free-names.ts'
import { valueAt } from './json-edit.ts'

// Looks at the entries of a services.json that has no problems.

/** An entry of services.json as somebody has written it; it may be wrong. */
export type JsonEntry = Readonly<Record<string, unknown>>

/** Where the entries are in the file. */
export const LIST = ['services'] as const

export const indexOf = ({ entries }: CurrentFile, key: string) => entries.findIndex((entry) => entry.key === key)

export const isTaken = ({ entries }: CurrentFile, key: string) =>
  entries.some((entry) => entry.key.toLowerCase() === key.toLowerCase())

export function revisionOf(text: string, index: number): string {
  return createHash('sha256')
    .update(JSON.stringify(valueAt(text, [...LIST, index])))
    .digest('hex')
}

/** A text in which this entry is new or changed. */
export function stored(text: string, index: number) {
  const entry = valueAt(text, [...LIST, index]) as JsonEntry
  return { ok: true, value: { text, index, value: { entry, revision: revisionOf(text, index) } } } as const
}

export function read(file: CurrentFile, key: string) {
  const index = indexOf(file, key)
  return index === -1 ? noSuchEntry(key) : stored(file.text, index)
}

/** With its revision. */
export function mayBeDeleted(file: CurrentFile, key: string): EditResult<FileChange<string>> {
  const index = indexOf(file, key)
  const entry = file.entries[index]
  if (entry === undefined) return noSuchEntry(key)
  const needing = file.entries.filter(({ after }) => after.some((other) => other.key === key))
  if (needing.length > 0) {
    const message = `${nameOf(entry)} is needed by ${listInWords(needing.map(nameOf), 'and')}.`
    return refuse('needed-by', message, 'Take it out of what they are started after, first.')
  }
  return { ok: true, value: { text: file.text, index: null, value: revisionOf(file.text, index) } }
}

const nameOf = ({ key, name }: ServiceEntry) => name ?? key

export async function copyOf(
  { text, entries, definitions }: CurrentFile,
  index: number,
): Promise<EditResult<JsonEntry>> {
  const { autoStart: _autoStart, ...original } = valueAt(text, [...LIST, index]) as JsonEntry
  const names = definitions.map(({ name }) => name)
  const { key, name } = entries[index] ?? { key: '' }
  const { host = '', port = null } = definitions[index] ?? {}
  const copy = {
    ...original,
    key: keyOfCopy(
      key,
      entries.map((entry) => entry.key),
    ),
    ...(name === undefined ? {} : { name: nameOfCopy(name, names) }),
  }
  if (port === null) return { ok: true, value: copy }
  const free = await nextFreePort(host, port, new Set(portsOf(definitions).keys()))
  if (free === null)
    return refuse('no-free-port', `None of the hundred ports after ${port} is free.`, 'Add it by hand.')
  return { ok: true, value: { ...copy, args: { ...(original.args as object | undefined), port: free } } }
}
