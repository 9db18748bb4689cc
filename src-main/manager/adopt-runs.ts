import type { RunRecordStore } from '../os/run-records.ts'
import { recoverRuns } from './recover.ts'
import type { ServiceRegistry } from './service-registry.ts'

/**
 * Gives what an earlier life of this app left running to the services it belongs to. What has ended, or was being stopped,
 * begins to be ended with all it left behind.
 *
 * @returns the keys of the services that ran when the machine went down
 */
export async function adoptRuns(
  services: ServiceRegistry,
  records: RunRecordStore,
  warn: (message: string) => void,
): Promise<readonly string[]> {
  const { runs, ranBeforeReboot, warnings } = await recoverRuns(records)
  for (const warning of warnings) warn(warning)
  for (const { key, run, hasEnded, wasStopping } of runs) {
    const runner = services.processRunner(key, run.command)
    if (runner === null || runner.run !== null) {
      warn(`process ${run.identity.pid} of ${key} was left alone: there is no such service, or it runs already`)
      continue
    }
    runner.adopt(run)
    // One that restarts itself may have done so meanwhile: its runner looks for the new process.
    const isKept = !hasEnded || runner.service.followsRestart === true
    if (isKept && !wasStopping) continue
    warn(
      hasEnded
        ? `${runner.service.name} ended while the app was not running; what it left behind is ended now`
        : `${runner.service.name} was being stopped when the app ended; its stop goes on`,
    )
    void runner.stop(false)
  }
  return ranBeforeReboot
}
