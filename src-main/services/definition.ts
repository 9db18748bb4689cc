import path from 'node:path'
import {
  defaultStop,
  type ServiceDefinition,
  type ServiceEntry,
  type StopConfig,
  toLogLimits,
} from '../core/service-config.ts'
import { argsOf, controlFor, controlProblems } from './control-definition.ts'
import { listInWords } from './expectation.ts'
import { healthFor, healthProblems } from './health-definition.ts'
import type { JsonPath, Part } from './json-position.ts'
import { nearest } from './nearest.ts'
import { EXTRA_ARGS, forPlatform, type Preset } from './presets/preset.ts'
import type { PresetTable } from './presets/presets.ts'
import { secretProblems } from './secret-names.ts'
import { type Address, expandTemplate, usesAddress } from './template.ts'

/** Something wrong with an entry, and where: the path is relative to the entry. */
export interface EntryProblem {
  readonly path: JsonPath
  readonly part: Part
  readonly message: string
}

export type DefinitionResult =
  | { readonly ok: true; readonly definition: ServiceDefinition }
  | { readonly ok: false; readonly problems: readonly EntryProblem[] }

/**
 * Applies its preset to an entry of services.json: what the entry leaves out comes from the preset, then from the
 * defaults. What the entry says but could not take effect is a problem, never dropped.
 */
export function toDefinition(
  entry: ServiceEntry,
  presets: PresetTable,
  platform: NodeJS.Platform = process.platform,
): DefinitionResult {
  const preset = Object.hasOwn(presets, entry.preset) ? presets[entry.preset] : undefined
  if (preset === undefined) {
    return { ok: false, problems: [unknownPreset(entry.preset, Object.keys(presets).sort())] }
  }
  const address: Address = { host: entry.args.host, port: entry.args.port ?? preset.defaultPort }
  const health = healthFor(entry.health, preset.health, address)
  const binName = entry.binName ?? forPlatform(preset.binNames, platform)[0]
  const problems = [
    ...directoryProblems(entry, preset, platform),
    ...healthProblems(entry.health, health, address.port),
    ...hostProblems(entry, preset),
    ...addressProblems(entry, preset, address.port),
    ...secretProblems(entry, preset, platform),
    ...stopProblems(entry, address.port),
    ...controlProblems(entry, preset, health),
    ...logProblems(entry),
  ]
  if (entry.followsRestart === true && address.port === null) {
    const message = 'needs a port, to recognise the server by; add "port" to "args"'
    problems.push({ path: ['followsRestart'], part: 'key', message })
  }
  if (binName === undefined) {
    const what = preset.needs?.binName ?? 'the program to run'
    const message = `is missing; the preset "${preset.id}" needs ${what}: a name in PATH or an absolute path`
    problems.push({ path: ['binName'], part: 'value', message })
  }
  if (binName === undefined || problems.length > 0) {
    return { ok: false, problems }
  }
  const args = withExtraArgs(argsOf(preset), entry.args.extraArgs).map((argument) => expandTemplate(argument, address))
  const control = controlFor(preset, args, address)
  const presetEnv = Object.entries(preset.env).map(([name, value]) => [name, expandTemplate(value, address)])
  return {
    ok: true,
    definition: {
      key: entry.key,
      name: entry.name ?? entry.key,
      preset: preset.id,
      binName,
      args,
      host: address.host,
      port: address.port,
      env: { ...Object.fromEntries(presetEnv), ...entry.env },
      secrets: entry.secrets,
      cwd: entry.cwd ?? null,
      after: entry.after,
      autoStart: entry.autoStart,
      restart: entry.restart,
      health,
      graceSeconds: entry.stop.graceSeconds,
      stop: stopFor(entry, preset, address),
      followsRestart: entry.followsRestart ?? preset.followsRestart ?? false,
      windowsStop: preset.windowsStop,
      log: toLogLimits(entry.log),
      ...(control === null ? {} : { control }),
    },
  }
}

function withExtraArgs(args: readonly string[], extraArgs: readonly string[]): readonly string[] {
  if (!args.includes(EXTRA_ARGS)) return [...args, ...extraArgs]
  return args.flatMap((argument) => (argument === EXTRA_ARGS ? extraArgs : [argument]))
}

function unknownPreset(name: string, known: readonly string[]): EntryProblem {
  const meant = nearest(name, known)
  const hint = meant === undefined ? '' : `; did you mean "${meant}"?`
  const message = `expected one of ${listInWords(known)}, got ${JSON.stringify(name)}${hint}`
  return { path: ['preset'], part: 'value', message }
}

