import { environmentBlock, withIndispensable } from './native/win32/environment-block.ts'
import type { Handle } from './native/win32/libs.ts'
import { loadNativeProcesses, type NativeProcesses } from './native/win32/native.ts'
import { type RunJobs, runJobs } from './native/win32/run-jobs.ts'
import type { CaptureFiles, ProcessExit, ProcessHandle, StartOptions } from './started-process.ts'
import { windowsCommandOf } from './windows-command.ts'

/**
 * Starts a program by CreateProcessW: on a console of its own that nobody sees, in a job of its own that does not end with
 * this process, inheriting nothing but its three streams and a handle of that job
 * (docs/decisions/0016-windows-processes.md).
 *
 * @returns null if that is not possible here or for this program; then Node's own spawn is
 * @throws what `windowsCommandOf` throws, or a system error with a `code`
 */
export async function spawnOnWindows(options: StartOptions): Promise<ProcessHandle | null> {
  const { captureOutput = false } = options
  // Pipes, and descriptors whose file is not known, are Node's business.
  const files = typeof captureOutput === 'object' ? captureOutput.paths : null
  if (captureOutput === true || files === undefined) return null
  const [native, jobs] = await Promise.all([loadNativeProcesses(), runJobs()])
  return native === null || jobs === null ? null : start(options, files, native, jobs)
}

function start(
  options: StartOptions,
  files: CaptureFiles | null,
  native: NativeProcesses,
  jobs: RunJobs,
): ProcessHandle {
  const { cwd = process.cwd(), env = process.env, marker = null, consoleEvent = 'ctrl-break' } = options
  const program = windowsCommandOf(options)
  const environment = environmentBlock(withIndispensable(env, process.env))
  if (consoleEvent === 'ctrl-c') native.consoleEvents.heedCtrlC()
  const { name, job } = jobs.create(marker)
  try {
    const { pid, process: child } = withStreams(files, native, (stdin, stdout, stderr) => {
      const own = native.jobs.inheritableHandle(job)
      try {
        return native.createProcess({
          ...program,
          environment,
          cwd,
          stdin,
          stdout,
          stderr,
          inherited: [own],
          job,
          newGroup: consoleEvent === 'ctrl-break',
          leaveOwnJob: native.jobs.mayLeaveOwnJob(),
        })
      } finally {
        native.handles.close(own)
      }
    })
    if (marker === null) jobs.belongsTo(name, { pid, createdAt: native.handles.createdAt(child) })
    const exited = waitForEnd(child, native).finally(() => jobs.sweep())
    return { pid, exited, stdout: null, stderr: null }
  } catch (error) {
    jobs.sweep()
    throw error
  }
}

async function waitForEnd(child: Handle, { waits, handles }: NativeProcesses): Promise<ProcessExit> {
  await waits.start(child, false).ended
  const end = handles.endOf(child)
  handles.close(child)
  return { ...end, at: Date.now() }
}

/** Calls `use` with the streams of a new process, which inherits them, and closes them. */
function withStreams<T>(
  paths: CaptureFiles | null,
  { files, handles }: NativeProcesses,
  use: (stdin: Handle, stdout: Handle, stderr: Handle) => T,
): T {
  const open: Handle[] = []
  const keep = (handle: Handle) => {
    open.push(handle)
    return handle
  }
  const output = (file: string | undefined) =>
    keep(file === undefined ? files.openNowhere() : files.openForAppend(file))
  try {
    return use(keep(files.openEmptyInput()), output(paths?.stdout), output(paths?.stderr))
  } finally {
    for (const handle of open) handles.close(handle)
  }
}
