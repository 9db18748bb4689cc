import { win32 as path } from 'node:path'
import { type Handle, INVALID_HANDLE, type Win32 } from './libs.ts'
import { systemError } from './system-error.ts'

// Rights, sharing and dispositions of CreateFileW (winnt.h, fileapi.h).
const GENERIC_READ = 0x8000_0000
const GENERIC_WRITE = 0x4000_0000
const FILE_APPEND_DATA = 0x0004
const FILE_READ_ATTRIBUTES = 0x0080
const FILE_WRITE_ATTRIBUTES = 0x0100
const READ_CONTROL = 0x0002_0000
const SYNCHRONIZE = 0x0010_0000
const SHARE_ALL = 0x1 | 0x2 | 0x4
const OPEN_EXISTING = 3
const OPEN_ALWAYS = 4
const FILE_ATTRIBUTE_NORMAL = 0x80
/** Without the right to write anywhere (FILE_WRITE_DATA), the system itself puts every write at the end, whoever else writes. */
const APPEND = FILE_APPEND_DATA | FILE_READ_ATTRIBUTES | FILE_WRITE_ATTRIBUTES | READ_CONTROL | SYNCHRONIZE

// Named pipes (namedpipeapi.h).
const PIPE_ACCESS_DUPLEX = 0x3
const FILE_FLAG_FIRST_PIPE_INSTANCE = 0x0008_0000
const PIPE_REJECT_REMOTE_CLIENTS = 0x8

/** Handles for a new process to inherit, and one end of a pipe. The caller closes all of them. */
export interface Files {
  /**
   * CreateFileW for appending, created if it is missing. Others may read, write, rename and remove it meanwhile.
   *
   * @throws a system error such as `ENOENT` or `EACCES`
   */
  openForAppend(file: string): Handle
  /** The device that has nothing to read. @throws a system error */
  openEmptyInput(): Handle
  /** The device into which output goes that nobody wants. @throws a system error */
  openNowhere(): Handle
  /**
   * CreateNamedPipeW: the serving end of a pipe for one client of this machine. Nobody inherits it.
   *
   * @throws a system error: `EACCES` if there is a pipe of this name
   */
  createPipe(name: string): Handle
}

/** SECURITY_ATTRIBUTES with bInheritHandle: nLength, lpSecurityDescriptor (none: the default one), the flag. */
function inheritable(): Buffer {
  const attributes = Buffer.alloc(24)
  attributes.writeUInt32LE(attributes.length, 0)
  attributes.writeUInt32LE(1, 16)
  return attributes
}

export function bindFiles({ kernel32, lastError }: Win32): Files {
  const createFile = kernel32.func(
    'void * __stdcall CreateFileW(const char16_t *name, uint32_t access, uint32_t share, void *security, uint32_t disposition, uint32_t flags, void *template)',
  )
  const createNamedPipe = kernel32.func(
    'void * __stdcall CreateNamedPipeW(const char16_t *name, uint32_t mode, uint32_t type, uint32_t instances, uint32_t outBytes, uint32_t inBytes, uint32_t timeout, void *security)',
  )
  const valid = (call: string, handle: Handle | null): Handle => {
    if (handle === null || handle === INVALID_HANDLE) throw systemError(call, lastError())
    return handle
  }
  const open = (name: string, access: number, disposition: number) =>
    valid('CreateFileW', createFile(name, access, SHARE_ALL, inheritable(), disposition, FILE_ATTRIBUTE_NORMAL, null))
  return {
    // In the form that has no limit of 260 characters.
    openForAppend: (file) => open(path.toNamespacedPath(file), APPEND, OPEN_ALWAYS),
    openEmptyInput: () => open('NUL', GENERIC_READ, OPEN_EXISTING),
    openNowhere: () => open('NUL', GENERIC_WRITE, OPEN_EXISTING),
    createPipe(name) {
      const mode = PIPE_ACCESS_DUPLEX | FILE_FLAG_FIRST_PIPE_INSTANCE
      return valid('CreateNamedPipeW', createNamedPipe(name, mode, PIPE_REJECT_REMOTE_CLIENTS, 1, 0, 0, 0, null))
    },
  }
}
