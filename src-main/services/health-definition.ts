import {
  defaultHealth,
  type HealthConfig,
  type HealthEntry,
  type ProbeConfig,
  type ReadinessEntry,
} from '../core/health-config.ts'
import type { EntryProblem } from './definition.ts'
import type { JsonPath } from './json-position.ts'
import { type Address, expandTemplate } from './template.ts'

type ProbeType = ProbeConfig['type']

/** The keys that say what a probe asks for, and the type each belongs to. */
const SUBJECTS = { path: 'http', expectBody: 'http', command: 'command', logText: 'log', logPattern: 'log' } as const
const subjects = Object.keys(SUBJECTS) as (keyof typeof SUBJECTS)[]

/** "health" of an entry over that of its preset, over the defaults. */
export function healthFor(entry: HealthEntry, preset: HealthEntry, address: Address): HealthConfig {
  const given = definedOf(entry)
  // What it asks for comes from one place: the preset's text is not to be expected from another path.
  const type = typeOf(entry) ?? typeOf(preset) ?? (address.port === null ? 'none' : 'tcp')
  const own = subjects.some((subject) => entry[subject] !== undefined)
  const base = definedOf(own || type !== typeOf(preset) ? withoutSubjects(preset) : preset)
  const { readiness: _readiness, command = null, ...health } = { ...defaultHealth, ...base, ...given, type }
  // What a person says counts always; what we chose gives way to rest.
  const unwatchedIntervalSeconds =
    entry.intervalSeconds ?? Math.max(health.intervalSeconds, defaultHealth.unwatchedIntervalSeconds)
  const merged = { ...health, unwatchedIntervalSeconds, readiness: null, command: expandAll(command, address) }
  const readiness = entry.readiness ?? (typeOf(entry) === undefined ? preset.readiness : undefined)
  return readiness === undefined ? merged : { ...merged, readiness: readinessFor(readiness, merged, address) }
}

/** Its times are those of the other probe unless it has its own; what it asks for is never taken from there. */
function readinessFor(entry: ReadinessEntry, health: HealthConfig, address: Address): ProbeConfig {
  const { intervalSeconds, timeoutSeconds } = health
  const { path, expectBody, command, logText, logPattern } = defaultHealth
  const base = { path, expectBody, command, logText, logPattern, intervalSeconds, timeoutSeconds, successThreshold: 1 }
  const type = typeOf(entry) ?? health.type
  const probe = { ...base, ...definedOf(entry), type }
  return { ...probe, command: expandAll(probe.command, address) }
}

/** The type that is given, or that the first of the other keys belongs to. */
function typeOf(entry: HealthEntry | ReadinessEntry): ProbeType | undefined {
  const subject = subjects.find((name) => entry[name] !== undefined)
  return entry.type ?? (subject === undefined ? undefined : SUBJECTS[subject])
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> }

function definedOf<T extends object>(entry: T): Defined<T> {
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== undefined)) as Defined<T>
}

function withoutSubjects(entry: HealthEntry): HealthEntry {
  const names: readonly string[] = subjects
  return Object.fromEntries(Object.entries(entry).filter(([name]) => !names.includes(name)))
}

function expandAll(command: readonly string[] | null, address: Address): string[] | null {
  return command?.map((argument) => expandTemplate(argument, address)) ?? null
}

/** What an entry says about its probes but could not take effect. */
export function healthProblems(entry: HealthEntry, health: HealthConfig, port: number | null): EntryProblem[] {
  const problems = probeProblems(entry, health, port, ['health'])
  if (entry.readiness === undefined || health.readiness === null) return problems
  return [...problems, ...probeProblems(entry.readiness, health.readiness, port, ['health', 'readiness'])]
}

function probeProblems(
  entry: HealthEntry | ReadinessEntry,
  probe: ProbeConfig,
  port: number | null,
  place: JsonPath,
): EntryProblem[] {
  const { type } = probe
  const at = (key: string, part: 'key' | 'value', message: string): EntryProblem => ({
    path: [...place, key],
    part,
    message,
  })
  if (port === null && (type === 'http' || type === 'tcp')) {
    const message = `a probe of type "${type}" needs a port; add "port" to "args", or use "type": "none"`
    return [at(entry.type === undefined ? 'path' : 'type', 'value', message)]
  }
  const idle = subjects.filter((name) => entry[name] !== undefined && SUBJECTS[name] !== type)
  if (idle.length > 0) {
    return idle.map((name) =>
      at(name, 'key', `has no effect with "type": "${type}"; remove it, or use "type": "${SUBJECTS[name]}"`),
    )
  }
  if (type === 'command' && (probe.command?.[0] ?? '') === '') {
    const message = 'expected the program to run and its arguments, each a text of its own, for example ["pg_isready"]'
    return [at('command', 'value', message)]
  }
  if (type === 'command' && port === null && probe.command?.some((argument) => argument.includes('{port}'))) {
    return [at('command', 'value', '{port} is used, but the service has no port; add "port" to "args"')]
  }
  if (type === 'log' && (probe.logText === null) === (probe.logPattern === null)) {
    const message =
      probe.logText === null
        ? 'is missing; a probe of type "log" needs "logText" or "logPattern"'
        : 'has no effect beside "logText"; remove one of the two'
    return [at(probe.logText === null ? 'logText' : 'logPattern', 'key', message)]
  }
  return []
}
