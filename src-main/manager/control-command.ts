import { homedir } from 'node:os'
import type { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import type { Failure } from '../core/failure.ts'
import type { ServiceDefinition } from '../core/service-config.ts'
import { endedWithin } from '../os/ended-within.ts'
import { identify, processTable } from '../os/processes/identity.ts'
import { startProcessCrossPlatform } from '../os/spawn.ts'
import type { ProcessExit, ProcessHandle } from '../os/started-process.ts'
import { stopTree } from '../os/stop-tree.ts'
import type { Program } from '../services/find-binary.ts'
import { explainStartError } from './launch-refusals.ts'
import { helperVariables, type SecretsOf } from './service-secrets.ts'

/** A status is a line of JSON; what comes after this much is not read. */
const MAX_OUTPUT_BYTES = 64 * 1024
/** What was printed before the end is there at once; what the command left running may keep the pipe open for ever. */
const LAST_OUTPUT_MS = 500

export interface ControlCommand {
  readonly service: ServiceDefinition
  readonly secretsOf: SecretsOf
  readonly program: Program
  /** Arguments that follow the program's own. */
  readonly args: readonly string[]
  readonly timeoutMs: number
  /** Ends the command. */
  readonly signal: AbortSignal
  /** Open files for its output; null: what it prints on stdout is wanted. */
  readonly output: { readonly stdout: number; readonly stderr: number } | null
}

/** How a command came out. `stdout` is empty where the output went into files. */
export type CommandEnd =
  | { readonly kind: 'exited'; readonly pid: number; readonly exit: ProcessExit; readonly stdout: string }
  /** It took too long, or was called off, and was ended. */
  | { readonly kind: 'timed-out' | 'called-off'; readonly pid: number }
  | { readonly kind: 'not-started'; readonly failure: Failure }

/**
 * Runs a command that controls a server. It carries no marker of a run and leads its own group: ending it ends what it is
 * made of and never the server, which it lets go. Never rejects.
 */
export async function runControlCommand(command: ControlCommand): Promise<CommandEnd> {
  const { service, secretsOf, program, args, timeoutMs, signal, output } = command
  if (signal.aborted) return { kind: 'not-started', failure: calledOff }
  let handle: ProcessHandle
  try {
    handle = await startProcessCrossPlatform({
      command: [program.command, ...program.args, ...args],
      cwd: service.cwd ?? homedir(),
      env: { ...process.env, ...program.env, ...(await helperVariables(service, secretsOf)) },
      captureOutput: output ?? true,
    })
  } catch (error) {
    return { kind: 'not-started', failure: explainStartError(error) }
  }
  // Whoever prints much into a pipe that nobody reads stands still.
  handle.stderr?.resume()
  const said = handle.stdout === null ? null : collect(handle.stdout)
  const exit = await endedWithin(handle.exited, timeoutMs, signal)
  if (exit === null) await endCommand(handle, service)
  const stdout = (await said?.finish(exit === null ? 0 : LAST_OUTPUT_MS)) ?? ''
  handle.stderr?.destroy()
  const { pid } = handle
  if (exit === null) return { kind: signal.aborted ? 'called-off' : 'timed-out', pid }
  return { kind: 'exited', pid, exit, stdout }
}

const calledOff: Failure = { code: 'stopped', message: 'It was called off.', hint: '' }

/** Whoever listens on the service's port is spared in any case, should a command turn into its server. */
async function endCommand({ pid }: ProcessHandle, { port }: ServiceDefinition): Promise<void> {
  const identity = await identify(pid)
  if (identity === null) return
  const listeners = port === null ? [] : await processTable().listeners(new Set([port]))
  const spared = new Set(listeners.flatMap((listener) => (listener.pid === null ? [] : [listener.pid])))
  await stopTree(identity, { graceMs: 0, force: true, groupOnly: true, spared })
}

function collect(stream: Readable): { finish: (waitMs: number) => Promise<string> } {
  const chunks: Buffer[] = []
  let length = 0
  stream.on('data', (chunk: Buffer) => {
    const part = chunk.subarray(0, MAX_OUTPUT_BYTES - length)
    length += part.length
    chunks.push(part)
  })
  const ended = new Promise<void>((resolve) => stream.once('close', resolve).once('error', () => resolve()))
  return {
    async finish(waitMs) {
      await Promise.race([ended, delay(waitMs, undefined, { ref: false })])
      stream.destroy()
      return Buffer.concat(chunks).toString('utf8')
    },
  }
}
