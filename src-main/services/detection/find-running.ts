import { isIP } from 'node:net'
import { reachableHost } from '../../core/address.ts'
import { processTable } from '../../os/processes/identity.ts'
import type { Listener, ProcessTable } from '../../os/processes/process-table.ts'
import type { Preset } from '../presets/preset.ts'
import type { PresetTable } from '../presets/presets.ts'
import { createLimit } from './limit.ts'
import { lookAtPort, type PortLook } from './look-at-port.ts'
import { withoutWorkers } from './workers.ts'

/** A known server that answers on this machine, whoever started it. */
export interface RunningServer {
  readonly preset: string
  readonly host: string
  readonly port: number
  readonly version: string | null
  /** Null where the system does not tell: another user's. */
  readonly pid: number | null
  readonly processName: string | null
  /** The service of this app that it is; null: it is external. */
  readonly key: string | null
}

export interface RunningOptions {
  readonly presets: PresetTable
  /** Where the entries of services.json listen, besides the usual ports of known servers; their definitions will do. */
  readonly addresses: readonly { readonly host: string; readonly port: number | null; readonly preset?: string }[]
  /** The service of this app that runs on a port now. */
  readonly keyOf: (port: number) => string | null
  /** Of each request. Default: a second. */
  readonly timeoutMs?: number
  readonly table?: ProcessTable
}

const IPV4 = '127.0.0.1'
const IPV6 = '::1'
/** Requests at a time, of all ports together. */
const MAX_REQUESTS = 8

/** Looks for known servers on the ports where they usually are and on those of services.json. In the order of ports. */
export async function findRunning(options: RunningOptions): Promise<RunningServer[]> {
  const { keyOf, timeoutMs, table = processTable() } = options
  const presets = Object.values(options.presets)
  const byPort = candidates(presets, options.addresses)
  const listeners = await listenersOf(table, new Set(byPort.keys()))
  const look = {
    presets: presets.filter(({ identification }) => identification !== null),
    limit: createLimit(MAX_REQUESTS),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  }
  const looks = [...byPort].map(async ([port, { hosts, likely }]): Promise<RunningServer[]> => {
    if (isKnownToBeFree(port, listeners)) return []
    const inOrder = [...hosts].filter((host) => host !== IPV6).concat(IPV6)
    const found = await firstThatListens(inOrder, (host) => lookAtPort({ host, port }, { ...look, likely }))
    if (found?.look.kind !== 'server') return []
    const { preset, version } = found.look
    const holder = holderOf(found.host, port, listeners)
    const { pid = null, name: processName = null } = holder ?? {}
    return [{ preset: preset.id, host: found.host, port, version, pid, processName, key: keyOf(port) }]
  })
  const servers = (await Promise.all(looks)).flat().sort((one, other) => one.port - other.port)
  return withoutWorkers(servers, options.presets, table)
}

/** A port to look at. */
interface Candidate {
  /** Addresses, 127.0.0.1 first; `::1` is asked last. */
  readonly hosts: Set<string>
  /** Presets whose server is usual there. */
  readonly likely: Set<string>
}

function candidates(
  presets: readonly Preset[],
  addresses: RunningOptions['addresses'],
): ReadonlyMap<number, Candidate> {
  const found = new Map<number, Candidate>()
  const at = (port: number) => {
    const candidate = found.get(port) ?? { hosts: new Set([IPV4]), likely: new Set() }
    found.set(port, candidate)
    return candidate
  }
  for (const { id, defaultPort, otherPorts = [] } of presets) {
    for (const port of [defaultPort, ...otherPorts]) if (port !== null) at(port).likely.add(id)
  }
  for (const { host, port, preset } of addresses) {
    if (port === null) continue
    const { hosts, likely } = at(port)
    const reachable = reachableHost(host)
    // A name would have to be looked up; a server that listens on one usually listens on the loopback, too.
    if (isIP(reachable) !== 0) hosts.add(reachable)
    if (preset !== undefined) likely.add(preset)
  }
  return found
}

/** Empty if the system does not tell; the servers are found all the same. */
async function listenersOf(table: ProcessTable, ports: ReadonlySet<number>): Promise<readonly Listener[]> {
  try {
    return await table.listeners(ports)
  } catch {
    return []
  }
}

/**
 * Windows lists every listener, and takes long to refuse a connection. Elsewhere a refusal costs nothing, and the list has
 * gaps: other users' sockets on macOS, ports that a firewall forwards to a container on Linux.
 */
function isKnownToBeFree(port: number, listeners: readonly Listener[]): boolean {
  return process.platform === 'win32' && listeners.length > 0 && !listeners.some((one) => one.port === port)
}

async function firstThatListens(
  hosts: readonly string[],
  lookAt: (host: string) => Promise<PortLook>,
): Promise<{ readonly host: string; readonly look: PortLook } | null> {
  for (const host of hosts) {
    const look = await lookAt(host)
    if (look.kind !== 'refused') return { host, look }
  }
  return null
}

/** Different programs may hold the port for IPv4 and for IPv6; one of IPv6 may take both. */
function holderOf(host: string, port: number, listeners: readonly Listener[]): Listener | undefined {
  const holders = listeners.filter((listener) => listener.port === port)
  return holders.find(({ family }) => family === isIP(host)) ?? holders[0]
}
