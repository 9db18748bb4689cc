import type { ServiceView } from '../../../src-preload/contract/service-view.ts'

/** Names the run of a service that can be talked to, whoever started it; null if there is none. Another run has another name. */
export function runOf({ status, pid, startedAt }: ServiceView): string | null {
  return status === 'running' || status === 'external' ? `${pid} ${startedAt}` : null
}
