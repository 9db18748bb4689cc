// `struct kinfo_proc` of <sys/sysctl.h>, as sysctl KERN_PROC gives it to a 64-bit program, on arm64 and x86_64 alike.
// Offsets are those that a C compiler makes of the public headers; the kernel fills it in bsd/kern/kern_sysctl.c.

/** Size of one record. */
export const KINFO_PROC_BYTES = 648
const START_SECONDS = 0
const START_MICROSECONDS = 8
const STATUS = 36
const PID = 40
const NAME = 243
const PARENT_PID = 560
const GROUP_ID = 564

/** MAXCOMLEN: a name of this length may be the beginning of a longer one. */
export const MAX_NAME_BYTES = 16

/** `p_stat` of <sys/proc.h>. */
export const SSTOP = 4
export const SZOMB = 5

/** One process as the kernel's table has it. */
export interface KernelProcess {
  readonly pid: number
  readonly parentPid: number
  readonly groupId: number
  /** One of the kernel's `S...` numbers, such as {@link SSTOP}. */
  readonly status: number
  /** Creation time, by the wall clock of that moment; it does not change afterwards, nor with an exec. */
  readonly startSeconds: number
  readonly startMicroseconds: number
  /** At most {@link MAX_NAME_BYTES} bytes of the program's name. */
  readonly name: Buffer
}

/** Reads the record at `offset`. */
export function decodeKinfoProc(bytes: Buffer, offset = 0): KernelProcess {
  const name = bytes.subarray(offset + NAME, offset + NAME + MAX_NAME_BYTES)
  const end = name.indexOf(0)
  return {
    pid: bytes.readInt32LE(offset + PID),
    parentPid: bytes.readInt32LE(offset + PARENT_PID),
    groupId: bytes.readInt32LE(offset + GROUP_ID),
    status: bytes.readUInt8(offset + STATUS),
    startSeconds: Number(bytes.readBigInt64LE(offset + START_SECONDS)),
    startMicroseconds: bytes.readInt32LE(offset + START_MICROSECONDS),
    // A copy: the buffer is used again.
    name: Buffer.from(end < 0 ? name : name.subarray(0, end)),
  }
}

/** Reads all records; what is left over at the end is none. */
export function decodeKinfoProcs(bytes: Buffer): KernelProcess[] {
  const found: KernelProcess[] = []
  for (let offset = 0; offset + KINFO_PROC_BYTES <= bytes.length; offset += KINFO_PROC_BYTES) {
    found.push(decodeKinfoProc(bytes, offset))
  }
  return found
}
