import { setPauseGuard } from '../../src-main/os/pause-guard-client.ts'
import { fixture } from './processes.ts'

/** Lets this process pause others on Windows, where only a process of its own can let them go on. Elsewhere without effect. */
export function usePauseGuard(): void {
  setPauseGuard((address) => [process.execPath, fixture('pause-guard.ts'), address])
}
