import type { CommandControl } from '../core/command-control.ts'
import type { HealthConfig, ProbeConfig } from '../core/health-config.ts'
import type { ServiceEntry } from '../core/service-config.ts'
import type { EntryProblem } from './definition.ts'
import type { JsonPath } from './json-position.ts'
import type { Preset } from './presets/preset.ts'
import { type Address, expandTemplate } from './template.ts'

/** What the preset starts its server with. */
export function argsOf({ args, control }: Preset): readonly string[] {
  return control?.start ?? args
}

/**
 * The commands of a service whose preset is controlled by commands; null for any other.
 *
 * @param start what it is started with, host and port already in it
 */
export function controlFor({ control }: Preset, start: readonly string[], address: Address): CommandControl | null {
  if (control === undefined) return null
  const expand = (args: readonly string[]) => args.map((argument) => expandTemplate(argument, address))
  const { status, statusFields, stop } = control
  return { start, status: expand(status), statusFields, stop: expand(stop) }
}

/** What an entry says about a process, which a server that is controlled by commands is not. */
export function controlProblems(entry: ServiceEntry, { id, control }: Preset, health: HealthConfig): EntryProblem[] {
  if (control === undefined) return []
  const problems: EntryProblem[] = []
  const useless = (path: JsonPath, why: string) =>
    problems.push({ path, part: 'key', message: `has no effect with the preset "${id}", ${why}; remove it` })
  const { stop, followsRestart } = entry
  for (const name of ['signal', 'secondSignalAfterSeconds', 'command', 'http'] as const) {
    if (stop[name] !== undefined) useless(['stop', name], 'whose server is stopped by a command of its own')
  }
  if (followsRestart === true) useless(['followsRestart'], 'whose server is known by its port, not by its process')
  if (!asksPort(health))
    problems.push(needsPortProbe(entry.health.type === undefined ? ['health'] : ['health', 'type'], id))
  if (health.readiness !== null && !asksPort(health.readiness))
    problems.push(needsPortProbe(['health', 'readiness'], id))
  return problems
}

/** Its output is not this app's to read, and its port alone tells that it has ended. */
const asksPort = ({ type }: ProbeConfig) => type !== 'none' && type !== 'log'

function needsPortProbe(path: JsonPath, id: string): EntryProblem {
  const message = `expected a probe of the type "http", "tcp" or "command": with the preset "${id}" nothing else tells whether its server is there`
  return { path, part: path.at(-1) === 'type' ? 'value' : 'key', message }
}
