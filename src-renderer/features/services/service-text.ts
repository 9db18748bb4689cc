import type { ServiceView } from '../../../src-preload/contract/service-view.ts'

/** What a service counts as; each counts once. The same rule as the tray's tooltip. */
type Tally = 'running' | 'starting' | 'stopping' | 'failing' | 'none'

/** The few ways a service can look: each has its own icon, so that colour is never the only difference. */
export type Look = 'stopped' | 'busy' | 'ok' | 'unproven' | 'failing' | 'failed' | 'backoff' | 'external'

/** E.g. `running, ok` or `stopped`. */
export function stateText({ status, health }: ServiceView): string {
  const isProbed = (status === 'running' || status === 'external') && health !== 'unknown'
  return isProbed ? `${status}, ${health}` : status
}

export function lookOf({ status, health }: ServiceView): Look {
  switch (status) {
    case 'stopped':
    case 'failed':
    case 'backoff':
      return status
    case 'starting':
    case 'stopping':
      return 'busy'
    case 'running':
      if (health === 'loading') return 'busy'
      return health === 'unknown' ? 'unproven' : health
    case 'external':
      return health === 'failing' ? 'failing' : 'external'
  }
}

function tallyOf({ status, health }: ServiceView): Tally {
  switch (status) {
    case 'stopped':
      return 'none'
    case 'starting':
    case 'stopping':
      return status
    case 'backoff':
    case 'failed':
      return 'failing'
    case 'running':
    case 'external':
      if (health === 'failing') return 'failing'
      return health === 'loading' ? 'starting' : 'running'
  }
}

export interface TallyCount {
  readonly tally: Exclude<Tally, 'none'>
  readonly count: number
}

/** How many services are running, starting, stopping and failing; without the zeros. */
export function tallies(services: Iterable<ServiceView>): TallyCount[] {
  const counts = { running: 0, starting: 0, stopping: 0, failing: 0, none: 0 }
  for (const service of services) counts[tallyOf(service)] += 1
  return (['running', 'starting', 'stopping', 'failing'] as const)
    .map((tally) => ({ tally, count: counts[tally] }))
    .filter(({ count }) => count > 0)
}

export function canStart({ status, removed }: ServiceView): boolean {
  return !removed && (status === 'stopped' || status === 'failed' || status === 'backoff')
}

/** Why it cannot be started where that is not plain to see; otherwise null. */
export function whyNoStart({ status, removed, holderName, port, pid }: ServiceView): string | null {
  if (status === 'external') return `port ${port} is held by ${holderName ?? 'another program'} (pid ${pid})`
  return removed ? 'it is gone from services.json' : null
}

/** An external server is not this app's to stop. */
export function canStop({ status }: ServiceView): boolean {
  return status === 'starting' || status === 'running' || status === 'backoff'
}

export function canRestart(service: ServiceView): boolean {
  return !service.removed && canStop(service)
}

/** Whether a service is meant by what was typed: every word must occur in its name, key, preset, port or state. */
export function matchesFilter(service: ServiceView, filter: string): boolean {
  const { name, key, preset, port } = service
  const text = `${name} ${key} ${preset} ${port ?? ''} ${stateText(service)}`.toLowerCase()
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}
