import { loadDarwinKernel } from '../native/darwin/kernel.ts'
import { createDarwinCommandTable } from './darwin-commands.ts'
import { createDarwinNativeTable } from './darwin-native.ts'
import type { ProcessTable } from './process-table.ts'

/**
 * macOS: calls into the system, or ps and lsof where those cannot be made. The two tell creation times differently, so a
 * process that was recorded by one is a stranger to the other; which one it is depends on the installation only.
 */
export function createDarwinProcessTable(): ProcessTable {
  let choosing: Promise<ProcessTable> | undefined
  const chosen = () => {
    choosing ??= loadDarwinKernel().then((kernel) =>
      kernel === null ? createDarwinCommandTable() : createDarwinNativeTable(kernel),
    )
    return choosing
  }
  return {
    bootId: async () => (await chosen()).bootId(),
    find: async (pid) => (await chosen()).find(pid),
    list: async (options) => (await chosen()).list(options),
    withEnvironment: async (pids, name, value) => (await chosen()).withEnvironment(pids, name, value),
    listeners: async (ports) => (await chosen()).listeners(ports),
  }
}
