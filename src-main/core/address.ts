/**
 * Where to reach a server that listens on `host`, from this machine: a literal address, so that `localhost` is never
 * looked up (IPv6 first costs seconds on Windows, and fails where a server listens on IPv4 only).
 */
export function reachableHost(host: string): string {
  if (host === '0.0.0.0' || host === '' || host === '*' || host.toLowerCase() === 'localhost') return '127.0.0.1'
  if (host === '::' || host === '[::]') return '::1'
  return host.replace(/^\[(.*)\]$/, '$1')
}

/** The base URL of a server on this machine, e.g. `http://127.0.0.1:11434`. */
export function baseUrl(host: string, port: number): string {
  const reachable = reachableHost(host)
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`
}

/** Whether a server that listens on `host` can be reached from this machine only. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, '$1').toLowerCase()
  return bare === 'localhost' || bare === '::1' || /^127(?:\.\d{1,3}){3}$/.test(bare)
}
