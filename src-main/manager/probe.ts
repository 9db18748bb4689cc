import { type IncomingMessage, request } from 'node:http'
import { connect } from 'node:net'
import { reachableHost } from '../core/address.ts'
import { dueProbe, type ProbeResult } from '../core/health.ts'
import type { ProbeConfig } from '../core/health-config.ts'
import type { ServiceDefinition } from '../core/service-config.ts'
import { systemErrorCode } from '../os/process-error.ts'
import type { LogScan } from './log-scan.ts'
import { type ProbeProgram, probeCommand } from './probe-command.ts'

/** Far more than a health answer has; what comes after it is not read. */
const MAX_BODY_BYTES = 64 * 1024
const REFUSED = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE'])

/** What the probes of one run need. */
export interface ProbeTarget extends ProbeProgram {
  readonly service: ServiceDefinition
  readonly isReady: boolean
  /** This app did not start it, so there is no output of it to read. */
  readonly isExternal: boolean
  readonly log: LogScan | null
}

/** Probes a service once. Never rejects; ends early, with some result, when `signal` is aborted. */
export async function probeOnce(target: ProbeTarget, signal: AbortSignal): Promise<ProbeResult> {
  const { service, log } = target
  const probe = dueProbe(service, target.isReady, target.isExternal)
  switch (probe?.type) {
    case 'http':
      return probePort(service, probe, signal, probeHttp)
    case 'tcp':
      return probePort(service, probe, signal, probeTcp)
    case 'command':
      return probeCommand(target, probe, signal)
    case 'log':
      return log === null ? { outcome: 'failed', detail: 'Its output cannot be read.' } : log.look(probe)
    default:
      return { outcome: 'ok', detail: 'No probe is configured.' }
  }
}

/** What a probe of the port is given: where to ask, how long, and what to tell. */
interface PortQuestion {
  readonly host: string
  readonly port: number
  readonly probe: ProbeConfig
  readonly connected: () => void
  readonly answer: (result: ProbeResult) => void
}

interface Connection {
  destroy(): unknown
}

/** One time-out over the whole probe: a body that trickles in must not keep it alive. */
function probePort(
  { host, port }: ServiceDefinition,
  probe: ProbeConfig,
  outer: AbortSignal,
  ask: (question: PortQuestion) => Connection,
): Promise<ProbeResult> {
  const { timeoutSeconds } = probe
  // Ended by hand: an abort signal would make an error with a stack for every probe that went well.
  let connection: Connection | undefined
  let isConnected = false
  let timer: NodeJS.Timeout | undefined
  let abandon: () => void = () => undefined
  return new Promise<ProbeResult>((answer) => {
    abandon = () => answer({ outcome: 'failed', detail: 'The probe was called off.' })
    outer.addEventListener('abort', abandon, { once: true })
    timer = setTimeout(() => {
      const detail = isConnected
        ? `It accepts connections but does not answer within ${timeoutSeconds} s.`
        : `No connection to port ${port} within ${timeoutSeconds} s.`
      answer({ outcome: 'failed', detail })
    }, timeoutSeconds * 1000)
    const connected = () => {
      isConnected = true
    }
    connection = ask({ host: reachableHost(host), port: port ?? 0, probe, connected, answer })
  }).finally(() => {
    clearTimeout(timer)
    outer.removeEventListener('abort', abandon)
    connection?.destroy()
  })
}

function explain(error: Error): ProbeResult {
  const code = systemErrorCode(error)
  if (code !== undefined && REFUSED.has(code)) {
    return { outcome: 'unreachable', detail: 'Nothing answers on its port yet.' }
  }
  return { outcome: 'failed', detail: error.message }
}

/**
 * What an HTTP status says about a server: 503 is how servers answer while they load a model, 401 and 403 mean that it
 * is alive and wants a key. Redirects are not followed: they show that it answers.
 */
export function judgeStatus(status: number, path: string): ProbeResult {
  const detail = `HTTP ${status} from ${path}`
  const who = 'somebody'
  if (status === 503) return { outcome: 'loading', detail, who }
  if (status === 401 || status === 403) return { outcome: 'ok', detail: `${detail} (it wants a key)`, who }
  if (status >= 300 && status < 400) return { outcome: 'ok', detail: `${detail} (the redirect is not followed)`, who }
  return { outcome: status < 400 ? 'ok' : 'failed', detail, who }
}

function probeHttp({ host, port, probe, connected, answer }: PortQuestion): Connection {
  const { path, expectBody } = probe
  const call = request({ host, port, path, agent: false }, (response) => {
    response.on('error', (error) => answer(explain(error)))
    const status = response.statusCode ?? 0
    const result = judgeStatus(status, path)
    if (expectBody === null || result.outcome === 'loading' || status === 401 || status === 403) answer(result)
    else if (result.outcome === 'failed') answer(status < 500 ? { ...result, who: 'other' } : result)
    else searchBody(response, expectBody, result, answer)
  })
  call.once('socket', (socket) => socket.once('connect', connected))
  call.on('error', (error) => answer(explain(error)))
  call.end()
  return call
}

function searchBody(
  response: IncomingMessage,
  wanted: string,
  found: ProbeResult,
  answer: (result: ProbeResult) => void,
): void {
  const needle = Buffer.from(wanted)
  const missing = `${found.detail}, but without ${JSON.stringify(wanted)}: is it another program?`
  let body = Buffer.alloc(0)
  response.on('data', (chunk: Buffer) => {
    body = Buffer.concat([body, chunk.subarray(0, MAX_BODY_BYTES - body.length)])
    if (body.includes(needle)) answer({ ...found, who: 'itself' })
    else if (body.length === MAX_BODY_BYTES) answer({ outcome: 'failed', detail: missing, who: 'other' })
  })
  response.on('end', () => answer({ outcome: 'failed', detail: missing, who: 'other' }))
}

function probeTcp({ host, port, answer }: PortQuestion): Connection {
  const socket = connect({ host, port })
  socket.once('connect', () => answer({ outcome: 'ok', detail: `Port ${port} accepts connections.` }))
  socket.on('error', (error) => answer(explain(error)))
  return socket
}
