import { bindConsoleEvents, type ConsoleEvents } from './console-event.ts'
import { bindCreateProcess, type CreateProcess } from './create-process.ts'
import { bindFiles, type Files } from './files.ts'
import { bindFirstThreads, type FirstThreads } from './first-thread.ts'
import { bindJobs, type Jobs } from './job.ts'
import { bindWin32, type Win32 } from './libs.ts'
import { bindProcessHandles, type ProcessHandles } from './process-handles.ts'
import { bindProcessWaits, type ProcessWaits } from './wait.ts'

/** What Windows does with processes, without Node in between. */
export interface NativeProcesses {
  readonly createProcess: CreateProcess
  readonly handles: ProcessHandles
  readonly files: Files
  readonly jobs: Jobs
  readonly firstThreads: FirstThreads
  readonly waits: ProcessWaits
  readonly consoleEvents: ConsoleEvents
}

let loading: Promise<NativeProcesses | null> | undefined

/** Null where this is not Windows of 64 bits, or koffi or one of the calls is missing. */
export function loadNativeProcesses(): Promise<NativeProcesses | null> {
  loading ??= bindWin32(bindTo)
  return loading
}

function bindTo(win32: Win32): NativeProcesses {
  const handles = bindProcessHandles(win32)
  const files = bindFiles(win32)
  return {
    createProcess: bindCreateProcess(win32),
    handles,
    files,
    jobs: bindJobs(win32),
    firstThreads: bindFirstThreads(win32),
    waits: bindProcessWaits(win32, files, handles),
    consoleEvents: bindConsoleEvents(win32),
  }
}
