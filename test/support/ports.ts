import { createServer } from 'node:net'

const given = new Set<number>()

/** A port nobody listens on at the moment, and that this function did not give before. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = await new Promise<number>((resolve, reject) => {
      const server = createServer()
      server.once('error', reject)
      server.listen({ host: '127.0.0.1', port: 0 }, () => {
        const address = server.address()
        server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
      })
    })
    if (!given.has(port)) {
      given.add(port)
      return port
    }
  }
}
