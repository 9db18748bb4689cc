import { whereabouts } from '../core/command-control.ts'
import type { Failure } from '../core/failure.ts'
import type { ControlledServer, ControlledService, StartedCommand } from './controlled-server.ts'
import { asSentence, type Refusal, refuse, refusePortOf, refuseTakenPort } from './launch-refusals.ts'
import type { RunnerContext } from './runner.ts'

export interface StartByCommand {
  readonly service: ControlledService
  readonly checkPort: boolean
  /** Aborted when the start is called off: ends the command under way. */
  readonly signal: AbortSignal
  /** Aborted when the app lets go: a start command under way goes on, and none is begun. */
  readonly letGo: AbortSignal
}

export type StartedServer =
  | { readonly ok: true; readonly origin: 'spawned'; readonly pid: number | null; readonly command: StartedCommand }
  /** It was there already. */
  | { readonly ok: true; readonly origin: 'adopted'; readonly pid: number | null; readonly command: null }
  | Refusal

type Context = Pick<RunnerContext, 'ownServiceName' | 'resolveProgram'>

/**
 * Starts a server by its command, unless it is there already. It is started once, however often it is asked: what counts
 * is who is at its port, not what anybody remembers.
 */
export async function startByCommand(
  request: StartByCommand,
  server: ControlledServer,
  context: Context,
): Promise<StartedServer> {
  const { service, checkPort, signal, letGo } = request
  const { port } = service
  const sighting = await server.look(service, signal)
  if (sighting === 'itself') return takeAsRunning(service, server, context)
  const resolved = await context.resolveProgram(service)
  if (!resolved.ok) return refuse(asSentence(resolved.failure))
  const status = await server.askStatus(service, signal)
  const place = whereabouts(sighting, status, port)
  if (place === 'here') return takeAsRunning(service, server, context)
  if (place === 'elsewhere' && status !== null && status.port !== null) {
    // The status may be wrong about that as well.
    const there = await server.look({ ...service, port: status.port }, signal)
    if (whereabouts(there, status, status.port) === 'here') return refuse(runsElsewhere(service, status.port))
  }
  const refusal = checkPort ? await refuseTakenPort(service, context.ownServiceName) : null
  if (refusal !== null) {
    // It may have come meanwhile: by somebody else, or by the start command of an app that was killed.
    const isTakenByIt = refusal.holder !== null && (await server.look(service, signal)) === 'itself'
    return isTakenByIt ? takeAsRunning(service, server, context) : refusal
  }
  if (signal.aborted || letGo.aborted)
    return refuse({ code: 'stopped', message: 'The start was called off.', hint: '' })
  return runStart(request, server)
}

async function runStart({ service, signal }: StartByCommand, server: ControlledServer): Promise<StartedServer> {
  const { failure, command } = await server.start(service, signal)
  if (command === null) return refuse(failure ?? neverStarted)
  // A start that was called off, or that says it failed, may have done its work all the same: it is ended as any other.
  const isUnderWay = failure === null || signal.aborted || (await server.look(service)) === 'itself'
  if (!isUnderWay) return refuse(failure)
  return { ok: true, origin: 'spawned', pid: await server.holder(service.port), command }
}

const neverStarted: Failure = { code: 'start-failed', message: 'Its start command was not run.', hint: '' }

/** Two services of one server would stop it under each other. */
async function takeAsRunning(
  { port }: ControlledService,
  server: ControlledServer,
  { ownServiceName }: Context,
): Promise<StartedServer> {
  const pid = await server.holder(port)
  const own = pid === null ? null : await ownServiceName(pid)
  if (own !== null) return refusePortOf({ port, pid, name: null }, own)
  return { ok: true, origin: 'adopted', pid, command: null }
}

function runsElsewhere({ name, port, preset }: ControlledService, elsewhere: number): Failure {
  return {
    code: 'runs-elsewhere',
    message: `The server of ${name} runs on port ${elsewhere} already, and there can be only one.`,
    hint: `Stop it, or change the port of this service from ${port} to ${elsewhere} in services.json (preset "${preset}").`,
  }
}