function stopFor({ stop }: ServiceEntry, preset: Preset, address: Address): StopConfig {
  const halfWay = preset.stop?.secondSignalHalfWay === true ? stop.graceSeconds / 2 : null
  return {
    signal: stop.signal ?? preset.stop?.signal ?? defaultStop.signal,
    secondSignalAfterSeconds: stop.secondSignalAfterSeconds ?? halfWay,
    command: stop.command?.map((argument) => expandTemplate(argument, address)) ?? null,
    http: stop.http ?? null,
  }
}

function stopProblems({ stop }: ServiceEntry, port: number | null): EntryProblem[] {
  const problems: EntryProblem[] = []
  if (stop.command !== undefined && stop.http !== undefined) {
    problems.push({
      path: ['stop', 'http'],
      part: 'key',
      message: 'has no effect beside "command"; remove one of them',
    })
  }
  if (stop.http !== undefined && port === null) {
    problems.push({ path: ['stop', 'http'], part: 'key', message: 'needs a port; add "port" to "args"' })
  }
  const { secondSignalAfterSeconds: second, graceSeconds } = stop
  if (second !== undefined && second >= graceSeconds) {
    const message = `expected less than the grace period of ${graceSeconds} seconds, got ${second}`
    problems.push({ path: ['stop', 'secondSignalAfterSeconds'], part: 'value', message })
  }
  return problems
}

function logProblems({ log: { maxFileMegabytes, maxTotalMegabytes } }: ServiceEntry): EntryProblem[] {
  if (maxTotalMegabytes >= 2 * maxFileMegabytes) return []
  const message = `expected at least twice maxFileMegabytes (${maxFileMegabytes}), so that both streams fit, got ${maxTotalMegabytes}`
  return [{ path: ['log', 'maxTotalMegabytes'], part: 'value', message }]
}

function directoryProblems(entry: ServiceEntry, { id, needs }: Preset, platform: NodeJS.Platform): EntryProblem[] {
  if (entry.cwd === undefined && needs?.cwd !== undefined) {
    const message = `is missing; the preset "${id}" needs ${needs.cwd}: an absolute path`
    return [{ path: ['cwd'], part: 'value', message }]
  }
  const flavour = platform === 'win32' ? path.win32 : path.posix
  // On Windows "\models" counts as absolute but depends on the current drive.
  const absolute = entry.cwd === undefined || (flavour.isAbsolute(entry.cwd) && flavour.parse(entry.cwd).root !== '\\')
  if (absolute) {
    return []
  }
  const hint = entry.cwd?.startsWith('~') ? '; write the whole path, ~ is not replaced' : ''
  const message = `expected an absolute path, got ${JSON.stringify(entry.cwd)}${hint}`
  return [{ path: ['cwd'], part: 'value', message }]
}

function hostProblems({ args: { host } }: ServiceEntry, { id, onlyHost = host }: Preset): EntryProblem[] {
  if (host === onlyHost) return []
  const message = `expected "${onlyHost}", got "${host}"; the preset "${id}" cannot tell its server another address`
  return [{ path: ['args', 'host'], part: 'value', message }]
}

/** The address has one place, `args.host` and `args.port`; a second one would silently move the server from its probe. */
function addressProblems(entry: ServiceEntry, preset: Preset, port: number | null): EntryProblem[] {
  const problems: EntryProblem[] = []
  const args = argsOf(preset)
  const isPassed = (flag: string, index: number) => flag.startsWith('-') && usesAddress(args[index + 1] ?? '')
  const flags = [...args.filter(isPassed), ...(preset.addressFlags ?? [])]
  entry.args.extraArgs.forEach((argument, index) => {
    const flag = flags.find((name) => argument === name || argument.startsWith(`${name}=`))
    const place = { path: ['args', 'extraArgs', index], part: 'value' } as const
    if (flag !== undefined) {
      problems.push({ ...place, message: `${flag} comes from "host" and "port" in "args"; change those instead` })
    } else if (port === null && argument.includes('{port}')) {
      problems.push({ ...place, message: '{port} is used, but the service has no port; add "port" to "args"' })
    }
  })
  for (const name of Object.keys(entry.env)) {
    if (usesAddress(preset.env[name] ?? '')) {
      const message = `${name} comes from "host" and "port" in "args"; change those instead`
      problems.push({ path: ['env', name], part: 'key', message })
    }
  }
  return problems
}
