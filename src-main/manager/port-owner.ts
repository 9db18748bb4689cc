import { processTable } from '../os/processes/identity.ts'
import { RUN_MARKER } from './run.ts'
import type { RunView } from './runner.ts'

/** Far more generations than a server has between what was started and what listens. */
const MAX_GENERATIONS = 20

/** A service of ours that runs. */
export interface RunningService {
  readonly key: string
  readonly name: string
  readonly run: RunView
}

/**
 * The one of our running services that a process belongs to, if any: its own process, or one that it started, such as a
 * worker, or the server behind a wrapper script.
 */
export async function findOwner(pid: number, services: readonly RunningService[]): Promise<RunningService | null> {
  const direct = services.find(({ run }) => run.instance.pid === pid)
  if (direct !== undefined) return direct
  const table = processTable()
  let entry = services.length === 0 ? null : await table.find(pid)
  for (let generation = 0; entry !== null && generation < MAX_GENERATIONS; generation += 1) {
    const { pid: member, groupId, parentPid } = entry
    const owner = services.find(({ run }) => run.instance.pid === member || run.instance.pid === groupId)
    if (owner !== undefined) return owner
    entry = parentPid > 1 ? await table.find(parentPid) : null
  }
  for (const service of services) {
    const marked = await table.withEnvironment([pid], RUN_MARKER, service.run.instance.runId)
    if (marked.has(pid)) return service
  }
  return null
}
