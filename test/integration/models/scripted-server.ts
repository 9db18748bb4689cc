import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { onTestFinished } from 'vitest'
import type { ServerTarget } from '../../../src-main/services/models/server-target.ts'

export interface SeenRequest {
  readonly method: string
  readonly path: string
  readonly authorization: string | undefined
  readonly body: string
}

/** A server in this process that answers as a test says; it ends with the test. */
export async function scriptedServer(
  answer: (response: ServerResponse, request: SeenRequest, raw: IncomingMessage) => void,
  given: Partial<ServerTarget> = {},
) {
  const requests: SeenRequest[] = []
  const server = createServer((raw, response) => {
    const chunks: Buffer[] = []
    raw.on('data', (chunk: Buffer) => chunks.push(chunk))
    raw.on('end', () => {
      const { method = '', url: path = '', headers } = raw
      const body = Buffer.concat(chunks).toString('utf8')
      const request = { method, path, authorization: headers.authorization, body }
      requests.push(request)
      answer(response, request, raw)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  )
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const target: ServerTarget = { host: '127.0.0.1', port, key: null, keyVariable: null, ...given }
  return { target, requests, port }
}

export function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
