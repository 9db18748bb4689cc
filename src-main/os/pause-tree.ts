import type { Pause, PausedTree } from './pause.ts'
import { PosixPause } from './pause-posix.ts'
import { Win32Pause } from './pause-win32.ts'
import { ProcessTree, type TreeOptions } from './process-tree.ts'
import { findByIdentity, processTable } from './processes/identity.ts'
import type { Identity, ProcessEntry, ProcessTable } from './processes/process-table.ts'

export interface PauseTreeOptions extends TreeOptions {
  readonly table?: ProcessTable
}

/**
 * Makes a whole process tree stand still, for the milliseconds in which a log is cut over. Should this app be killed in
 * between, the tree goes on within seconds. Works also if the root has ended, for what it left behind.
 *
 * @throws ProcessError `not-paused` if not all can be stopped, and then all go on; `not-supported` on Windows without
 * native calls, or where no guard was set (`setPauseGuard`)
 */
export async function pauseTree(root: Identity, options: PauseTreeOptions = {}): Promise<PausedTree> {
  const table = options.table ?? processTable()
  const pause: Pause = process.platform === 'win32' ? await Win32Pause.create() : new PosixPause(table)
  const tree = new ProcessTree(root, (await findByIdentity(root, table)) !== null, options, table)
  try {
    let fresh: readonly ProcessEntry[] = await tree.alive()
    // What stands still starts nothing, so looks find fewer new members each time, and at last none.
    while (fresh.length > 0) {
      await pause.stop(fresh)
      fresh = (await tree.alive()).filter((entry) => !pause.has(entry))
    }
  } catch (error) {
    await pause.resume()
    throw error
  }
  return pause
}
