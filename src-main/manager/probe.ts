import { request } from 'node:http'
import { connect } from 'node:net'
import { reachableHost } from '../core/address.ts'
import type { ProbeResult } from '../core/health.ts'
import type { ServiceDefinition } from '../core/service-config.ts'
import { systemErrorCode } from '../os/process-error.ts'

const REFUSED = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE'])

function failed(error: Error, timeoutSeconds: number): ProbeResult {
  const code = systemErrorCode(error)
  if (code !== undefined && REFUSED.has(code))
    return { outcome: 'unreachable', detail: 'Nothing answers on its port yet.' }
  if (code === 'ETIMEDOUT') return { outcome: 'failed', detail: `No answer within ${timeoutSeconds} s.` }
  return { outcome: 'failed', detail: error.message }
}

function timedOut(): Error {
  return Object.assign(new Error('timed out'), { code: 'ETIMEDOUT' })
}

/**
 * What an HTTP status says about a server: 503 is how servers answer while they load a model, 401 and 403 mean that it
 * is alive and wants a key. Redirects are not followed: they show that it answers.
 */
export function judgeStatus(status: number, path: string): ProbeResult {
  const detail = `HTTP ${status} from ${path}`
  if (status === 503) return { outcome: 'loading', detail }
  if (status === 401 || status === 403) return { outcome: 'ok', detail: `${detail} (it wants a key)` }
  return { outcome: status < 400 ? 'ok' : 'failed', detail }
}

function probeHttp({ host, health }: ServiceDefinition, port: number, signal: AbortSignal): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const options = { host: reachableHost(host), port, path: health.path, agent: false, signal }
    const call = request({ ...options, timeout: health.timeoutSeconds * 1000 }, (response) => {
      resolve(judgeStatus(response.statusCode ?? 0, health.path))
      response.destroy()
    })
    call.once('timeout', () => call.destroy(timedOut()))
    call.once('error', (error) => resolve(failed(error, health.timeoutSeconds)))
    call.end()
  })
}

function probeTcp({ host, health }: ServiceDefinition, port: number, signal: AbortSignal): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const socket = connect({ host: reachableHost(host), port, signal, timeout: health.timeoutSeconds * 1000 })
    socket.once('connect', () => {
      resolve({ outcome: 'ok', detail: `Port ${port} accepts connections.` })
      socket.destroy()
    })
    socket.once('timeout', () => socket.destroy(timedOut()))
    socket.once('error', (error) => resolve(failed(error, health.timeoutSeconds)))
  })
}

/** Probes a service once. Never rejects; ends early, with some result, when `signal` is aborted. */
export async function probeOnce(service: ServiceDefinition, signal: AbortSignal): Promise<ProbeResult> {
  const { port, health } = service
  if (port === null || health.type === 'none') return { outcome: 'ok', detail: 'No probe is configured.' }
  return health.type === 'http' ? probeHttp(service, port, signal) : probeTcp(service, port, signal)
}
