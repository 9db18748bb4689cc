import type { Server } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import type { DemoOptions } from './args.ts'
import type { DemoLog } from './log.ts'

/** How long open connections may take to read the end of their answer. */
const DRAIN_MS = 50

/** False if the address is not to be had; the reason is logged. */
export function listen(server: Server, { host, port }: DemoOptions, log: DemoLog): Promise<boolean> {
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      log.error(`cannot listen on ${addressInWords(host, port)}: ${listenErrorInWords(error)}`)
      resolve(false)
    })
    server.listen({ host, port }, () => {
      const address = server.address()
      const actual = typeof address === 'object' && address !== null ? address.port : port
      log.info(`listening on http://${addressInWords(host, actual)}`)
      if (host === '0.0.0.0' || host === '::') {
        log.warn(`everyone in your network can reach this server; --host 127.0.0.1 keeps it to this machine`)
      }
      resolve(true)
    })
  })
}

function listenErrorInWords(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return 'another program uses this address; stop it, or choose another port with --port'
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `this machine has no such address (${error.code}); choose another one with --host`
    case 'EACCES':
      return 'the system does not allow this port (EACCES); choose one above 1023 with --port'
    default:
      return error.message
  }
}

function addressInWords(host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** Answers under way get a moment to be read to their end; then every connection is closed. */
export async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve())
  })
  server.closeIdleConnections()
  await Promise.race([closed, delay(DRAIN_MS)])
  server.closeAllConnections()
  await closed
}
