/** A process as SYSTEM_PROCESS_INFORMATION describes it. */
export interface SnapshotProcess {
  readonly pid: number
  readonly parentPid?: number
  readonly createdAt?: bigint
  readonly name?: string
  readonly userTicks?: bigint
  readonly kernelTicks?: bigint
  readonly workingSet?: bigint
  readonly privateWorkingSet?: bigint
  /** State and wait reason of each thread; default: one that waits for a person. */
  readonly threads?: readonly (readonly [state: number, waitReason: number])[]
}

const HEADER_BYTES = 256
const THREAD_BYTES = 80

/** Where the buffer would lie in memory. */
export const SNAPSHOT_ADDRESS = 0x7ff6_0000_1000n

/** What NtQuerySystemInformation(SystemProcessInformation) writes on 64-bit Windows: header, threads, name, for each. */
export function snapshotBuffer(processes: readonly SnapshotProcess[]): Buffer {
  let at = 0
  const blocks = processes.map((process, index) => {
    const block = blockOf(process, SNAPSHOT_ADDRESS + BigInt(at))
    if (index < processes.length - 1) block.writeUInt32LE(block.length, 0)
    at += block.length
    return block
  })
  // What an earlier, longer answer left behind.
  return Buffer.concat([...blocks, Buffer.alloc(1_000, 0xff)])
}

function blockOf(process: SnapshotProcess, address: bigint): Buffer {
  const { threads = [[5, 6]], name = '' } = process
  const text = Buffer.from(name, 'utf16le')
  const nameAt = HEADER_BYTES + threads.length * THREAD_BYTES
  const block = Buffer.alloc(Math.ceil((nameAt + text.length + 2) / 8) * 8)
  block.writeUInt32LE(threads.length, 4)
  block.writeBigUInt64LE(process.privateWorkingSet ?? 0n, 8)
  block.writeBigUInt64LE(process.createdAt ?? 0n, 32)
  block.writeBigUInt64LE(process.userTicks ?? 0n, 40)
  block.writeBigUInt64LE(process.kernelTicks ?? 0n, 48)
  block.writeUInt16LE(text.length, 56)
  block.writeUInt16LE(text.length + 2, 58)
  block.writeBigUInt64LE(name === '' ? 0n : address + BigInt(nameAt), 64)
  block.writeBigUInt64LE(BigInt(process.pid), 80)
  block.writeBigUInt64LE(BigInt(process.parentPid ?? 0), 88)
  block.writeBigUInt64LE(process.workingSet ?? 0n, 144)
  for (const [index, [state, waitReason]] of threads.entries()) {
    block.writeUInt32LE(state, HEADER_BYTES + index * THREAD_BYTES + 68)
    block.writeUInt32LE(waitReason, HEADER_BYTES + index * THREAD_BYTES + 72)
  }
  text.copy(block, nameAt)
  return block
}
