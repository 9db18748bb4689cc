import { join } from 'node:path'
import { execa } from 'execa'
import type { Listener, ProcessEntry, ProcessTable } from './process-table.ts'

// Windows where koffi cannot be loaded: one PowerShell query for the table (about 0.3 s) and netstat for ports. Nothing
// here belongs in a loop. wmic is gone from current Windows.
//
// Creation times are those of win32.ts, but in microseconds, and the boot id is another: what one of the two has recorded is
// stale for the other. LastBootUpTime moves with the clock when somebody sets it.

const TIMEOUT_MS = 15_000
const system32 = () => join(process.env.SystemRoot ?? 'C:\\Windows', 'System32')

/** Output of a helper program by absolute path, never looked up in the current directory; empty if it failed. */
async function output(file: string, args: string[]): Promise<string> {
  const { stdout } = await execa(file, args, { reject: false, timeout: TIMEOUT_MS, windowsHide: true })
  return stdout ?? ''
}

function powershell(command: string): Promise<string> {
  const file = join(system32(), 'WindowsPowerShell', 'v1.0', 'powershell.exe')
  return output(file, ['-NoProfile', '-NonInteractive', '-Command', command])
}

const COLUMNS =
  "ForEach-Object { '{0}|{1}|{2}|{3}' -f $_.ProcessId, $_.ParentProcessId, $_.CreationDate.ToFileTimeUtc(), $_.Name }"

/** Parses lines of `pid|parent|creation time|name`. System processes without a creation time are left out. */
export function parseProcessLines(text: string): ProcessEntry[] {
  const entries: ProcessEntry[] = []
  for (const line of text.split(/\r?\n/)) {
    const match = /^(\d+)\|(\d+)\|(\d+)\|(.+)$/.exec(line)
    if (match === null) continue
    const [, pid, parentPid, createdAt = '', name = ''] = match
    entries.push({ pid: Number(pid), parentPid: Number(parentPid), groupId: 0, createdAt, name })
  }
  return entries
}

/** Parses `netstat -ano -p TCP`: `  TCP    127.0.0.1:11434    0.0.0.0:0    LISTENING    4242`, in any language. */
export function parseNetstat(text: string, ports: ReadonlySet<number>): Omit<Listener, 'name'>[] {
  const found = new Map<string, Omit<Listener, 'name'>>()
  for (const line of text.split(/\r?\n/)) {
    // The state is translated; a listening socket is the one whose remote port is 0.
    const match = /^\s*TCP\s+(\S+):(\d+)\s+\S+:0\s+\S+\s+(\d+)\s*$/.exec(line)
    if (match === null) continue
    const [, address = '', port, pid] = match
    const family = address.startsWith('[') ? 6 : 4
    const id = `${family} ${port}`
    if (!ports.has(Number(port)) || found.has(id)) continue
    found.set(id, { port: Number(port), pid: Number(pid), family })
  }
  return [...found.values()]
}

/** Windows by its helper programs: PowerShell's CIM query and netstat. */
export function createWin32HelperTable(): ProcessTable {
  let bootId: Promise<string> | undefined
  const table: ProcessTable = {
    async bootId() {
      bootId ??= powershell('(Get-CimInstance Win32_OperatingSystem).LastBootUpTime.ToFileTimeUtc()')
      return (await bootId).trim()
    },
    async find(pid) {
      const query = `Get-CimInstance Win32_Process -Filter 'ProcessId=${Math.trunc(pid)}' | ${COLUMNS}`
      return parseProcessLines(await powershell(query))[0] ?? null
    },
    async list() {
      return parseProcessLines(await powershell(`Get-CimInstance Win32_Process | ${COLUMNS}`))
    },
    async withEnvironment() {
      return new Set() // Windows shows no other process's environment without native calls.
    },
    async listeners(ports) {
      if (ports.size === 0) return []
      const text = await output(join(system32(), 'netstat.exe'), ['-ano', '-p', 'TCP'])
      return Promise.all(
        parseNetstat(text, ports).map(async (listener): Promise<Listener> => {
          const entry = listener.pid === null ? null : await table.find(listener.pid)
          return { ...listener, name: entry?.name ?? null }
        }),
      )
    },
  }
  return table
}
