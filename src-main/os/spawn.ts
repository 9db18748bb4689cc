import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import { execa } from 'execa'
import { ProcessError, systemErrorCode } from './process-error.ts'
import { spawnNatively } from './spawn-natively.ts'
import type { ProcessExit, ProcessHandle, StartOptions } from './started-process.ts'
import { windowsCommandOf } from './windows-command.ts'

function stdio(capture: StartOptions['captureOutput']) {
  if (typeof capture === 'object') {
    // execa passes on any open descriptor; its types know only 3 to 9.
    return ['ignore', capture.stdout as 3, capture.stderr as 3] as const
  }
  return capture === true ? (['ignore', 'pipe', 'pipe'] as const) : 'ignore'
}

function explainSpawnError(program: string, cwd: string | undefined, error: unknown): ProcessError {
  if (error instanceof ProcessError) return error
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
    const isWindows = process.platform === 'win32'
    const hint = isWindows
      ? 'Choose another file, or allow this one.'
      : 'Make the file executable, or choose another one.'
    // There, the reason may be a virus scanner, a policy, or a program that only administrators run.
    const why = isWindows ? `: ${reasonOf(error)}` : ''
    return new ProcessError('program-not-executable', `"${program}" may not be executed${why}`, hint, options)
  }
  if (code === 'ENOEXEC') {
    const hint = 'Choose the program itself, not a file that it opens.'
    const message = `"${program}" is no program that this system can run: ${reasonOf(error)}`
    return new ProcessError('program-not-executable', message, hint, options)
  }
  if (code === 'E2BIG') {
    const hint = 'Shorten the arguments or the environment.'
    return new ProcessError('command-too-long', `the command line of "${program}" is too long`, hint, options)
  }
  return new ProcessError('spawn-failed', `"${program}" could not be started: ${reasonOf(error)}`, '', options)
}

const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error))

type Child = Pick<ChildProcess, 'pid' | 'stdout' | 'stderr' | 'once' | 'unref'>

interface Spawned {
  readonly child: Child
  /** The system's reason; asked only if the child got no pid. */
  readonly reason: () => Promise<unknown>
}

/**
 * POSIX, where the system's own posix_spawn is not to be had: Node's spawn. execa takes 2 ms more per start, and a
 * restart after a crash waits for it; nothing of what it adds is used here (docs/decisions/0010-fast-restart.md).
 */
function spawnPosix(options: StartOptions): Spawned {
  const [program, ...args] = options.command
  const child = spawn(program, args, {
    stdio: stdio(options.captureOutput) as StdioOptions,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.env === undefined ? {} : { env: options.env }),
    // Its own session, so that a signal to the group reaches its children and a Ctrl-C in our terminal does not.
    detached: true,
  })
  const failed = new Promise<unknown>((resolve) => child.once('error', resolve))
  return { child, reason: () => failed }
}

/**
 * Windows, for pipes, and where native calls are not to be had: execa knows how to start batch files there. What they could not
 * be given safely is refused before.
 */
function spawnWindows(options: StartOptions): Spawned {
  const [, ...args] = options.command
  const { file } = windowsCommandOf(options)
  const started = execa(file, args, {
    stdio: stdio(options.captureOutput),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.env === undefined ? {} : { env: options.env, extendEnv: false }),
    // What is read through pipes is short-lived and gets a hidden console. Anything else has to outlive this process, for which
    // Node knows no other way than no console at all.
    detached: options.captureOutput !== true,
    cleanup: false,
    windowsHide: true,
    reject: false,
    // What a server prints is never held in memory, and never killed for its length (execa's maxBuffer).
    buffer: false,
  })
  const reason = async () => {
    const result = await started
    return 'cause' in result ? result.cause : result
  }
  return { child: started.nodeChildProcess, reason }
}

function withMarker(options: StartOptions): StartOptions {
  const { marker, env = process.env } = options
  return marker === undefined ? options : { ...options, env: { ...env, [marker.name]: marker.value } }
}

/**
 * Starts a program without a shell, without a console window on Windows, as leader of its own session elsewhere, and
 * independent of this process: it goes on if this process ends.
 *
 * @throws ProcessError `program-not-found`, `program-not-executable`, `command-too-long` or `spawn-failed`; on Windows
 * also `command-not-safe`, for a batch file with arguments that cmd.exe would misread
 */
export async function startProcessCrossPlatform(given: StartOptions): Promise<ProcessHandle> {
  const options = withMarker(given)
  const [program] = options.command
  let spawned: Spawned
  try {
    const native = await spawnNatively(options)
    if (native !== null) return native
    spawned = process.platform === 'win32' ? spawnWindows(options) : spawnPosix(options)
  } catch (error) {
    // What posix_spawn says, and what Node refuses before it is tried, such as a NUL character.
    throw explainSpawnError(program, options.cwd, error)
  }
  const { child } = spawned
  // libuv reports a failed exec before spawn returns, so a missing pid is a failed start and a pid a successful one.
  if (child.pid === undefined) throw explainSpawnError(program, options.cwd, await spawned.reason())
  const exited = new Promise<ProcessExit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal, at: Date.now() }))
  })
  child.unref()
  return { pid: child.pid, exited, stdout: child.stdout, stderr: child.stderr }
}
