/** What is known of one process, of a handle that only this look had. */
export interface ProcessLook {
  readonly parentPid: number
  /** As in a snapshot of all processes. */
  readonly createdAt: string
  readonly name: string
}

// PROCESS_BASIC_INFORMATION of 64-bit Windows (winternl.h).
export const BASIC_BYTES = 48
const OFFSET = { pid: 32, parentPid: 40 } as const

/** Reads what NtQueryInformationProcess(ProcessBasicInformation) has written. */
export function parseBasic(buffer: Buffer): { readonly pid: number; readonly parentPid: number } {
  return {
    pid: Number(buffer.readBigUInt64LE(OFFSET.pid)),
    parentPid: Number(buffer.readBigUInt64LE(OFFSET.parentPid)),
  }
}

/** File name of a path with either slash. */
export function imageName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('\\'), path.lastIndexOf('/')) + 1)
}
