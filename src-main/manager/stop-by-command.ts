import { setTimeout as delay } from 'node:timers/promises'
import { needsStop } from '../core/command-control.ts'
import type { Failure } from '../core/failure.ts'
import type { ServiceDefinition } from '../core/service-config.ts'
import type { ControlledServer, ControlledService } from './controlled-server.ts'

/** Between two looks at the port of a server that is ending. */
const LOOK_MS = 100
/** Between two questions to a status that contradicts the port. */
const ASK_MS = 1_000
/** A command starts a program, which asks the server, which ends: it gets so many grace periods, and never less than this. */
const GRACE_FACTOR = 3
const MIN_SECONDS = 3

/** How long a stop may take in all. */
export function stopByCommandSeconds({ graceSeconds }: ServiceDefinition): number {
  return Math.max(graceSeconds * GRACE_FACTOR, MIN_SECONDS)
}

export interface StopByCommand {
  readonly service: ControlledService
  /** Whether it was seen to answer in this run. */
  readonly wasReady: boolean
  /** Aborted when somebody will not wait any longer. */
  readonly hurry: AbortSignal
}

/**
 * Stops a server by its command, and waits until port and status say that it is gone. Nothing of the server is signalled,
 * whatever comes of it.
 *
 * @returns why it is still there; null if it is gone
 */
export async function stopByCommand(request: StopByCommand, server: ControlledServer): Promise<Failure | null> {
  const { service, wasReady, hurry } = request
  const { port, graceSeconds } = service
  const deadline = Date.now() + stopByCommandSeconds(service) * 1000
  const sighting = await server.look(service, hurry)
  const status = sighting === 'itself' ? null : await server.askStatus(service, hurry)
  if (!needsStop(sighting, status, port, wasReady)) return null
  const { failure } = await server.stop(service, deadline - Date.now(), hurry)
  // One that refused may have been wrong (a server that was not there), but is not waited for as long.
  const until = failure === null ? deadline : Math.min(deadline, Date.now() + graceSeconds * 1000)
  if (await waitUntilGone(service, server, until, hurry)) return null
  return stillThere(service, failure)
}

async function waitUntilGone(
  service: ControlledService,
  server: ControlledServer,
  until: number,
  hurry: AbortSignal,
): Promise<boolean> {
  // A look that was called off sees nothing: the last one is never hurried.
  const patience = new AbortController().signal
  for (;;) {
    const look = await server.isGone(service, patience)
    if (look === 'gone') return true
    // A port that nobody listens on is the truth in the end.
    if (Date.now() >= until || hurry.aborted) return look === 'in-doubt'
    const pause = Math.min(look === 'in-doubt' ? ASK_MS : LOOK_MS, Math.max(0, until - Date.now()))
    await delay(pause, undefined, { signal: hurry }).catch(() => undefined)
  }
}

function stillThere({ name, port }: ControlledService, failure: Failure | null): Failure {
  const reason = failure === null ? 'its stop command said that all went well' : failure.message.replace(/\.$/, '')
  return {
    code: 'survived',
    message: `${name} could not be stopped: ${reason}, and port ${port} still answers.`,
    hint: 'Stop it in its own app.',
    ...(failure?.details === undefined ? {} : { details: failure.details }),
  }
}
