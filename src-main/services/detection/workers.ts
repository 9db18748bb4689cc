import type { ProcessTable } from '../../os/processes/process-table.ts'
import type { PresetTable } from '../presets/presets.ts'

/** Far more than there are between a server and what it started. */
const MAX_GENERATIONS = 20

interface Found {
  readonly preset: string
  readonly pid: number | null
  readonly processName: string | null
}

/**
 * Leaves out what is only a part of another one: Ollama, text-generation-webui and llama.cpp's router run a `llama-server`
 * per model, each with a port of its own, which may be one where servers are looked for.
 */
export async function withoutWorkers<T extends Found>(
  servers: readonly T[],
  presets: PresetTable,
  table: ProcessTable,
): Promise<T[]> {
  const kept: T[] = []
  for (const server of servers) {
    const possible = servers.filter((other) => other.pid !== server.pid && startsSuch(presets, other, server))
    const pids = new Set(possible.flatMap(({ pid }) => (pid === null ? [] : [pid])))
    if (!(await descendsFrom(server.pid, pids, table))) kept.push(server)
  }
  return kept
}

/** Some systems cut names off, after 15 characters. */
function startsSuch(presets: PresetTable, parent: Found, { processName }: Found): boolean {
  const names = presets[parent.preset]?.childNames ?? []
  return processName !== null && names.some((name) => name === processName || name.slice(0, 15) === processName)
}

async function descendsFrom(pid: number | null, ancestors: ReadonlySet<number>, table: ProcessTable): Promise<boolean> {
  if (pid === null || ancestors.size === 0) return false
  let entry = await table.find(pid)
  for (let generation = 0; entry !== null && generation < MAX_GENERATIONS; generation += 1) {
    if (ancestors.has(entry.parentPid)) return true
    entry = entry.parentPid > 1 ? await table.find(entry.parentPid) : null
  }
  return false
}
