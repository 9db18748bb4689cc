// `struct proc_fdinfo` and `struct socket_fdinfo` of <sys/proc_info.h>, the same on arm64 and x86_64.

/** Flavor of proc_pidinfo: the open descriptors. */
export const PROC_PIDLISTFDS = 1
/** Flavor of proc_pidfdinfo: what a socket is. */
export const PROC_PIDFDSOCKETINFO = 3

export const FDINFO_BYTES = 8
const FD_TYPE = 4
const FDTYPE_SOCKET = 2

export const SOCKET_FDINFO_BYTES = 792
const KIND = 256
const LOCAL_PORT = 268
const VERSION_FLAGS = 288
const TCP_STATE = 344

const SOCKINFO_TCP = 2
const TSI_S_LISTEN = 1
const INI_IPV6 = 2

/** Those descriptors that are sockets, from the bytes of PROC_PIDLISTFDS. */
export function decodeSocketDescriptors(bytes: Buffer): number[] {
  const found: number[] = []
  for (let offset = 0; offset + FDINFO_BYTES <= bytes.length; offset += FDINFO_BYTES) {
    if (bytes.readUInt32LE(offset + FD_TYPE) === FDTYPE_SOCKET) found.push(bytes.readInt32LE(offset))
  }
  return found
}

export interface ListeningSocket {
  readonly port: number
  /** 6 also if it takes IPv4 connections too. */
  readonly family: 4 | 6
}

/** What a socket listens on, from the bytes of PROC_PIDFDSOCKETINFO; null for any that does not listen by TCP. */
export function decodeListeningSocket(bytes: Buffer): ListeningSocket | null {
  if (bytes.length < SOCKET_FDINFO_BYTES) return null
  if (bytes.readInt32LE(KIND) !== SOCKINFO_TCP || bytes.readInt32LE(TCP_STATE) !== TSI_S_LISTEN) return null
  // An int whose first two bytes are the port in network order.
  const port = bytes.readUInt16BE(LOCAL_PORT)
  return { port, family: (bytes.readUInt8(VERSION_FLAGS) & INI_IPV6) === 0 ? 4 : 6 }
}
