import { createServer, type RequestListener } from 'node:http'
import { createServer as createTcpServer, type Socket } from 'node:net'
import type { RunningOptions } from '../../../src-main/services/detection/find-running.ts'
import type { Preset } from '../../../src-main/services/presets/preset.ts'
import { type PresetTable, presets } from '../../../src-main/services/presets/presets.ts'
import { freePort } from '../../support/ports.ts'
import { closeLater } from '../../support/processes.ts'

/** All presets, but without ports of their own: what else runs on this machine is no part of a test. */
export const portless: PresetTable = Object.fromEntries(
  Object.entries(presets).map(([id, preset]): [string, Preset] => [
    id,
    { ...preset, defaultPort: null, otherPorts: [] },
  ]),
)

/** Only ends a failing test; requests that are meant to take too long get less. */
const LONG_MS = 20_000

/** A look at these ports alone. */
export const lookAt = (ports: readonly number[], rest: Partial<RunningOptions> = {}): RunningOptions => ({
  presets: portless,
  addresses: ports.map((port) => ({ host: '127.0.0.1', port })),
  keyOf: () => null,
  timeoutMs: LONG_MS,
  ...rest,
})

/** A server in this process. Returns its port. */
export async function serve(listener: RequestListener, host = '127.0.0.1'): Promise<number> {
  const port = await freePort()
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(port, host, resolve))
  closeLater(() => {
    server.closeAllConnections()
    server.close()
  })
  return port
}

/** One that answers these paths with these bodies, and 404 elsewhere. */
export function serveBodies(
  bodies: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<number> {
  return serve(({ url = '' }, response) => {
    const body = bodies[url]
    response.writeHead(body === undefined ? 404 : 200, headers).end(body ?? 'Not Found')
  })
}

/** One that speaks another language than HTTP. */
export async function serveTcp(onConnection: (socket: Socket) => void): Promise<number> {
  const port = await freePort()
  const sockets = new Set<Socket>()
  const server = createTcpServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    onConnection(socket)
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  closeLater(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return port
}
