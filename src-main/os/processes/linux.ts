import { closeSync, existsSync, openSync, readdirSync, readFileSync, readlinkSync, readSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import type { Listener, ProcessEntry, ProcessTable } from './process-table.ts'

// Synchronous reads on purpose: /proc answers from memory in microseconds, while each asynchronous read would be a
// round trip through the thread pool; a list of 300 processes takes about 3 ms this way and 30 ms the other.

const TCP_LISTEN = '0A'
/** Node gives its main thread this name, which tells people nothing about the program. */
const NODE_THREAD = 'MainThread'

/** What a `stat` fits into with room to spare, and most environments do. */
const chunk = Buffer.allocUnsafeSlow(16_384)

/**
 * The text of a /proc file, or null if the process is gone or not ours to read. Node's own readFileSync takes 64 KB of
 * memory for each file whose size is unknown, as all are here.
 */
function readProc(path: string): string | null {
  let descriptor: number
  try {
    descriptor = openSync(path, 'r')
  } catch {
    return null
  }
  try {
    let text = ''
    for (;;) {
      const bytes = readSync(descriptor, chunk, 0, chunk.length, null)
      // Until nothing comes: tables such as net/tcp give a page at a time, whatever there is room for.
      if (bytes === 0) return text
      text += chunk.toString('utf8', 0, bytes)
    }
  } catch {
    return null
  } finally {
    closeSync(descriptor)
  }
}

/**
 * Parses /proc/PID/stat (proc(5)). The name stands in parentheses and may itself hold spaces and parentheses, so the
 * fields are counted from the last one. Null for zombies (Z) and dead processes (X).
 */
export function parseStat(stat: string): ProcessEntry | null {
  const open = stat.indexOf('(')
  const close = stat.lastIndexOf(')')
  if (open < 0 || close < open) return null
  // Field 3 (state) is the first after the name, so field N is at index N - 3.
  const fields = stat.slice(close + 2).split(' ')
  const [state, parentPid, groupId] = fields
  const createdAt = fields[19]
  if (state === undefined || createdAt === undefined || state === 'Z' || state === 'X') return null
  return {
    pid: Number(stat.slice(0, open)),
    parentPid: Number(parentPid),
    groupId: Number(groupId),
    createdAt,
    name: stat.slice(open + 1, close),
  }
}

function findEntry(pid: number): ProcessEntry | null {
  const stat = readProc(`/proc/${pid}/stat`)
  const entry = stat === null ? null : parseStat(stat)
  return entry?.name === NODE_THREAD ? { ...entry, name: programName(pid) ?? entry.name } : entry
}

function programName(pid: number): string | null {
  try {
    return basename(readlinkSync(`/proc/${pid}/exe`))
  } catch {
    return null // Gone, or another user's.
  }
}

function allPids(): number[] {
  const found: number[] = []
  for (const name of readdirSync('/proc')) {
    const pid = Number(name)
    if (Number.isInteger(pid)) found.push(pid)
  }
  return found
}

/** Inodes of the sockets that listen on one of `ports`, from the text of /proc/net/tcp or tcp6 (proc_pid_net(5)). */
export function parseListeners(text: string, ports: ReadonlySet<number>): Map<string, number> {
  const inodes = new Map<string, number>()
  for (const line of text.split('\n').slice(1)) {
    const fields = line.trim().split(/\s+/)
    const [, local, , state] = fields
    const inode = fields[9]
    if (local === undefined || inode === undefined || state !== TCP_LISTEN) continue
    const port = Number.parseInt(local.slice(local.lastIndexOf(':') + 1), 16)
    if (ports.has(port)) inodes.set(inode, port)
  }
  return inodes
}

/** Pid by socket inode, for those of `inodes` that a process we may look into holds. */
function findSocketOwners(inodes: ReadonlyMap<string, number>): Map<string, number> {
  const owners = new Map<string, number>()
  for (const pid of allPids()) {
    let descriptors: string[]
    try {
      descriptors = readdirSync(`/proc/${pid}/fd`)
    } catch {
      continue // Gone, or another user's.
    }
    for (const descriptor of descriptors) {
      const inode = socketInode(`/proc/${pid}/fd/${descriptor}`)
      // The first owner wins: pids are listed in ascending order, so it is the parent rather than a worker.
      if (inode !== null && inodes.has(inode) && !owners.has(inode)) owners.set(inode, pid)
    }
    if (owners.size === inodes.size) break
  }
  return owners
}

function socketInode(link: string): string | null {
  try {
    return /^socket:\[(\d+)\]$/.exec(readlinkSync(link))?.[1] ?? null
  } catch {
    return null
  }
}

function findListeners(ports: ReadonlySet<number>): Listener[] {
  const sockets4 = parseListeners(readProc('/proc/net/tcp') ?? '', ports)
  const sockets6 = parseListeners(readProc('/proc/net/tcp6') ?? '', ports)
  if (sockets4.size + sockets6.size === 0) return []
  const owners = findSocketOwners(new Map([...sockets4, ...sockets6]))
  return [...nameHolders(sockets4, 4, owners), ...nameHolders(sockets6, 6, owners)]
}

/** One listener per port: one whose process is known, if there is one. */
function nameHolders(sockets: ReadonlyMap<string, number>, family: 4 | 6, owners: ReadonlyMap<string, number>) {
  const holders = new Map<number, Listener>()
  for (const [inode, port] of sockets) {
    const pid = owners.get(inode) ?? null
    if (pid === null && holders.has(port)) continue
    holders.set(port, { port, pid, name: pid === null ? null : (findEntry(pid)?.name ?? null), family })
  }
  return holders.values()
}

/**
 * So long a pid is taken for that of the process seen there, in milliseconds, so that the second of two looks that are to agree
 * costs a tenth of the first. Linux gives pids in turn: for another process to get it, this one has to end in that time and its
 * number to be next just then.
 */
const PID_TRUST_MS = 10

/** When a process was created, and by which inode and moment its directory in /proc is known. */
interface Seen {
  readonly inode: number
  readonly changedAt: number
  readonly createdAt: number
  /** When it was looked at, by `performance.now()`. */
  readonly at: number
}

/**
 * Tells which processes are older than a moment, by one `stat` of each one's directory, a third of what reading its file
 * `stat` costs. The kernel makes the directory's inode when somebody first looks, and drops it with the process or when
 * memory is short: the same inode of the same moment means the same process, and anything else is looked at anew.
 */
class CreationTimes {
  #seen = new Map<number, Seen>()

  /** Entries of all `pids` but those that are known to be older than `since`. */
  younger(pids: readonly number[], since: number): ProcessEntry[] {
    const entries: ProcessEntry[] = []
    const seen = new Map<number, Seen>()
    const at = performance.now()
    for (const pid of pids) {
      const known = this.#seen.get(pid)
      if (known !== undefined && known.createdAt < since && at - known.at < PID_TRUST_MS) {
        seen.set(pid, known)
        continue
      }
      const directory = statSync(`/proc/${pid}`, { throwIfNoEntry: false })
      if (directory === undefined) continue
      const { ino: inode, ctimeMs: changedAt } = directory
      const isKnown = known !== undefined && known.inode === inode && known.changedAt === changedAt
      if (isKnown && known.createdAt < since) {
        seen.set(pid, { ...known, at })
        continue
      }
      const entry = findEntry(pid)
      if (entry === null) continue
      entries.push(entry)
      seen.set(pid, { inode, changedAt, createdAt: Number(entry.createdAt), at })
    }
    this.#seen = seen
    return entries
  }
}

function hasEnvironment(pid: number, name: string, value: string): boolean {
  const environment = readProc(`/proc/${pid}/environ`)
  return environment !== null && `\0${environment}`.includes(`\0${name}=${value}\0`)
}

/** Linux: everything from /proc, no helper program. */
export function createLinuxProcessTable(): ProcessTable {
  let bootId: string | undefined
  const times = new CreationTimes()
  return {
    async bootId() {
      bootId ??= readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()
      return bootId
    },
    async find(pid) {
      // For one that has ended, an exception is spared, which takes longer than all the rest.
      return existsSync(`/proc/${pid}`) ? findEntry(pid) : null
    },
    async list({ createdSince } = {}) {
      if (createdSince !== undefined) return times.younger(allPids(), Number(createdSince))
      const entries: ProcessEntry[] = []
      for (const pid of allPids()) {
        const entry = findEntry(pid)
        if (entry !== null) entries.push(entry)
      }
      return entries
    },
    async withEnvironment(pids, name, value) {
      return new Set(pids.filter((pid) => hasEnvironment(pid, name, value)))
    },
    async listeners(ports) {
      return findListeners(ports)
    },
  }
}
