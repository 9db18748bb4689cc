import koffi from 'koffi'

// A process as it is left by who was killed in the middle of CreateProcessW: made, and not let go. Only for Windows.

const kernel32 = koffi.load('kernel32.dll')
const createProcess = kernel32.func(
  'int __stdcall CreateProcessW(const char16_t *application, void *line, void *a, void *b, int inherit, uint32_t flags, void *environment, const char16_t *folder, void *startup, void *created)',
)
const assignToJob = kernel32.func('int __stdcall AssignProcessToJobObject(intptr_t job, intptr_t process)')
const createJob = kernel32.func('intptr_t __stdcall CreateJobObjectW(void *security, const char16_t *name)')
const closeHandle = kernel32.func('int __stdcall CloseHandle(intptr_t handle)')

const CREATE_SUSPENDED = 0x4
const CREATE_NO_WINDOW = 0x0800_0000
const STARTUP_BYTES = 104
const CREATED = { bytes: 24, process: 0, thread: 8, pid: 16 }

/** @param line its whole command line @returns its pid, and what lets go of its job */
export function makeUnbegun(program: string, line: string, job: string): { pid: number; release: () => void } {
  const startup = Buffer.alloc(STARTUP_BYTES)
  startup.writeUInt32LE(STARTUP_BYTES)
  const created = Buffer.alloc(CREATED.bytes)
  const text = Buffer.from(`${line}\0`, 'utf16le')
  const flags = CREATE_SUSPENDED | CREATE_NO_WINDOW
  if (createProcess(program, text, null, null, 0, flags, null, null, startup, created) === 0) {
    throw new Error(`${program} could not be made`)
  }
  const [process, thread] = [created.readBigInt64LE(CREATED.process), created.readBigInt64LE(CREATED.thread)]
  const handle = createJob(null, job)
  if (assignToJob(handle, process) === 0) throw new Error('it could not be put into a job')
  closeHandle(thread)
  closeHandle(process)
  return { pid: created.readUInt32LE(CREATED.pid), release: () => void closeHandle(handle) }
}
