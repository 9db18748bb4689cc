import { parseBootId, TIME_OF_DAY_BYTES } from './boot.ts'
import { bindWin32, type Win32 } from './libs.ts'
import { BASIC_BYTES, imageName, type ProcessLook, parseBasic } from './process-look.ts'
import { parseSnapshot, type SystemProcess } from './process-snapshot.ts'
import { parseTcpTable, type TcpListener } from './tcp-table.ts'

/** What Windows tells of its processes. All synchronous: one call takes microseconds, a whole table some milliseconds. */
export interface Win32Processes {
  /** All processes, at one moment. NtQuerySystemInformation(SystemProcessInformation). @throws if Windows refuses */
  snapshot(): SystemProcess[]
  /**
   * One process. `gone`: there is none, or it has ended, whoever holds a handle of it; `denied`: only a snapshot tells.
   * OpenProcess, GetProcessTimes, QueryFullProcessImageNameW.
   */
  look(pid: number): ProcessLook | 'gone' | 'denied'
  /** Differs after each boot and not before. NtQuerySystemInformation(SystemTimeOfDayInformation) */
  bootId(): string
  /** All listening TCP sockets. GetExtendedTcpTable */
  listeners(): TcpListener[]
}

const SYSTEM_TIME_OF_DAY = 3
const SYSTEM_PROCESSES = 5
const PROCESS_BASIC = 0
const STATUS_INFO_LENGTH_MISMATCH = 0xc0000004

const ERROR_INVALID_PARAMETER = 87
const ERROR_INSUFFICIENT_BUFFER = 122
const PROCESS_QUERY_LIMITED_INFORMATION = 0x1000
const SYNCHRONIZE = 0x0010_0000
const WAIT_OBJECT_0 = 0
/** A DWORD. */
const MAX_PID = 0xffff_ffff
/** The longest path, in characters. */
const MAX_PATH_LENGTH = 32_768

const ADDRESS_FAMILY = { 4: 2, 6: 23 } as const
const TCP_TABLE_OWNER_PID_LISTENER = 3

/** 500 processes with 10 threads each; grows where there are more. */
const FIRST_SNAPSHOT_BYTES = 1024 * 1024
const FIRST_TCP_BYTES = 16 * 1024
/** The table grows between two calls; that it does so each time means that something is wrong. */
const MAX_TRIES = 10

let loading: Promise<Win32Processes | null> | undefined

/** Null where koffi cannot be loaded, and on a 32-bit Node, whose structures are others. */
export function loadWin32Processes(): Promise<Win32Processes | null> {
  loading ??= bindWin32(bindTo)
  return loading
}

