import { execa } from 'execa'
import type { Listener, ProcessEntry, ProcessTable } from './process-table.ts'

// macOS without native calls: ps and lsof come with every system. Both take tens of milliseconds, so nothing here belongs
// in a fast loop.

const PS = '/bin/ps'
const LSOF = '/usr/sbin/lsof'
const SYSCTL = '/usr/sbin/sysctl'
const TIMEOUT_MS = 10_000

/** Output of a helper program; empty if it found nothing (ps and lsof then exit with 1) or could not run. */
async function output(file: string, args: string[]): Promise<string> {
  // LC_ALL fixes the language of `lstart`, TZ its time zone: it is an identity, and people travel.
  const { stdout } = await execa(file, args, { reject: false, timeout: TIMEOUT_MS, env: { LC_ALL: 'C', TZ: 'UTC' } })
  return stdout ?? ''
}

/**
 * Parses lines of `ps -o pid=,ppid=,pgid=,state=,lstart=,comm=`, for example
 * `  501     1   501 S    Mon Nov 23 03:26:16 2026     /usr/sbin/cfprefsd`.
 */
export function parsePs(text: string): ProcessEntry[] {
  const entries: ProcessEntry[] = []
  for (const line of text.split('\n')) {
    const match = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\S+\s+\S+\s+\S+\s+\S+\s+\S+)\s+(.+?)\s*$/.exec(line)
    if (match === null) continue
    const [, pid, parentPid, groupId, state = '', createdAt = '', command = ''] = match
    if (state.startsWith('Z')) continue
    entries.push({
      pid: Number(pid),
      parentPid: Number(parentPid),
      groupId: Number(groupId),
      createdAt: createdAt.replace(/\s+/g, ' '),
      name: command.slice(command.lastIndexOf('/') + 1),
    })
  }
  return entries
}

/** Parses `lsof -Fpcn` output: one field per line, its first character says which (p pid, c command, n address). */
export function parseLsof(text: string, ports: ReadonlySet<number>): Listener[] {
  const holders = new Map<string, Listener>()
  let pid: number | null = null
  let name: string | null = null
  for (const line of text.split('\n')) {
    const value = line.slice(1)
    if (line.startsWith('p')) pid = Number(value)
    else if (line.startsWith('c')) name = value
    else if (line.startsWith('n')) {
      const port = Number(value.slice(value.lastIndexOf(':') + 1))
      const family = value.startsWith('[') ? 6 : 4
      const id = `${family} ${port}`
      if (ports.has(port) && !holders.has(id)) holders.set(id, { port, pid, name, family })
    }
  }
  return [...holders.values()]
}

const PS_COLUMNS = 'pid=,ppid=,pgid=,state=,lstart=,comm='

/** macOS by ps, lsof and sysctl. */
export function createDarwinCommandTable(): ProcessTable {
  let bootId: Promise<string> | undefined
  return {
    async bootId() {
      // Not kern.boottime, which moves when the clock is set.
      bootId ??= output(SYSCTL, ['-n', 'kern.bootsessionuuid'])
      const uuid = (await bootId).trim()
      if (uuid === '') throw new Error('expected a UUID from sysctl kern.bootsessionuuid, got nothing')
      return uuid
    },
    async find(pid) {
      return parsePs(await output(PS, ['-o', PS_COLUMNS, '-p', String(pid)]))[0] ?? null
    },
    async list() {
      return parsePs(await output(PS, ['-ax', '-o', PS_COLUMNS]))
    },
    async withEnvironment(pids, name, value) {
      if (pids.length === 0) return new Set()
      // -E appends the environment to the command; only our own processes show it.
      const text = await output(PS, ['-Eww', '-o', 'pid=,command=', '-p', pids.join(',')])
      const marked = text.split('\n').filter((line) => `${line} `.includes(` ${name}=${value} `))
      return new Set(marked.map((line) => Number.parseInt(line, 10)))
    },
    async listeners(ports) {
      if (ports.size === 0) return []
      const list = [...ports].join(',')
      return parseLsof(await output(LSOF, ['-nP', `-iTCP:${list}`, '-sTCP:LISTEN', '-Fpcn']), ports)
    },
  }
}
