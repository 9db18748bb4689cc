import { createServer, type Server } from 'node:net'
import { closeLater } from './processes.ts'

// Below the ports that systems give to outgoing connections (32768 on, or 49152 on): no connection of another test takes
// one while a service of this test is down for a moment. Each worker of the test runner has its own range.
const FIRST = 18_000
const PER_WORKER = 800
const WORKERS = 16

const worker = Number(process.env.VITEST_POOL_ID ?? 0) % WORKERS
const begin = FIRST + worker * PER_WORKER
let next = Math.floor(Math.random() * PER_WORKER)

/** A port nobody listens on at the moment, and that was not given for long. */
export async function freePort(): Promise<number> {
  for (let tried = 0; tried < PER_WORKER; tried += 1) {
    const port = begin + next
    next = (next + 1) % PER_WORKER
    if (await isFree(port)) return port
  }
  throw new Error(`no free port from ${begin} to ${begin + PER_WORKER}`)
}

/** Listens on this address, and on no other, until the test has ended. */
export function listen(host: string, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    closeLater(() => new Promise((done) => server.close(done)))
    server.once('error', reject)
    server.listen({ host, port, ipv6Only: true }, () => resolve(server))
  })
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port }, () => server.close(() => resolve(true)))
  })
}
