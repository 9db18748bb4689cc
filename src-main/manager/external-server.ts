import type { Failure } from '../core/failure.ts'
import { systemErrorCode } from '../os/process-error.ts'
import { identify, processTable } from '../os/processes/identity.ts'
import { describeSurvivors, stopTree } from '../os/stop-tree.ts'
import { type Outcome, refusal, toOutcome } from './outcome.ts'
import type { Runner } from './runner.ts'

/**
 * Ends a server that this app did not start, with all it started, because the person said so after seeing which process it
 * is. Everything is looked at anew: if another process listens on the port by now, nothing is signalled, and neither is
 * what may be the server of a service that is controlled by commands.
 *
 * @param pid the process that the person was shown
 */
export async function stopExternalServer(runner: Runner, pid: number): Promise<Outcome> {
  const { name, port, graceSeconds } = runner.service
  const changed: Failure = {
    code: 'external-changed',
    message: `Process ${pid} does not hold the port of ${name} any more.`,
    hint: 'Look again at who does.',
  }
  if (runner.state.status !== 'external' || port === null) return refusal(changed)
  // A server that only its commands control is stopped by them, or where it was started.
  if (await runner.mayBeUntouchable()) return toOutcome(await runner.stop(false))
  // In this order: if the pid is reused in between, the new process does not hold the port, or is not the one identified.
  const identity = await identify(pid)
  const [holder] = await processTable().listeners(new Set([port]))
  if (identity === null || holder?.pid !== pid) return refusal(changed)
  const left = await stopTree(identity, { graceMs: graceSeconds * 1000 })
  if (left.length > 0) return refusal(notEnded(describeSurvivors(left), pid))
  runner.post({ type: 'port-watched', holder: null })
  return { success: true, message: `${holder.name ?? 'The program'} (pid ${pid}) has been stopped.` }
}

function notEnded(survivors: string, pid: number): Failure {
  const message = `${survivors} could not be ended.`
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (systemErrorCode(error) === 'EPERM') {
      return { code: 'not-permitted', message, hint: 'It belongs to another user: stop it as that user.' }
    }
  }
  return { code: 'survived', message, hint: 'Stop it where it was started.' }
}
