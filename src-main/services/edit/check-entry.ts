import { homedir } from 'node:os'
import { type ServiceDefinition, type ServiceEntry, serviceSchema } from '../../core/service-config.ts'
import { toDefinition } from '../definition.ts'
import { checkServices } from '../parse-services.ts'
import type { PresetTable } from '../presets/presets.ts'
import { type FieldProblem, keyStays, keyTaken, problemsOfEntry } from './edit-result.ts'
import type { JsonEntry } from './file-entries.ts'

/**
 * What is wrong with an entry if it came to the others, or took the place of one of them: the rules are those of the whole
 * file.
 *
 * @param replaces the key of the entry that it replaces; null for a new one
 */
export function entryProblems(
  entry: JsonEntry,
  replaces: string | null,
  entries: readonly ServiceEntry[],
  presets: PresetTable,
): FieldProblem[] {
  const { key } = entry
  const own: FieldProblem[] = []
  if (replaces !== null && key !== replaces) own.push(keyStays)
  else if (typeof key === 'string' && isTaken(key, replaces, entries)) {
    own.push({ path: ['key'], message: keyTaken(key).failure.message })
  }
  const others = entries.filter((other) => other.key !== replaces)
  const text = JSON.stringify({ version: 1, services: [...others, entry] })
  const checked = checkServices(text, presets)
  const found = checked.ok ? [] : checked.problems
  // About the key all is said already, and what others miss may be a consequence of it.
  const rest = found.filter(({ path = [] }) => path[1] === others.length && path[2] !== 'key')
  return [...own, ...problemsOfEntry(own.length === 0 ? found : rest, others.length)]
}

function isTaken(key: string, replaces: string | null, entries: readonly ServiceEntry[]): boolean {
  return entries.some((other) => other.key !== replaces && other.key.toLowerCase() === key.toLowerCase())
}

/**
 * The service as far as its command goes, whatever else of the entry is wrong or missing yet; null while preset, program,
 * arguments or environment are.
 */
export function sketchOf(entry: JsonEntry, presets: PresetTable): ServiceDefinition | null {
  const { preset, binName, args, env } = entry
  const given = Object.fromEntries(
    Object.entries({ preset, binName, args, env }).filter(([, value]) => value !== undefined),
  )
  // Any folder: that there is one may be a rule of the preset.
  const parsed = serviceSchema.safeParse({ key: 'entry:sketch', cwd: homedir(), ...given })
  const result = parsed.success ? toDefinition(parsed.data, presets) : null
  return result?.ok === true ? result.definition : null
}

/** Where the service would listen; null while that is wrong, or if it has no port. */
export function addressOf(entry: JsonEntry, presets: PresetTable): { host: string; port: number } | null {
  const args = serviceSchema.shape.args.safeParse(entry.args ?? {})
  const preset = serviceSchema.shape.preset.safeParse(entry.preset)
  if (!args.success || !preset.success) return null
  const known = Object.hasOwn(presets, preset.data) ? presets[preset.data] : undefined
  const port = args.data.port ?? known?.defaultPort ?? null
  return port === null ? null : { host: args.data.host, port }
}
