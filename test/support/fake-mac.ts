import type { SystemLibrary } from '../../src-main/os/native/darwin/system-library.ts'
import { encode } from './c-struct.ts'
import { fdInfo, kinfoProc, rusageInfo, socketFdInfo, taskInfo } from './darwin-structs.ts'

/** A process of a Mac that is not there. What is left out is as of another user's process: not for us to see. */
export interface FakeProcess {
  readonly pid: number
  readonly ppid?: number
  readonly pgid?: number
  readonly stat?: number
  readonly start?: readonly [seconds: number, microseconds: number]
  readonly name?: string
  readonly path?: string
  /** Bytes of KERN_PROCARGS2. */
  readonly arguments?: Buffer
  /** By descriptor; null for what is no socket. */
  readonly descriptors?: ReadonlyMap<number, Buffer | null>
  readonly runningThreads?: number
  readonly rusage?: Readonly<Record<string, number>>
}

export interface FakeMac {
  processes: FakeProcess[]
  bootSession: string
  timebase: readonly [number, number]
}

export const fakeMac = (...processes: FakeProcess[]): FakeMac => ({
  processes,
  bootSession: '5F3C0B9E-6C1D-4C0B-9B58-6C0E5B1A2D3F',
  timebase: [125, 3],
})

const TCP = 2
const LISTEN = 1

/** Bytes of a socket that listens. `flags`: 1 for IPv4, 2 for IPv6, 3 for both. */
export function listeningSocket(port: number, flags: number, changes: Readonly<Record<string, number>> = {}): Buffer {
  const tcp = 'psi.soi_proto.pri_tcp'
  return encode(socketFdInfo, {
    'psi.soi_kind': TCP,
    [`${tcp}.tcpsi_state`]: LISTEN,
    [`${tcp}.tcpsi_ini.insi_vflag`]: flags,
    // In network order, in the first two bytes.
    [`${tcp}.tcpsi_ini.insi_lport`]: ((port & 0xff) << 8) | (port >> 8),
    ...changes,
  })
}

/** Bytes of KERN_PROCARGS2. */
export function processArguments(path: string, args: readonly string[], environment: readonly string[]): Buffer {
  const count = Buffer.alloc(4)
  count.writeInt32LE(args.length)
  const padding = '\0'.repeat(8 - (path.length % 8))
  return Buffer.concat([count, Buffer.from(`${[path + padding, ...args, ...environment].join('\0')}\0`)])
}

const record = ({ pid, ppid = 1, pgid = pid, stat = 3, start = [1_795_400_000, 0], name = 'x' }: FakeProcess) =>
  encode(kinfoProc, {
    'kp_proc.p_pid': pid,
    'kp_proc.p_stat': stat,
    'kp_proc.p_starttime.tv_sec': start[0],
    'kp_proc.p_starttime.tv_usec': start[1],
    'kp_proc.p_comm': Buffer.from(name).subarray(0, 16).toString('latin1'),
    'kp_eproc.e_ppid': ppid,
    'kp_eproc.e_pgid': pgid,
  })

/** The calls as that Mac would answer them, to the byte. */
export function fakeLibrary(mac: FakeMac): SystemLibrary {
  const find = (pid: number) => mac.processes.find((process) => process.pid === pid)
  const give = (bytes: Buffer | undefined, into: Buffer) => {
    if (bytes === undefined) return 0
    return bytes.copy(into)
  }
  const answer = (name: readonly number[]): Buffer | null => {
    const [top, node, what, pid = 0] = name
    if (top !== 1) return null
    if (node === 14 && what === 0) return Buffer.concat(mac.processes.map(record))
    if (node === 14 && what === 1) {
      const found = find(pid)
      return found === undefined ? Buffer.alloc(0) : record(found)
    }
    return node === 49 ? (find(what ?? 0)?.arguments ?? null) : null
  }
  return {
    sysctl(name, into) {
      const bytes = answer(name)
      if (bytes === null || into === null) return bytes?.length ?? null
      return bytes.length > into.length ? null : bytes.copy(into)
    },
    sysctlByName(name, into) {
      return name === 'kern.bootsessionuuid' ? into.write(`${mac.bootSession}\0`) : null
    },
    procPidInfo(pid, flavor, into) {
      const found = find(pid)
      if (flavor === 1 && found?.descriptors !== undefined) {
        const entries = [...found.descriptors].map(([fd, socket]) =>
          encode(fdInfo, { proc_fd: fd, proc_fdtype: socket === null ? 1 : 2 }),
        )
        return give(Buffer.concat(entries), into)
      }
      if (flavor !== 4 || found?.runningThreads === undefined) return 0
      return give(encode(taskInfo, { pti_numrunning: found.runningThreads }), into)
    },
    procPidFdInfo(pid, descriptor, flavor, into) {
      return flavor === 3 ? give(find(pid)?.descriptors?.get(descriptor) ?? undefined, into) : 0
    },
    procPidPath: (pid, into) =>
      give(find(pid)?.path === undefined ? undefined : Buffer.from(find(pid)?.path ?? ''), into),
    procPidRusage(pid, flavor, into) {
      const rusage = find(pid)?.rusage
      return flavor === 0 && rusage !== undefined && give(encode(rusageInfo, rusage), into) > 0
    },
    machTimebaseInfo(into) {
      into.writeUInt32LE(mac.timebase[0], 0)
      into.writeUInt32LE(mac.timebase[1], 4)
      return true
    },
  }
}