function bindTo({ koffi, kernel32, library, lastError }: Win32): Win32Processes {
  const ntdll = library('ntdll.dll')
  // The last argument is none of its own, and is ignored: Wine never returns from a system call that koffi makes directly
  // and with less than five.
  const querySystemOf = ntdll.func(
    'uint32 NtQuerySystemInformation(int class, void *data, uint32 bytes, void *needed, intptr_t none)',
  )
  const querySystem = (kind: number, data: Buffer, needed: Buffer): number =>
    querySystemOf(kind, data, data.length, needed, 0)
  const queryProcess = ntdll.func(
    'uint32 NtQueryInformationProcess(intptr_t process, int class, void *data, uint32 bytes, void *needed)',
  )
  const openProcess = kernel32.func('intptr_t OpenProcess(uint32 access, int inherit, uint32 pid)')
  const closeHandle = kernel32.func('int CloseHandle(intptr_t handle)')
  const waitFor = kernel32.func('uint32 WaitForSingleObject(intptr_t handle, uint32 ms)')
  const processTimes = kernel32.func(
    'int GetProcessTimes(intptr_t process, void *created, void *exited, void *kernel, void *user)',
  )
  const imagePath = kernel32.func(
    'int QueryFullProcessImageNameW(intptr_t process, uint32 flags, void *path, void *length)',
  )
  const iphlpapi = library('iphlpapi.dll')
  const tcpTable = iphlpapi.func(
    'uint32 GetExtendedTcpTable(void *table, void *bytes, int sorted, uint32 family, int class, uint32 reserved)',
  )

  // Kept between calls: each is done with them when it returns.
  let snapshotBuffer = Buffer.allocUnsafeSlow(FIRST_SNAPSHOT_BYTES)
  let tcpBuffer = Buffer.allocUnsafeSlow(FIRST_TCP_BYTES)
  const size = Buffer.alloc(4)
  const basic = Buffer.alloc(BASIC_BYTES)
  const times = Array.from({ length: 4 }, () => Buffer.alloc(8))
  const path = Buffer.allocUnsafeSlow(MAX_PATH_LENGTH * 2)

  const lookThrough = (handle: number, pid: number): ProcessLook | 'gone' | 'denied' => {
    // Not by its exit code: one that has ended with 259 (STILL_ACTIVE) would live for ever.
    if (waitFor(handle, 0) === WAIT_OBJECT_0) return 'gone'
    if (queryProcess(handle, PROCESS_BASIC, basic, BASIC_BYTES, null) !== 0) return 'denied'
    const { pid: found, parentPid } = parseBasic(basic)
    // OpenProcess ignores the two lowest bits of a pid.
    if (found !== pid) return 'gone'
    const [created] = times
    size.writeUInt32LE(MAX_PATH_LENGTH)
    if (created === undefined || processTimes(handle, ...times) === 0) return 'denied'
    if (imagePath(handle, 0, path, size) === 0) return 'denied'
    const name = imageName(path.toString('utf16le', 0, size.readUInt32LE(0) * 2))
    return { parentPid, createdAt: created.readBigUInt64LE(0).toString(), name }
  }

  const tableOf = (family: 4 | 6): TcpListener[] => {
    for (let attempt = 0; attempt < MAX_TRIES; attempt += 1) {
      size.writeUInt32LE(tcpBuffer.length)
      const code = tcpTable(tcpBuffer, size, 0, ADDRESS_FAMILY[family], TCP_TABLE_OWNER_PID_LISTENER, 0)
      if (code === 0) return parseTcpTable(tcpBuffer, family)
      if (code !== ERROR_INSUFFICIENT_BUFFER) return [] // A system without this family.
      tcpBuffer = Buffer.allocUnsafeSlow(size.readUInt32LE(0) * 2)
    }
    throw new Error('GetExtendedTcpTable asks for ever more space')
  }

  return {
    snapshot() {
      for (let attempt = 0; attempt < MAX_TRIES; attempt += 1) {
        const status = querySystem(SYSTEM_PROCESSES, snapshotBuffer, size)
        if (status === 0) return parseSnapshot(snapshotBuffer, koffi.address(snapshotBuffer))
        if (status !== STATUS_INFO_LENGTH_MISMATCH) throw ntError('NtQuerySystemInformation', status)
        snapshotBuffer = Buffer.allocUnsafeSlow(Math.max(snapshotBuffer.length, size.readUInt32LE(0)) * 2)
      }
      throw new Error('NtQuerySystemInformation asks for ever more space')
    },
    look(pid) {
      if (!Number.isInteger(pid) || pid < 1 || pid > MAX_PID) return 'gone'
      const handle: number = openProcess(PROCESS_QUERY_LIMITED_INFORMATION | SYNCHRONIZE, 0, pid)
      if (handle === 0) return lastError() === ERROR_INVALID_PARAMETER ? 'gone' : 'denied'
      try {
        return lookThrough(handle, pid)
      } finally {
        closeHandle(handle)
      }
    },
    bootId() {
      const buffer = Buffer.alloc(TIME_OF_DAY_BYTES)
      const status = querySystem(SYSTEM_TIME_OF_DAY, buffer, size)
      if (status !== 0) throw ntError('NtQuerySystemInformation', status)
      return parseBootId(buffer)
    },
    listeners() {
      return [...tableOf(4), ...tableOf(6)]
    },
  }
}

function ntError(call: string, status: number): Error {
  return new Error(`${call} failed: 0x${status.toString(16)}`)
}
