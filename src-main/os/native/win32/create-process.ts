import type { Handle, Win32 } from './libs.ts'
import { systemError } from './system-error.ts'

export interface NewProcess {
  /** Whole path of the program. */
  readonly application: string
  /** As of `commandLine` or `batchCommandLine`. */
  readonly commandLine: string
  /** As of `environmentBlock`. */
  readonly environment: string
  readonly cwd: string
  /** Handles that can be inherited; each a different one. */
  readonly stdin: Handle
  readonly stdout: Handle
  readonly stderr: Handle
  /** Further handles that it inherits. Nothing else of this process is. */
  readonly inherited: readonly Handle[]
  /** The job that it belongs to from its first instruction on. */
  readonly job: Handle
  /** To make it the leader of a group, which Ctrl+Break can be sent to and which ignores Ctrl+C. */
  readonly newGroup: boolean
  /** To start it outside the job that this process is in, which has to allow that. */
  readonly leaveOwnJob: boolean
}

export interface CreatedProcess {
  readonly pid: number
  /** Stays valid after its end; the caller closes it. */
  readonly process: Handle
}

/** CreateProcessW. @throws a system error such as `ENOENT` (program or folder), `EACCES`, `ENOEXEC`, `E2BIG` */
export type CreateProcess = (options: NewProcess) => CreatedProcess

// Flags and attributes (processthreadsapi.h, winbase.h).
const CREATE_NEW_PROCESS_GROUP = 0x0000_0200
const CREATE_UNICODE_ENVIRONMENT = 0x0000_0400
const EXTENDED_STARTUPINFO_PRESENT = 0x0008_0000
const CREATE_BREAKAWAY_FROM_JOB = 0x0100_0000
/** A console of its own that nobody sees: what it starts shares it, and no window pops up. */
const CREATE_NO_WINDOW = 0x0800_0000
/** No hourglass at the pointer while it starts. */
const STARTF_FORCEOFFFEEDBACK = 0x80
const STARTF_USESTDHANDLES = 0x100
const ATTRIBUTE_HANDLE_LIST = 0x0002_0002
const ATTRIBUTE_JOB_LIST = 0x0002_000d
/** STARTUPINFOEXW of 64 bits, and where its fields lie. */
const STARTUP_BYTES = 112
const FLAGS_AT = 60
const STDIN_AT = 80
const STDOUT_AT = 88
const STDERR_AT = 96
const ATTRIBUTES_AT = 104
/** PROCESS_INFORMATION: process, thread, pid, thread id. */
const PROCESS_BYTES = 24
const POINTER_BYTES = 8

export function bindCreateProcess({ koffi, kernel32, lastError }: Win32): CreateProcess {
  const createProcess = kernel32.func(
    'int __stdcall CreateProcessW(const char16_t *application, void *commandLine, void *processSecurity, void *threadSecurity, int inherit, uint32_t flags, void *environment, const char16_t *directory, void *startup, _Out_ void *created)',
  )
  const initializeList = kernel32.func(
    'int __stdcall InitializeProcThreadAttributeList(void *list, uint32_t count, uint32_t flags, _Inout_ size_t *bytes)',
  )
  const updateAttribute = kernel32.func(
    'int __stdcall UpdateProcThreadAttribute(void *list, uint32_t flags, uintptr_t attribute, void *value, size_t bytes, void *previous, void *returned)',
  )
  const deleteList = kernel32.func('void __stdcall DeleteProcThreadAttributeList(void *list)')
  const closeHandle = kernel32.func('int __stdcall CloseHandle(void *handle)')

  const check = (call: string, result: number) => {
    if (result === 0) throw systemError(call, lastError())
  }

  /** Memory that stays where it is while the attributes point to it. */
  const allocate = (bytes: number): Handle => koffi.alloc('uint8_t', bytes)
  const copyOf = (handles: readonly Handle[]): Handle => {
    const memory = allocate(handles.length * POINTER_BYTES)
    koffi.encode(memory, koffi.array('uint64_t', handles.length), handles)
    return memory
  }

  /** Calls `use` with a list of these attributes, each an array of handles. */
  function withAttributes<T>(attributes: ReadonlyMap<number, readonly Handle[]>, use: (list: Handle) => T): T {
    const bytes: [number] = [0]
    initializeList(null, attributes.size, 0, bytes)
    const list = allocate(bytes[0])
    const values: Handle[] = []
    try {
      check('InitializeProcThreadAttributeList', initializeList(list, attributes.size, 0, bytes))
      try {
        for (const [attribute, handles] of attributes) {
          const value = copyOf(handles)
          values.push(value)
          const size = handles.length * POINTER_BYTES
          check('UpdateProcThreadAttribute', updateAttribute(list, 0, attribute, value, size, null, null))
        }
        return use(list)
      } finally {
        deleteList(list)
      }
    } finally {
      for (const memory of [...values, list]) koffi.free(memory)
    }
  }

  return ({ application, commandLine, environment, cwd, stdin, stdout, stderr, inherited, job, ...options }) => {
    const flags =
      CREATE_UNICODE_ENVIRONMENT |
      EXTENDED_STARTUPINFO_PRESENT |
      CREATE_NO_WINDOW |
      (options.newGroup ? CREATE_NEW_PROCESS_GROUP : 0) |
      (options.leaveOwnJob ? CREATE_BREAKAWAY_FROM_JOB : 0)
    const attributes = new Map([
      [ATTRIBUTE_HANDLE_LIST, [stdin, stdout, stderr, ...inherited]],
      [ATTRIBUTE_JOB_LIST, [job]],
    ])
    return withAttributes(attributes, (list) => {
      const startup = Buffer.alloc(STARTUP_BYTES)
      startup.writeUInt32LE(STARTUP_BYTES, 0)
      startup.writeUInt32LE(STARTF_USESTDHANDLES | STARTF_FORCEOFFFEEDBACK, FLAGS_AT)
      startup.writeBigUInt64LE(stdin, STDIN_AT)
      startup.writeBigUInt64LE(stdout, STDOUT_AT)
      startup.writeBigUInt64LE(stderr, STDERR_AT)
      startup.writeBigUInt64LE(list, ATTRIBUTES_AT)
      // CreateProcessW writes into it.
      const line = Buffer.from(`${commandLine}\0`, 'utf16le')
      const block = Buffer.from(environment, 'utf16le')
      const created = Buffer.alloc(PROCESS_BYTES)
      check('CreateProcessW', createProcess(application, line, null, null, 1, flags, block, cwd, startup, created))
      closeHandle(created.readBigUInt64LE(POINTER_BYTES))
      return { process: created.readBigUInt64LE(0), pid: created.readUInt32LE(2 * POINTER_BYTES) }
    })
  }
}
