import { processTable } from '../os/processes/identity.ts'
import type { PortHolder } from '../os/processes/process-table.ts'

/** Linux reads a file for it; elsewhere it takes a helper program. */
const INTERVAL_MS = process.platform === 'linux' ? 2_000 : 15_000

/**
 * Watches the ports of services that do not run, so that a server somebody else started shows up as external.
 *
 * @param ports asked before each look; an empty set costs nothing
 * @returns ends the watching
 */
export function watchPorts(
  ports: () => ReadonlySet<number>,
  onHolders: (holders: ReadonlyMap<number, PortHolder>, ports: ReadonlySet<number>) => Promise<void>,
): () => void {
  let isActive = true
  let timer: NodeJS.Timeout | undefined
  const look = async () => {
    const wanted = ports()
    const holders =
      wanted.size === 0
        ? []
        : await processTable()
            .listeners(wanted)
            .catch(() => null)
    if (!isActive) return
    // The first of a port counts: that for IPv4, which services listen on unless they are told otherwise.
    if (wanted.size > 0 && holders !== null) {
      await onHolders(new Map([...holders].reverse().map((holder) => [holder.port, holder])), wanted)
    }
    if (!isActive) return
    timer = setTimeout(() => void look(), INTERVAL_MS)
    timer.unref()
  }
  void look()
  return () => {
    isActive = false
    clearTimeout(timer)
  }
}
