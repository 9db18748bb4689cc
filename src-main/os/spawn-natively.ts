import { Children } from './native/children.ts'
import { loadPosixSpawner, type NativeSpawnOptions } from './native/posix-spawn.ts'
import { systemErrorCode } from './process-error.ts'
import { spawnOnWindows } from './spawn-windows.ts'
import type { ProcessExit, ProcessHandle, StartOptions } from './started-process.ts'

let children: Children | undefined

/**
 * Starts a program by the system's own call, past Node: posix_spawn on Linux, if its output goes into open files;
 * CreateProcessW on Windows.
 *
 * @returns null if that is not possible here or for this program; then Node's own spawn is
 * @throws a system error with a `code` if the program cannot be started
 */
export async function spawnNatively(options: StartOptions): Promise<ProcessHandle | null> {
  if (process.platform === 'win32') return spawnOnWindows(options)
  const native = toNative(options)
  if (native === null) return null
  const spawner = await loadPosixSpawner()
  if (spawner === null) return null
  children ??= new Children(spawner)
  let tellExit: (exit: ProcessExit) => void
  const exited = new Promise<ProcessExit>((resolve) => {
    tellExit = resolve
  })
  try {
    const pid = children.add(
      () => spawner.spawn(native),
      (exit) => tellExit({ ...exit, at: Date.now() }),
    )
    return { pid, exited, stdout: null, stderr: null }
  } catch (error) {
    // A script without a first line that names its interpreter: Node's spawn gives it to the shell, as execvp(3) does.
    if (systemErrorCode(error) === 'ENOEXEC') return null
    throw error
  }
}

/** Null for what is Node's business: pipes, a search in PATH, and what it refuses with a better message. */
function toNative({ command, cwd, env = process.env, captureOutput }: StartOptions): NativeSpawnOptions | null {
  const [program] = command
  if (typeof captureOutput !== 'object' || !program.includes('/')) return null
  const environment: string[] = []
  for (const [name, value] of Object.entries(env)) if (value !== undefined) environment.push(`${name}=${value}`)
  const texts = [...command, ...environment, cwd ?? '']
  if (texts.some((text) => text.includes('\0'))) return null
  const { stdout, stderr } = captureOutput
  return { program, argv: command, environment, cwd: cwd ?? process.cwd(), stdout, stderr }
}
