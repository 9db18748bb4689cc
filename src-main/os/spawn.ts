import type { Readable } from 'node:stream'
import { execa } from 'execa'
import { ProcessError, systemErrorCode } from './process-error.ts'

/** How a process ended: one of `code` and `signal`; both null if nobody could see it (an adopted process). */
export interface ProcessExit {
  readonly code: number | null
  readonly signal: string | null
  /** Milliseconds since the epoch. */
  readonly at: number
}

export interface StartOptions {
  /** Program and arguments. No shell sees them: each entry reaches the program as it is. */
  readonly command: readonly [string, ...string[]]
  /** Working directory; default: this process's own. */
  readonly cwd?: string
  /** The whole environment; default: this process's own. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /**
   * Where output goes: nowhere (false, the default), into streams of the handle (true), or straight into open
   * append-mode file descriptors. With descriptors the output survives this process (DESIGN.md, D1).
   */
  readonly captureOutput?: boolean | { readonly stdout: number; readonly stderr: number }
}

export interface ProcessHandle {
  readonly pid: number
  /** Settles when the process has ended. Never rejects. */
  readonly exited: Promise<ProcessExit>
  /** Only with `captureOutput: true`. */
  readonly stdout: Readable | null
  readonly stderr: Readable | null
}

function stdio(capture: StartOptions['captureOutput']) {
  if (typeof capture === 'object') {
    // execa passes on any open descriptor; its types know only 3 to 9.
    return ['ignore', capture.stdout as 3, capture.stderr as 3] as const
  }
  return capture === true ? (['ignore', 'pipe', 'pipe'] as const) : 'ignore'
}

function explainSpawnError(program: string, cwd: string | undefined, error: unknown): ProcessError {
  const code = systemErrorCode(error)
  const options = { cause: error }
  if (code === 'ENOENT') {
    return new ProcessError(
      'program-not-found',
      `expected a program at "${program}"${cwd === undefined ? '' : ` and a folder at "${cwd}"`}, found none`,
      'Check that it is installed and that its path and working directory are right.',
      options,
    )
  }
  if (code === 'EACCES') {
    const hint = 'Make the file executable, or choose another one.'
    return new ProcessError('program-not-executable', `"${program}" may not be executed`, hint, options)
  }
  if (code === 'E2BIG') {
    const hint = 'Shorten the arguments or the environment.'
    return new ProcessError('command-too-long', `the command line of "${program}" is too long`, hint, options)
  }
  const reason = error instanceof Error ? error.message : String(error)
  return new ProcessError('spawn-failed', `"${program}" could not be started: ${reason}`, '', options)
}

/** @throws ProcessError for what execa refuses before it tries, such as a NUL character */
function spawn(options: StartOptions) {
  const [program, ...args] = options.command
  try {
    return execa(program, args, {
      stdio: stdio(options.captureOutput),
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.env === undefined ? {} : { env: options.env, extendEnv: false }),
      // Its own session, so that a signal to the group reaches its children and a Ctrl-C in our terminal does not.
      detached: true,
      cleanup: false,
      windowsHide: true,
      reject: false,
      // What a server prints is never held in memory, and never killed for its length (execa's maxBuffer).
      buffer: false,
    })
  } catch (error) {
    throw explainSpawnError(program, options.cwd, error)
  }
}

/**
 * Starts a program without a shell, without a console window on Windows, as leader of its own session elsewhere, and
 * independent of this process: it goes on if this process ends.
 *
 * @throws ProcessError `program-not-found`, `program-not-executable`, `command-too-long` or `spawn-failed`
 */
export async function startProcessCrossPlatform(options: StartOptions): Promise<ProcessHandle> {
  const [program] = options.command
  const started = spawn(options)
  const child = started.nodeChildProcess
  // libuv reports a failed exec before spawn returns, so a missing pid is a failed start and a pid a successful one.
  if (child.pid === undefined) {
    const result = await started
    throw explainSpawnError(program, options.cwd, 'cause' in result ? result.cause : result)
  }
  const exited = new Promise<ProcessExit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal, at: Date.now() }))
  })
  child.unref()
  return { pid: child.pid, exited, stdout: child.stdout, stderr: child.stderr }
}
