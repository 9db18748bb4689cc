import { readdirSync, readFileSync } from 'node:fs'

/** Milliseconds of CPU that all threads of a process have used so far. Linux counts them in nanoseconds. */
export function cpuMs(pid: number): number {
  let nanoseconds = 0
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    try {
      nanoseconds += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ')[0])
    } catch {
      // The thread has just ended.
    }
  }
  return nanoseconds / 1e6
}

/** Resident memory of a process in MB that it shares with no file: what it holds for itself. */
export function privateMb(pid: number): number {
  const match = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))
  return Number(match?.[1]) / 1024
}
