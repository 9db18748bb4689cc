import { readdirSync, readFileSync } from 'node:fs'

// Processes as Linux shows them, read here on purpose and not through src-main/os, which this is used to test.

export interface ListedProcess {
  readonly pid: number
  readonly command: string
  /** The value of the variable that was asked for. */
  readonly value: string
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return '' // It ended, or is another user's.
  }
}

/** Whether there is such a process that is not just a zombie. */
export function isListed(pid: number): boolean {
  const stat = read(`/proc/${pid}/stat`)
  const state = stat.charAt(stat.lastIndexOf(')') + 2)
  return state !== '' && state !== 'Z' && state !== 'X'
}

/** The variable's value in the environment a process was started with; null without it, or if it cannot be seen. */
export function variableOf(pid: number, name: string): string | null {
  const begin = `${name}=`
  const line = read(`/proc/${pid}/environ`)
    .split('\0')
    .find((entry) => entry.startsWith(begin))
  return line === undefined ? null : line.slice(begin.length)
}

/** All living processes that were started with this variable in their environment, but this one. */
export function listByVariable(name: string): ListedProcess[] {
  const found: ListedProcess[] = []
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry)
    if (!Number.isInteger(pid) || pid === process.pid) continue
    const value = variableOf(pid, name)
    if (value === null || !isListed(pid)) continue
    found.push({ pid, value, command: read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim() })
  }
  return found
}
