import { markedProcesses } from '../native/win32/run-jobs.ts'
import type { ProcessTable } from './process-table.ts'

/**
 * A table that knows by its job object what a run has started: Windows does not show the environment of other processes. Only
 * what was started with a marker is found by it (`startProcessCrossPlatform`).
 */
export function markedByJob(
  table: ProcessTable,
  members: (marker: { name: string; value: string }) => Promise<ReadonlySet<number>> = markedProcesses,
): ProcessTable {
  return {
    bootId: () => table.bootId(),
    find: (pid) => table.find(pid),
    list: (options) => table.list(options),
    listeners: (ports) => table.listeners(ports),
    async withEnvironment(pids, name, value) {
      const marked = await members({ name, value })
      return new Set(pids.filter((pid) => marked.has(pid)))
    },
  }
}
