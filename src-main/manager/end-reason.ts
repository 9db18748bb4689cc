import { describeExit, type Exit, isCleanExit } from '../core/exit.ts'
import type { ServiceState } from '../core/state.ts'

/** Why a run ended, for people who read its output, e.g. `stopped` or `crashed with exit code 3`. */
export function endReason(state: ServiceState, exit: Exit): string {
  if (state.status === 'stopping') {
    if (state.after.kind === 'replace') return 'ended because its health probe failed'
    if (state.after.kind !== 'ask-policy')
      return state.forced || exit.signal === 'SIGKILL' ? 'stopped by force' : 'stopped'
  }
  if (exit.code === null && exit.signal === null) return 'nobody saw its exit code'
  return isCleanExit(exit) ? describeExit(exit) : `crashed with ${describeExit(exit)}`
}
