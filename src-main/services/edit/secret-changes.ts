import type { SecretStore } from '../secret-store.ts'
import type { SealedSecrets } from '../secrets-file.ts'
import { badEntry, type EditResult, type FieldProblem, refuse } from './edit-result.ts'

/** New values by variable; null: the stored one is removed. */
export type SecretChanges = Readonly<Record<string, string | null>>

/** The same, encrypted. */
export type SealedChanges = ReadonlyMap<string, string | null>

/**
 * Encrypts what a person has entered. Fails with `bad-entry` for a value that no variable can have or that the entry does
 * not name, and with `no-safe-storage`; no value is ever in a message.
 */
export async function sealChanges(
  changes: SecretChanges,
  named: readonly string[],
  store: SecretStore,
): Promise<EditResult<SealedChanges>> {
  const problems = Object.entries(changes).flatMap(([name, value]) => problemOf(name, value, named))
  if (problems.length > 0) return badEntry(problems)
  const sealed = new Map<string, string | null>()
  for (const [name, value] of Object.entries(changes)) {
    const secret = value === null ? null : await store.seal(value)
    if (value !== null && secret === null) {
      const { detail } = await store.info()
      const message = `${name} cannot be kept as a secret on this machine: ${detail}.`
      return refuse('no-safe-storage', message, 'Put it into "env" instead: only you can read services.json.')
    }
    sealed.set(name, secret)
  }
  return { ok: true, value: sealed }
}

function problemOf(name: string, value: string | null, named: readonly string[]): FieldProblem[] {
  const path = ['secrets', name]
  if (value === null) return []
  if (!named.includes(name))
    return [{ path, message: `${name} has a value, but "secrets" of the entry does not name it` }]
  if (value === '') return [{ path, message: `${name} is empty; enter a value, or remove it` }]
  if (value.includes('\0')) return [{ path, message: `${name} must not contain a NUL character` }]
  return []
}

/** The values of an entry that names these: the new ones, and what is stored already. */
export function appliedTo(stored: SealedSecrets, changes: SealedChanges, named: readonly string[]): SealedSecrets {
  const values = new Map<string, string>()
  for (const name of named) {
    const value = changes.has(name) ? changes.get(name) : stored.get(name)
    if (value != null) values.set(name, value)
  }
  return values
}

/** What an entry that may still be wrong names under "secrets". */
export function namedSecrets(entry: Readonly<Record<string, unknown>>): string[] {
  const { secrets } = entry
  return Array.isArray(secrets) ? secrets.filter((name): name is string => typeof name === 'string') : []
}
