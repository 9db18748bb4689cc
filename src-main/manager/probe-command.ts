import { randomBytes } from 'node:crypto'
import { homedir } from 'node:os'
import { describeExit } from '../core/exit.ts'
import type { ProbeResult } from '../core/health.ts'
import type { ProbeConfig } from '../core/health-config.ts'
import type { ServiceDefinition } from '../core/service-config.ts'
import { endedWithin } from '../os/ended-within.ts'
import { identify } from '../os/processes/identity.ts'
import { startProcessCrossPlatform } from '../os/spawn.ts'
import { stopTree } from '../os/stop-tree.ts'
import type { ProgramResult } from '../services/find-binary.ts'
import { helperVariables, type SecretsOf } from './service-secrets.ts'

/** Environment variable that a probe and all that it starts carry. Not the run's own: it is no part of the service. */
const PROBE_MARKER = 'AGENTOS_PROBE'

export interface ProbeProgram {
  readonly service: ServiceDefinition
  readonly resolveProgram: (service: ServiceDefinition) => Promise<ProgramResult>
  readonly secretsOf: SecretsOf
}

/** Runs a program and looks at its exit code. It gets no input, its output goes nowhere, and its time-out ends its tree. */
export async function probeCommand(
  target: ProbeProgram,
  { command, timeoutSeconds }: ProbeConfig,
  signal: AbortSignal,
): Promise<ProbeResult> {
  const [binName = '', ...args] = command ?? []
  try {
    // Not looked up as a known server: a probe is a program in PATH or an absolute path.
    const resolved = await target.resolveProgram({ ...target.service, binName, preset: 'custom' })
    if (!resolved.ok) return { outcome: 'failed', detail: `The probe cannot run: ${resolved.failure.message}.` }
    const { program } = resolved
    const full = [program.command, ...program.args, ...args] as const
    const variables = { ...program.env, ...(await helperVariables(target.service, target.secretsOf)) }
    return await run(binName, full, variables, target.service.cwd, timeoutSeconds, signal)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { outcome: 'failed', detail: `The probe cannot run: ${message}.` }
  }
}

async function run(
  name: string,
  command: readonly [string, ...string[]],
  variables: Readonly<Record<string, string>>,
  cwd: string | null,
  timeoutSeconds: number,
  signal: AbortSignal,
): Promise<ProbeResult> {
  if (signal.aborted) return { outcome: 'failed', detail: 'It was called off.' }
  const marker = { name: PROBE_MARKER, value: randomBytes(16).toString('hex') }
  const env = { ...process.env, ...variables }
  const { pid, exited } = await startProcessCrossPlatform({ command, cwd: cwd ?? homedir(), env, marker })
  const identity = await identify(pid)
  const inTime = await endedWithin(exited, timeoutSeconds * 1000, signal)
  if (inTime === null && identity !== null) {
    await stopTree(identity, { graceMs: 0, force: true, marker, watchedToItsEnd: true })
    return { outcome: 'failed', detail: `${name} did not end within ${timeoutSeconds} s.` }
  }
  const exit = inTime ?? (await exited)
  return { outcome: exit.code === 0 ? 'ok' : 'failed', detail: `${name} ended with ${describeExit(exit)}.` }
}
