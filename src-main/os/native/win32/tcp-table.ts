/** A listening socket and the process that made it, which may have ended since. */
export interface TcpListener {
  readonly port: number
  readonly pid: number
  readonly family: 4 | 6
}

// iphlpapi.h and tcpmib.h: a count, then rows. MIB_TCPROW_OWNER_PID, MIB_TCP6ROW_OWNER_PID.
const COUNT_BYTES = 4
const ROW = {
  4: { bytes: 24, port: 8, pid: 20 },
  6: { bytes: 56, port: 20, pid: 52 },
} as const

/** Reads a table of GetExtendedTcpTable(TCP_TABLE_OWNER_PID_LISTENER). */
export function parseTcpTable(buffer: Buffer, family: 4 | 6): TcpListener[] {
  if (buffer.length < COUNT_BYTES) return []
  const { bytes, port, pid } = ROW[family]
  const end = Math.min(COUNT_BYTES + buffer.readUInt32LE(0) * bytes, buffer.length)
  const listeners: TcpListener[] = []
  for (let at = COUNT_BYTES; at + bytes <= end; at += bytes) {
    // The port is in network order in the low half; what the upper half has is undefined.
    listeners.push({ port: buffer.readUInt16BE(at + port), pid: buffer.readUInt32LE(at + pid), family })
  }
  return listeners
}
