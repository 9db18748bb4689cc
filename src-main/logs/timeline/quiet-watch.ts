import { watch } from 'node:fs'

/** What a service writes to; our own files in the same folder do not count. */
const STREAM_FILES: ReadonlySet<string | null> = new Set(['stdout.log', 'stderr.log', null])

/**
 * How long nobody has to look while the system is asked to say when something is written, in milliseconds. Linux sees each
 * write of this machine, on network mounts too; FSEvents of macOS may leave some out.
 */
export const TRUST_MS = process.platform === 'linux' ? 300_000 : 30_000

/**
 * Calls `onWrite` once, when something is printed into this folder's streams. It waits in the system and costs nothing; for
 * a service that prints it would cost one call per write, so it is only for quiet ones.
 *
 * @returns ends it; null where the system cannot watch: too many watches, a file system without them, or Windows, which
 * tells of a file that grows only once it is closed
 */
export function waitForWrite(folder: string, onWrite: () => void): (() => void) | null {
  if (process.platform === 'win32') return null
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
