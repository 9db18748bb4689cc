import { createServer, isIPv6 } from 'node:net'
import { systemErrorCode } from './process-error.ts'
import { processTable } from './processes/identity.ts'
import type { PortHolder, ProcessTable } from './processes/process-table.ts'

export type PortCheck =
  | { readonly free: true }
  | { readonly free: false; readonly reason: 'taken'; readonly holder: PortHolder }
  | { readonly free: false; readonly reason: 'forbidden' | 'no-such-address' }

function tryToListen(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error) => resolve(systemErrorCode(error) ?? 'UNKNOWN'))
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(null)))
  })
}

/**
 * Whether a server could listen on this address now, found out by listening on it; and if not, why and who holds it.
 * Advisory by nature: another program may take the port a moment later.
 */
export async function checkPort(host: string, port: number, table: ProcessTable = processTable()): Promise<PortCheck> {
  const code = await tryToListen(host, port)
  if (code === null) return { free: true }
  if (code === 'EACCES') return { free: false, reason: 'forbidden' }
  if (code !== 'EADDRINUSE') return { free: false, reason: 'no-such-address' }
  const listeners = await table.listeners(new Set([port]))
  // Linux tells of every listener. Without one it is a connection that has ended: for a minute it keeps its address from all
  // but the kind of server that it belonged to, which decides about that itself.
  if (listeners.length === 0 && process.platform === 'linux') return { free: true }
  // Different programs may hold the port for IPv4 and for IPv6.
  const family = isIPv6(host) ? 6 : 4
  const holder = listeners.find((listener) => listener.family === family) ?? listeners[0]
  return { free: false, reason: 'taken', holder: holder ?? { port, pid: null, name: null } }
}

/** How far from the wanted port a free one is looked for: near enough to be recognised. */
const NEAR = 100

/**
 * The next port after `port` that a server could listen on now, or null if none of the next hundred is free.
 * @param except ports that are not to be taken although they are free
 */
export async function nextFreePort(
  host: string,
  port: number,
  except: ReadonlySet<number> = new Set(),
): Promise<number | null> {
  for (let candidate = port + 1; candidate <= Math.min(port + NEAR, 65_535); candidate += 1) {
    if (!except.has(candidate) && (await tryToListen(host, candidate)) === null) return candidate
  }
  return null
}

/** The holder in words: `python3 (pid 4711)`, or less where the system tells less. */
export function describeHolder(holder: PortHolder): string {
  if (holder.pid === null) return 'another program (the system does not say which; it may be another user’s)'
  return `${holder.name ?? 'a program'} (pid ${holder.pid})`
}
