import { alignedPause } from '../core/aligned-pause.ts'
import { looksAreQuick, processTable } from '../os/processes/identity.ts'
import type { PortHolder } from '../os/processes/process-table.ts'

const INTERVAL_MS = 2_000
/** Where each look starts helper programs. */
const SLOW_INTERVAL_MS = 15_000

export interface PortWatch {
  /** There may be ports to look at now: while there are none, nothing is done at all. */
  wake(): void
  end(): void
}

/**
 * Watches the ports of services that do not run, so that a server somebody else started shows up as external.
 *
 * @param ports asked before each look
 */
export function watchPorts(
  ports: () => ReadonlySet<number>,
  onHolders: (holders: ReadonlyMap<number, PortHolder>, ports: ReadonlySet<number>) => Promise<void>,
): PortWatch {
  let isActive = true
  let isLooking = false
  let timer: NodeJS.Timeout | undefined
  let intervalMs = SLOW_INTERVAL_MS
  const look = async (wanted: ReadonlySet<number>) => {
    const holders = await processTable()
      .listeners(wanted)
      .catch(() => null)
    intervalMs = (await looksAreQuick()) ? INTERVAL_MS : SLOW_INTERVAL_MS
    if (!isActive || holders === null) return
    // The first of a port counts: that for IPv4, which services listen on unless they are told otherwise.
    await onHolders(new Map([...holders].reverse().map((holder) => [holder.port, holder])), wanted)
  }
  const wake = () => {
    if (!isActive || isLooking || timer !== undefined) return
    const wanted = ports()
    if (wanted.size === 0) return
    isLooking = true
    void look(wanted).finally(() => {
      isLooking = false
      if (!isActive) return
      timer = setTimeout(
        () => {
          timer = undefined
          wake()
        },
        alignedPause(intervalMs, Date.now()),
      )
      timer.unref()
    })
  }
  wake()
  return {
    wake,
    end() {
      isActive = false
      clearTimeout(timer)
    },
  }
}
