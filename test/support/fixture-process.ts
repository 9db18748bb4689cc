import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ConsoleEvent } from '../../src-main/os/native/win32/console-event.ts'
import { identify } from '../../src-main/os/processes/identity.ts'
import type { Identity } from '../../src-main/os/processes/process-table.ts'
import { startProcessCrossPlatform } from '../../src-main/os/spawn.ts'
import type { ProcessHandle } from '../../src-main/os/started-process.ts'
import { endLater, fixture } from './processes.ts'
import { temporaryDirectory } from './temporary-directory.ts'
import { waitFor } from './wait-for.ts'
import { politeEvent } from './wine.ts'

export interface FixtureProcess extends ProcessHandle {
  readonly stdoutFile: string
  /** What it has written so far. */
  output(): string
  errors(): string
  /** @throws if it has ended */
  identity(): Promise<Identity>
}

export interface FixtureOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Windows: how it is to be asked to end. Default: `politeEvent`. */
  readonly consoleEvent?: ConsoleEvent
  /** Where its output goes; default: a new folder. */
  readonly folder?: string
}

/**
 * Starts a command as a service is started: its output goes straight into files, on every system. It is ended after the
 * test.
 */
export async function startIntoFiles(
  command: readonly [string, ...string[]],
  { folder = temporaryDirectory(), ...options }: FixtureOptions = {},
): Promise<FixtureProcess> {
  const [stdoutFile, stderrFile] = [join(folder, 'stdout.log'), join(folder, 'stderr.log')]
  const [stdout, stderr] = [openSync(stdoutFile, 'a', 0o600), openSync(stderrFile, 'a', 0o600)]
  try {
    // The paths say which files these are, to a system on which descriptors cannot be passed on.
    const captureOutput = { stdout, stderr, paths: { stdout: stdoutFile, stderr: stderrFile } }
    const handle = await startProcessCrossPlatform({ command, consoleEvent: politeEvent, ...options, captureOutput })
    endLater(handle.pid)
    return {
      ...handle,
      stdoutFile,
      output: () => readFileSync(stdoutFile, 'utf8'),
      errors: () => readFileSync(stderrFile, 'utf8'),
      async identity() {
        const found = await identify(handle.pid)
        if (found === null) throw new Error(`expected process ${handle.pid} to live`)
        return found
      },
    }
  } finally {
    closeSync(stdout)
    closeSync(stderr)
  }
}

/** Starts a program of test/fixtures. */
export const startFixture = (name: string, args: readonly string[] = [], options: FixtureOptions = {}) =>
  startIntoFiles([process.execPath, fixture(name), ...args], options)

/** Waits until a program has written this line. */
export const waitForLine = (started: FixtureProcess, line: string) =>
  waitFor(() => started.output().split('\n').slice(0, -1).includes(line), { what: `the line "${line}"` })
