import { constants } from 'node:os'
import type { Health } from '../core/health.ts'
import type { ServiceStatus } from '../core/state.ts'
import type { Held } from './dependency-starter.ts'
import type { Runner } from './runner.ts'
import { snapshotOf } from './service-snapshot.ts'

export interface ProcessInfo {
  /** Null while nothing of the service runs. */
  readonly pid: number | null
  /** For people to read; secrets are masked. */
  readonly command: string
  /** Milliseconds since the epoch. */
  readonly startedAt: number | null
  /**
   * As Python's subprocess has it: the exit code of the last run, minus the signal's number if a signal ended it, null
   * while it runs or if nobody could see it.
   */
  readonly returncode: number | null
  readonly state: ServiceStatus
  readonly health: Health
}

export interface ProcessSummary {
  readonly pid: number | null
  readonly running: boolean
  readonly uptimeSeconds: number | null
  readonly command: string
}

export function processInfo(runner: Runner, held: Held | null = null): ProcessInfo {
  const { pid, commandLine, startedAt, status, health, lastExit } = snapshotOf(runner, false, held)
  const isRunning = runner.run !== null
  const returncode = isRunning || lastExit === null ? null : toReturncode(lastExit.code, lastExit.signal)
  return { pid: isRunning ? pid : null, command: commandLine, startedAt, returncode, state: status, health }
}

export function processSummary(runner: Runner): ProcessSummary {
  const { pid, command, startedAt } = processInfo(runner)
  const uptimeSeconds = startedAt === null ? null : Math.max(0, (Date.now() - startedAt) / 1000)
  return { pid, running: runner.run !== null, uptimeSeconds, command }
}

function toReturncode(code: number | null, signal: string | null): number | null {
  if (signal === null) return code
  const number = (constants.signals as Readonly<Record<string, number>>)[signal]
  return number === undefined ? null : -number
}
