import {
  type CommandControl,
  isSaidHere,
  readServerStatus,
  type ServerStatus,
  type Sighting,
  sightingOf,
  whereabouts,
} from '../core/command-control.ts'
import { describeExit } from '../core/exit.ts'
import type { Failure } from '../core/failure.ts'
import type { HealthConfig } from '../core/health-config.ts'
import { formatCommand, redactCommand } from '../core/redact.ts'
import type { ServiceDefinition } from '../core/service-config.ts'
import { processTable } from '../os/processes/identity.ts'
import type { LogOffsets } from '../os/run-records.ts'
import { type CommandEnd, runControlCommand } from './control-command.ts'
import { asSentence, explainStartError } from './launch-refusals.ts'
import { probeOnce } from './probe.ts'
import { readLastWords } from './read-last-words.ts'
import type { RunnerContext } from './runner.ts'

/** A service with `control` and a port. */
export interface ControlledService extends ServiceDefinition {
  readonly control: CommandControl
  readonly port: number
}

export function isControlled(service: ServiceDefinition): service is ControlledService {
  return service.control !== undefined && service.port !== null
}

/** What became of a command. */
export interface CommandOutcome {
  /** Null if it says that all went well. */
  readonly failure: Failure | null
  /** Its process, and where its output begins; null if it was never started. */
  readonly command: StartedCommand | null
}

export interface StartedCommand {
  readonly pid: number
  readonly logOffsets: LogOffsets
}

/** A command starts a program, which asks another one: it gets so many times what one answer may take. */
const STATUS_FACTOR = 3
/** An app that has to be started first may take a while. */
const MAX_START_SECONDS = 120

/** What the outside says of a server that only commands control: its port, its status, its commands. Keeps no state of it. */
export class ControlledServer {
  readonly #context: RunnerContext
  /** Commands that have the service's logs open. */
  #logging = 0

  constructor(context: RunnerContext) {
    this.#context = context
  }

  /** Whether a command is writing into the service's logs. */
  get isLogging(): boolean {
    return this.#logging > 0
  }

  /** Who is at the service's port. No process is started for it. */
  async look(service: ServiceDefinition, signal: AbortSignal = new AbortController().signal): Promise<Sighting> {
    const target = { ...service, health: portProbe(service.health) }
    const { resolveProgram, secretsOf } = this.#context
    return sightingOf(
      await probeOnce(
        { service: target, isReady: true, isExternal: true, log: null, resolveProgram, secretsOf },
        signal,
      ),
    )
  }

  /** The process that listens on the port; null if nobody does or the system does not tell. */
  async holder(port: number): Promise<number | null> {
    const listeners = await processTable()
      .listeners(new Set([port]))
      .catch(() => [])
    return listeners.find(({ pid }) => pid !== null)?.pid ?? null
  }

  /** Null if it could not be asked, or its answer not understood. */
  async askStatus(service: ControlledService, signal: AbortSignal): Promise<ServerStatus | null> {
    const { control, health } = service
    const resolved = await this.#context.resolveProgram(service)
    if (!resolved.ok) return null
    const end = await runControlCommand({
      service,
      secretsOf: this.#context.secretsOf,
      program: resolved.program,
      args: control.status,
      timeoutMs: health.timeoutSeconds * STATUS_FACTOR * 1000,
      signal,
      output: null,
    })
    return end.kind === 'exited' ? readServerStatus(end.stdout, control.statusFields) : null
  }

  /** Whether the server is on its port. The status is asked only if the port does not tell. */
  async isHere(service: ControlledService, signal: AbortSignal): Promise<boolean> {
    const sighting = await this.look(service, signal)
    if (sighting === 'itself') return true
    if (sighting === 'nobody' || sighting === 'other') return false
    return whereabouts(sighting, await this.askStatus(service, signal), service.port) === 'here'
  }

  /** Null if the port is dead and the status does not say otherwise. */
  async isGone(service: ControlledService, signal: AbortSignal): Promise<'gone' | 'in-doubt' | 'there'> {
    const sighting = await this.look(service, signal)
    if (sighting !== 'nobody' && sighting !== 'other') return 'there'
    return isSaidHere(await this.askStatus(service, signal), service.port) ? 'in-doubt' : 'gone'
  }

  /** Runs the start command, its output in the service's logs. */
  start(service: ControlledService, signal: AbortSignal): Promise<CommandOutcome> {
    const seconds = Math.min(service.health.startGraceSeconds, MAX_START_SECONDS)
    return this.#runLogged(service, service.control.start, seconds * 1000, signal)
  }

  /** Runs the stop command, its output in the service's logs. */
  stop(service: ControlledService, timeoutMs: number, signal: AbortSignal): Promise<CommandOutcome> {
    return this.#runLogged(service, service.control.stop, timeoutMs, signal)
  }

  async #runLogged(
    service: ControlledService,
    args: readonly string[],
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<CommandOutcome> {
    const { logs, resolveProgram } = this.#context
    const resolved = await resolveProgram(service)
    if (!resolved.ok) return { failure: asSentence(resolved.failure), command: null }
    this.#logging += 1
    try {
      const logOffsets = logs.offsets(service.key)
      const output = logs.openForAppend(service.key)
      const end = await runControlCommand({
        service,
        secretsOf: this.#context.secretsOf,
        program: resolved.program,
        args,
        timeoutMs,
        signal,
        output,
      }).finally(() => output.close())
      logs.keeper.look(service.key)
      const shown = formatCommand(redactCommand([service.binName, ...args]))
      const failure = describeEnd(end, shown, timeoutMs, () => readLastWords(logs, service.key, logOffsets))
      return { failure, command: 'pid' in end ? { pid: end.pid, logOffsets } : null }
    } catch (error) {
      return { failure: explainStartError(error), command: null }
    } finally {
      this.#logging -= 1
    }
  }
}

/** The service's probe if it asks the port who it is; else a connection. Never a command. */
function portProbe(health: HealthConfig): HealthConfig {
  return { ...health, readiness: null, type: health.type === 'http' ? 'http' : 'tcp' }
}

function describeEnd(
  end: CommandEnd,
  command: string,
  timeoutMs: number,
  words: () => readonly string[],
): Failure | null {
  const hint = 'Look at the end of its output for the reason.'
  switch (end.kind) {
    case 'exited': {
      if (end.exit.code === 0) return null
      const message = `"${command}" ended with ${describeExit(end.exit)}.`
      return { code: 'command-failed', message, hint, details: words() }
    }
    case 'timed-out': {
      const message = `"${command}" did not end within ${Number((timeoutMs / 1000).toFixed(1))} s.`
      return { code: 'command-timed-out', message, hint, details: words() }
    }
    case 'called-off':
      return { code: 'stopped', message: `"${command}" was called off.`, hint: '' }
    case 'not-started':
      return end.failure
  }
}
