import type { Failure } from '../core/failure.ts'
import type { ServiceDefinition } from '../core/service-config.ts'
import { checkPort, describeHolder } from '../os/ports.ts'
import { ProcessError, systemErrorCode } from '../os/process-error.ts'
import type { PortHolder } from '../os/processes/process-table.ts'

/** Why a service is not started. `holder`: who has its port, if that is why and it is a stranger. */
export interface Refusal {
  readonly ok: false
  readonly failure: Failure
  readonly holder: PortHolder | null
}

export const refuse = (failure: Failure, holder: PortHolder | null = null): Refusal => ({ ok: false, failure, holder })

/**
 * Null if a server could listen on the service's address now.
 *
 * @param ownServiceName the name of our own service that a process belongs to, if any
 */
export async function refuseTakenPort(
  { host, port }: ServiceDefinition,
  ownServiceName: (pid: number) => Promise<string | null>,
): Promise<Refusal | null> {
  if (port === null) return null
  const check = await checkPort(host, port)
  if (check.free) return null
  switch (check.reason) {
    case 'forbidden': {
      const message = `This user may not listen on port ${port}.`
      return refuse({ code: 'port-forbidden', message, hint: 'Choose a port from 1024 on in services.json.' })
    }
    case 'no-such-address': {
      const message = `This machine cannot listen on the address "${host}".`
      return refuse({ code: 'no-such-address', message, hint: 'Use 127.0.0.1 as host in services.json.' })
    }
    case 'taken': {
      const { holder } = check
      const own = holder.pid === null ? null : await ownServiceName(holder.pid)
      return refusePortOf(holder, own)
    }
  }
}

/** @param own the name of our own service that holds it; null: a stranger does */
export function refusePortOf(holder: PortHolder, own: string | null): Refusal {
  const who = own === null ? describeHolder(holder) : `the service ${own} (pid ${holder.pid})`
  const hint =
    own === null ? 'Stop that program, or choose another port in services.json.' : 'Give one of the two another port.'
  const failure = { code: 'port-taken', message: `Port ${holder.port} is already in use by ${who}.`, hint }
  return refuse(failure, own === null ? holder : null)
}

/** What an attempt to start a program threw, in words. */
export function explainStartError(error: unknown): Failure {
  if (error instanceof ProcessError) {
    return asSentence({ code: error.code, message: error.message, hint: error.hint })
  }
  const message = error instanceof Error ? error.message : String(error)
  if (systemErrorCode(error) === 'ENOSPC') {
    return { code: 'disk-full', message: `The disk is full: ${message}`, hint: 'Free some space and start it again.' }
  }
  return { code: 'start-failed', message, hint: 'Check that the folder can be written by you.' }
}

/** Lower layers tell what was wrong as a clause, which fits behind a place; people get a sentence. */
export function asSentence({ code, message, hint }: Failure): Failure {
  return { code, message: `${message.slice(0, 1).toUpperCase()}${message.slice(1)}.`, hint }
}
