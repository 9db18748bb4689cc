import { request } from 'node:http'
import { homedir } from 'node:os'
import { reachableHost } from '../core/address.ts'
import { defaultStop, type ServiceDefinition } from '../core/service-config.ts'
import { systemErrorCode } from '../os/process-error.ts'
import { identify } from '../os/processes/identity.ts'
import { startProcessCrossPlatform } from '../os/spawn.ts'
import type { StopTreeOptions } from '../os/stop-options.ts'
import { stopTree } from '../os/stop-tree.ts'
import { helperVariables, type SecretsOf } from './service-secrets.ts'

/** Asks a service to end; settles when it has taken the request, rejects if it has not. */
type Ask = (signal: AbortSignal) => Promise<void>

/** The service's own way to stop, if it has one besides signals: a command or an HTTP request. */
function ownWayToStop(service: ServiceDefinition, secretsOf: SecretsOf): Ask | null {
  const { stop, port } = service
  if (stop?.command != null) return (signal) => runCommand(stop.command ?? [], service, secretsOf, signal)
  if (stop?.http != null && port !== null) return (signal) => sendRequest(service, port, signal)
  return null
}

/** It carries no marker of the run, so it is no part of the tree that it ends. */
async function runCommand(
  command: readonly string[],
  service: ServiceDefinition,
  secretsOf: SecretsOf,
  signal: AbortSignal,
): Promise<void> {
  const [program = '', ...args] = command
  const { pid, exited } = await startProcessCrossPlatform({
    command: [program, ...args],
    cwd: service.cwd ?? homedir(),
    env: { ...process.env, ...(await helperVariables(service, secretsOf)) },
  })
  const identity = await identify(pid)
  const end = () => void (identity === null ? null : stopTree(identity, { graceMs: 0, force: true }))
  if (signal.aborted) end()
  signal.addEventListener('abort', end, { once: true })
  const { code } = await exited
  signal.removeEventListener('abort', end)
  if (code !== 0 && !signal.aborted) throw new Error(`${program} ended with ${code ?? 'a signal'}`)
}

function sendRequest({ host, stop }: ServiceDefinition, port: number, signal: AbortSignal): Promise<void> {
  const { method = 'POST', path = '/' } = stop?.http ?? {}
  return new Promise((resolve, reject) => {
    const options = { host: reachableHost(host), port, method, path, agent: false, signal }
    const call = request(options, (response) => {
      const { statusCode = 0 } = response
      if (statusCode < 400) resolve()
      else reject(new Error(`HTTP ${statusCode} from ${path}`))
      response.destroy()
    })
    // A server that ends before it has answered has taken the request; one that cannot be reached has not.
    call.once('error', (error) =>
      systemErrorCode(error) === 'ECONNRESET' || signal.aborted ? resolve() : reject(error),
    )
    call.end()
  })
}

/** How a service is asked to end: its own way, and the signal for those that have none or refuse. */
export function politeStop(
  service: ServiceDefinition,
  { warn, secretsOf }: { readonly warn: (message: string) => void; readonly secretsOf: SecretsOf },
): Pick<StopTreeOptions, 'signal' | 'consoleEvent' | 'secondSignalAfterMs' | 'ask'> {
  const { name, stop = defaultStop, windowsStop = 'ctrl-break' } = service
  const own = ownWayToStop(service, secretsOf)
  const ask = async (signal: AbortSignal) => {
    await own?.(signal).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error)
      warn(`${name} could not be asked to stop, so it gets ${stop.signal}: ${reason}`)
      throw error
    })
  }
  return {
    signal: stop.signal,
    consoleEvent: windowsStop,
    ...(stop.secondSignalAfterSeconds === null ? {} : { secondSignalAfterMs: stop.secondSignalAfterSeconds * 1000 }),
    ...(own === null ? {} : { ask }),
  }
}
