import { setPauseGuard } from '../../src-main/os/pause-guard-client.ts'
import { closeLater, findLeftovers, fixture } from './processes.ts'
import { waitFor } from './wait-for.ts'

const GUARD = fixture('pause-guard.ts')
const isGone = () => !findLeftovers().some(({ command }) => command.includes(GUARD))

/**
 * Lets this process pause others on Windows until the end of the test; there, only a process of its own can let them go on.
 * Elsewhere without effect.
 */
export function usePauseGuard(): void {
  setPauseGuard((address) => [process.execPath, GUARD, address])
  closeLater(async () => {
    setPauseGuard(null)
    await waitFor(isGone, { what: 'the end of the guard' })
  })
}
