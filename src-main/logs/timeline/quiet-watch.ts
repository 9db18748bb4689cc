import { watch } from 'node:fs'

/** What a service writes to; our own files in the same folder do not count. */
const STREAM_FILES: ReadonlySet<string | null> = new Set(['stdout.log', 'stderr.log', null])

/**
 * Calls `onWrite` once, when something is printed into this folder's streams. It waits in the system and costs nothing; for
 * a service that prints it would cost one call per write, so it is only for quiet ones.
 *
 * @returns ends it; null where the system cannot watch (too many watches, a file system without them)
 */
export function waitForWrite(folder: string, onWrite: () => void): (() => void) | null {
  try {
    const watcher = watch(folder, { persistent: false })
    const end = () => watcher.close()
    watcher.on('change', (_event, name) => {
      if (!STREAM_FILES.has(name === null ? null : String(name))) return
      end()
      onWrite()
    })
    // The folder is gone, or the system gave up; the slow look finds whatever comes.
    watcher.on('error', end)
    return end
  } catch {
    return null
  }
}
