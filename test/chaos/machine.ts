import { readdirSync, readFileSync } from 'node:fs'

// The harness's own view of the machine: on purpose without anything from src-main, which it checks.

/** A living process, with what tells it from any other of the same pid. */
export interface Seen {
  readonly pid: number
  readonly state: string
  readonly parentPid: number
  readonly createdAt: string
}

/** A living process of a run of a service. */
export interface RunMember {
  readonly pid: number
  readonly key: string
  readonly run: string
  /** As the system says it; null where only src-main could ask the system. */
  readonly createdAt: string | null
}

/** Null if there is no such process, or it is a zombie. Fields as in proc(5). */
export function look(pid: number): Seen | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [state = '', parentPid = ''] = fields
    if (state === 'Z' || state === 'X') return null
    return { pid, state, parentPid: Number(parentPid), createdAt: fields[19] ?? '' }
  } catch {
    return null
  }
}

/** Environment of every process that was started, directly or not, by the harness of this home directory. */
function* marked(home: string): Iterable<{ pid: number; environment: string }> {
  for (const name of readdirSync('/proc')) {
    const pid = Number(name)
    if (!Number.isInteger(pid) || pid === process.pid) continue
    let environment: string
    try {
      environment = `\0${readFileSync(`/proc/${pid}/environ`, 'latin1')}`
    } catch {
      continue // It ended, or is another user's.
    }
    if (environment.includes(`\0AGENTOS_CHAOS=${home}\0`)) yield { pid, environment }
  }
}

/** All processes of services, by the environment that they inherited. */
export function listRunMembers(home: string): RunMember[] {
  const members: RunMember[] = []
  for (const { pid, environment } of marked(home)) {
    const run = /\0AGENTOS_RUN=([^\0]*)\0/.exec(environment)?.[1]
    const key = /\0AGENTOS_SERVICE=([^\0]*)\0/.exec(environment)?.[1]
    const seen = look(pid)
    if (run !== undefined && key !== undefined && seen !== null)
      members.push({ pid, key, run, createdAt: seen.createdAt })
  }
  return members
}

/** For the end: kills everything that was started for this home directory, by pid. */
export function killAllOf(home: string): void {
  for (let round = 0; round < 5; round += 1) {
    for (const { pid } of marked(home)) kill(pid)
  }
}

export function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It is gone.
  }
}
