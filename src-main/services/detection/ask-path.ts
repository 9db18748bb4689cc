import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http'
import { systemErrorCode } from '../../os/process-error.ts'

/** Far more than an answer that identifies a server has; what comes after it is not read. */
const MAX_BODY_BYTES = 64 * 1024
const TIMEOUT_MS = 1_000

export interface ServerAddress {
  /** An IP address: no name is looked up. */
  readonly host: string
  readonly port: number
}

export interface HttpAnswer {
  readonly kind: 'answer'
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** Its beginning. */
  readonly body: string
}

/** `refused`: nothing listens there. `silent`: something does, but it did not answer in time, or not in HTTP. */
export type Asked = HttpAnswer | { readonly kind: 'refused' | 'silent' }

/**
 * Asks a server on this machine for a path, with GET, without a key and without following redirects. Never rejects. One
 * time-out covers all of it, so that an answer that trickles in does not last.
 */
export function askPath({ host, port }: ServerAddress, path: string, timeoutMs = TIMEOUT_MS): Promise<Asked> {
  let timer: NodeJS.Timeout | undefined
  let end: () => void = () => undefined
  return new Promise<Asked>((resolve) => {
    const headers = { accept: '*/*', 'user-agent': 'agentos-tray' }
    const call = request({ host, port, path, headers, agent: false }, (response) => {
      response.on('error', () => resolve({ kind: 'silent' }))
      readBeginning(response, (body) =>
        resolve({ kind: 'answer', status: response.statusCode ?? 0, headers: response.headers, body }),
      )
    })
    end = () => call.destroy()
    timer = setTimeout(() => resolve({ kind: 'silent' }), timeoutMs)
    call.on('error', (error) => resolve({ kind: isRefusal(systemErrorCode(error)) ? 'refused' : 'silent' }))
    call.end()
  }).finally(() => {
    clearTimeout(timer)
    end()
  })
}

/** Also where this machine has no such address, e.g. `::1` without IPv6. */
const isRefusal = (code: string | undefined) =>
  code === 'ECONNREFUSED' || code === 'EADDRNOTAVAIL' || code === 'ENETUNREACH' || code === 'EHOSTUNREACH'

function readBeginning(response: IncomingMessage, done: (body: string) => void): void {
  const chunks: Buffer[] = []
  let size = 0
  const finish = () => done(Buffer.concat(chunks).toString('utf8'))
  response.on('data', (chunk: Buffer) => {
    chunks.push(chunk.subarray(0, MAX_BODY_BYTES - size))
    size += chunk.length
    if (size >= MAX_BODY_BYTES) finish()
  })
  response.on('end', finish)
}
