import { isLoopback } from '../../core/address.ts'
import { redactCommand } from '../../core/redact.ts'
import type { Preset } from '../presets/preset.ts'
import { looksSecret } from '../secret-names.ts'
import type { SecretStorage } from '../secret-store.ts'
import type { JsonEntry } from './file-entries.ts'
import { namedSecrets } from './secret-changes.ts'

/** What is worth knowing about an entry, but no obstacle. */
export function entryWarnings(
  entry: JsonEntry,
  preset: Preset | undefined,
  { storage, detail }: SecretStorage,
): string[] {
  return [
    ...exposureWarnings(entry, preset),
    ...(storage === 'none' ? [] : plainSecretWarnings(entry, detail)),
    ...argumentWarnings(entry),
  ]
}

/** A model server that everybody in the network can use should ask for a key. */
function exposureWarnings(entry: JsonEntry, preset: Preset | undefined): string[] {
  const host = asObject(entry.args).host ?? '127.0.0.1'
  if (typeof host !== 'string' || isLoopback(host) || hasKey(entry, preset)) return []
  const where = host === '0.0.0.0' || host === '::' ? `on all addresses of this machine (${host})` : `at ${host}`
  const danger = `It listens ${where} without a key: everybody who reaches this machine can use it.`
  if (preset === undefined || preset.id === 'custom') return [`${danger} Make sure that it asks for a key.`]
  if (!preset.keyVariable)
    return [`${danger} ${preset.title} has no key of its own; use 127.0.0.1 if only you need it.`]
  return [`${danger} Set ${preset.keyVariable}, or use 127.0.0.1 if only you need it.`]
}

function hasKey(entry: JsonEntry, preset: Preset | undefined): boolean {
  const env = asObject(entry.env)
  const given = [...Object.keys(env).filter((name) => env[name] !== ''), ...namedSecrets(entry)]
  // Which variable any other program reads its key from is not known.
  if (preset === undefined || preset.id === 'custom')
    return given.some(looksSecret) || secretArguments(entry).length > 0
  if (!preset.keyVariable) return false
  return given.includes(preset.keyVariable) || secretArguments(entry).length > 0
}

function plainSecretWarnings(entry: JsonEntry, detail: string): string[] {
  const env = asObject(entry.env)
  return Object.keys(env)
    .filter((name) => looksSecret(name) && typeof env[name] === 'string' && env[name] !== '')
    .map(
      (name) =>
        `${name} looks like a secret. It could be kept in the system’s safe storage (${detail}) instead of services.json.`,
    )
}

function argumentWarnings(entry: JsonEntry): string[] {
  return secretArguments(entry).map(
    (option) =>
      `Everybody on this machine can read arguments, also the value of ${option}: put it into the environment.`,
  )
}

/** Options that have a secret as their value. */
function secretArguments(entry: JsonEntry): string[] {
  const { extraArgs } = asObject(entry.args)
  const args = Array.isArray(extraArgs) ? extraArgs.filter((item): item is string => typeof item === 'string') : []
  const shown = redactCommand(args)
  const found = args.flatMap((argument, index) => {
    if (shown[index] === argument) return []
    const equals = argument.indexOf('=')
    const isPair = equals > 0 && shown[index]?.startsWith(argument.slice(0, equals + 1)) === true
    return [isPair ? argument.slice(0, equals) : (args[index - 1] ?? '')]
  })
  return [...new Set(found)]
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
