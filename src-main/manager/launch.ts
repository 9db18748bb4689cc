import { homedir } from 'node:os'
import { formatCommand, redactCommand } from '../core/redact.ts'
import type { ServiceDefinition } from '../core/service-config.ts'
import type { ServiceLogs } from '../logs/service-logs.ts'
import { identify, processTable } from '../os/processes/identity.ts'
import type { RunIntent, RunRecordStore } from '../os/run-records.ts'
import { startProcessCrossPlatform } from '../os/spawn.ts'
import type { ProcessHandle } from '../os/started-process.ts'
import type { Program, ProgramResult } from '../services/find-binary.ts'
import { asSentence, explainStartError, refuse, refuseTakenPort } from './launch-refusals.ts'
import { KEY_MARKER, type LaunchResult, RUN_MARKER } from './run.ts'
import { lookUpSecrets, type SecretsOf } from './service-secrets.ts'

export type ProgramResolver = (service: ServiceDefinition) => Promise<ProgramResult>

export interface LaunchContext {
  readonly records: RunRecordStore
  readonly logs: ServiceLogs
  readonly resolveProgram: ProgramResolver
  readonly secretsOf: SecretsOf
  /** The name of our own service that this process belongs to, if any. */
  readonly ownServiceName: (pid: number) => Promise<string | null>
  readonly warn: (message: string) => void
}

export interface LaunchRequest {
  readonly service: ServiceDefinition
  readonly runId: string
  readonly checkPort: boolean
  /** Aborted when the start is called off; looked at before anything irrevocable. */
  readonly signal: AbortSignal
}

/**
 * Starts a run: program found, port free, secrets looked up, intent written, spawned straight into its log files, PID file written, in this
 * crash-safe order (DESIGN.md, D1 and D3). Expected failures are results.
 */
export async function launch(request: LaunchRequest, context: LaunchContext): Promise<LaunchResult> {
  const { service, signal } = request
  const resolved = await context.resolveProgram(service)
  if (!resolved.ok) return refuse(asSentence(resolved.failure))
  const portRefusal = request.checkPort ? await refuseTakenPort(service, context.ownServiceName) : null
  if (portRefusal !== null) return portRefusal
  const bootId = await processTable().bootId()
  const found = lookUpSecrets(service, context.secretsOf)
  const secrets = found instanceof Promise ? await found : found
  if (!secrets.ok) return refuse(secrets.failure)
  if (signal.aborted) return refuse({ code: 'stopped', message: 'The start was called off.', hint: '' })
  return spawnRecorded(request, resolved.program, secrets.values, bootId, context)
}

async function spawnRecorded(
  { service, runId }: LaunchRequest,
  program: Program,
  secrets: Readonly<Record<string, string>>,
  bootId: string,
  { records, logs, warn }: LaunchContext,
): Promise<LaunchResult> {
  const { key } = service
  const command = [program.command, ...program.args, ...service.args] as [string, ...string[]]
  // A program that is part of the app is a detail of ours; people know it by the name they configured.
  const shown = program.args.length === 0 ? command : [service.binName, ...service.args]
  const address = { host: service.host, port: service.port }
  let intent: RunIntent
  let handle: ProcessHandle
  try {
    const base = { key, nonce: runId, bootId, command: redactCommand(shown), startedAt: Date.now() }
    intent = { ...base, startedBy: process.pid, address, logOffsets: logs.offsets(key) }
    records.writeIntent(intent)
    handle = await spawnIntoLogs(service, runId, command, { ...program.env, ...service.env, ...secrets }, logs)
  } catch (error) {
    records.removeIntent(key)
    return refuse(explainStartError(error))
  }
  const { pid } = handle
  // It may have ended already. Then nothing has this identity, nothing can be mistaken for it, and the exit tells all.
  const identity = (await identify(pid)) ?? { pid, createdAt: 'ended before it could be looked at', bootId }
  // The service runs and the intent is on disk: should it not be written before the app dies, its marker is found.
  const error = records.keepRecord({ ...intent, identity })
  if (error !== null) {
    warn(`The PID file of ${service.name} could not be written yet: ${explainStartError(error).message}`)
  }
  const instance = { runId, pid, startedAt: intent.startedAt, origin: 'spawned' } as const
  const { exited } = handle
  const { command: shownCommand, logOffsets = null } = intent
  const own = { exited, seenExit: () => null, unwatch: () => undefined }
  return {
    ok: true,
    run: { instance, identity, command: shownCommand, address, logOffsets, isWatched: true, ...own },
  }
}

async function spawnIntoLogs(
  service: ServiceDefinition,
  runId: string,
  command: [string, ...string[]],
  variables: Readonly<Record<string, string>>,
  logs: ServiceLogs,
): Promise<ProcessHandle> {
  const open = logs.openForAppend(service.key)
  try {
    return await startProcessCrossPlatform({
      command,
      cwd: service.cwd ?? homedir(),
      env: { ...process.env, ...variables, [KEY_MARKER]: service.key },
      captureOutput: open,
      marker: { name: RUN_MARKER, value: runId },
      consoleEvent: service.windowsStop ?? 'ctrl-break',
    })
  } finally {
    open.close()
  }
}

/** How the service would be started, for people to read. */
export function describeCommand(service: ServiceDefinition): string {
  return formatCommand(redactCommand([service.binName, ...service.args]))
}
