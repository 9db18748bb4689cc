import type { ServiceDefinition } from '../../core/service-config.ts'
import { checkPort, nextFreePort } from '../../os/ports.ts'

/** The ports that services have, with the first service that has each. */
export function portsOf(services: readonly ServiceDefinition[]): ReadonlyMap<number, ServiceDefinition> {
  const ports = new Map<number, ServiceDefinition>()
  for (const service of services) {
    if (service.port !== null && !ports.has(service.port)) ports.set(service.port, service)
  }
  return ports
}

/** This port or the next one that a server could listen on now and that no service has; null if there is none nearby. */
export async function freePortFrom(
  host: string,
  port: number,
  services: readonly ServiceDefinition[],
): Promise<number | null> {
  const given = new Set(portsOf(services).keys())
  const isFree = !given.has(port) && (await checkPort(host, port)).free
  return isFree ? port : nextFreePort(host, port, given)
}
