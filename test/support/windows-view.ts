import koffi from 'koffi'

// The processes of Windows as tests look at them, on purpose not through src-main/os, which they test. Only for Windows:
// elsewhere these libraries are not there. Structures as in Windows' winternl.h and its public symbols, for 64 bits.

const kernel32 = koffi.load('kernel32.dll')
const ntdll = koffi.load('ntdll.dll')
const listPids = kernel32.func('int __stdcall K32EnumProcesses(void *pids, uint32_t size, void *needed)')
const openProcess = kernel32.func('intptr_t __stdcall OpenProcess(uint32_t access, int inherit, uint32_t pid)')
const closeHandle = kernel32.func('int __stdcall CloseHandle(intptr_t handle)')
const readMemory = kernel32.func(
  'int __stdcall ReadProcessMemory(intptr_t process, uint64_t address, void *buffer, size_t size, void *read)',
)
const queryProcess = ntdll.func(
  'int __stdcall NtQueryInformationProcess(intptr_t process, int kind, void *buffer, uint32_t size, void *needed)',
)

const countHandles = kernel32.func('int __stdcall GetProcessHandleCount(intptr_t process, void *count)')

const THIS_PROCESS = -1
const PROCESS_QUERY_INFORMATION = 0x400
const PROCESS_VM_READ = 0x10
const BASIC_INFORMATION = { kind: 0, size: 48, peb: 8 }
const PEB_PARAMETERS = 0x20
const PARAMETERS = { size: 0x3f8, commandLine: 0x70, environment: 0x80, environmentSize: 0x3f0 }
const MOST_PIDS = 4096
/** More than Windows allows a process to be started with. */
const MOST_BYTES = 1 << 20

interface Seen {
  readonly command: string
  /** "NAME=value" */
  readonly environment: readonly string[]
}

export function listAllPids(): number[] {
  const pids = Buffer.alloc(MOST_PIDS * 4)
  const needed = Buffer.alloc(4)
  if (listPids(pids, pids.length, needed) === 0) throw new Error('the processes cannot be listed')
  return Array.from({ length: needed.readUInt32LE() / 4 }, (_, index) => pids.readUInt32LE(index * 4))
}

/** Of this process: files, connections, processes, threads, ... */
export function countOwnHandles(): number {
  const count = Buffer.alloc(4)
  if (countHandles(THIS_PROCESS, count) === 0) throw new Error('the handles of this process cannot be counted')
  return count.readUInt32LE()
}

/** What Windows or Wine adds to a program that has a console, or is the first to need a desktop. */
const COMPANIONS = /\\system32\\(conhost|explorer)\.exe/i

/** A process that only the system has started for another one; it ends by itself. */
export const isCompanion = ({ command }: Seen) => COMPANIONS.test(command)

/** Null for what has ended, or is the system's or another user's. */
export function lookInto(pid: number): Seen | null {
  const handle = openProcess(PROCESS_QUERY_INFORMATION | PROCESS_VM_READ, 0, pid)
  if (Number(handle) === 0) return null
  try {
    return readParameters(handle)
  } finally {
    closeHandle(handle)
  }
}

function readParameters(process: unknown): Seen | null {
  const basic = Buffer.alloc(BASIC_INFORMATION.size)
  if (queryProcess(process, BASIC_INFORMATION.kind, basic, basic.length, null) !== 0) return null
  const pointer = read(process, basic.readBigUInt64LE(BASIC_INFORMATION.peb) + BigInt(PEB_PARAMETERS), 8)
  const parameters = pointer && read(process, pointer.readBigUInt64LE(), PARAMETERS.size)
  if (!parameters) return null
  const size = Number(parameters.readBigUInt64LE(PARAMETERS.environmentSize))
  const block = read(process, parameters.readBigUInt64LE(PARAMETERS.environment), Math.min(size, MOST_BYTES))
  const commandLength = parameters.readUInt16LE(PARAMETERS.commandLine)
  const command = read(process, parameters.readBigUInt64LE(PARAMETERS.commandLine + 8), commandLength)
  if (block === null) return null
  return { command: command?.toString('utf16le') ?? '', environment: block.toString('utf16le').split('\0') }
}

function read(process: unknown, address: bigint, size: number): Buffer | null {
  const buffer = Buffer.alloc(size)
  return readMemory(process, address, buffer, size, null) === 0 ? null : buffer
}
