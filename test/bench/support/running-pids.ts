import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The pids that the PID files of a home name. */
export function runningPids(home: string): number[] {
  const folder = join(home, 'run')
  const files = readdirSync(folder).filter((name) => name.endsWith('.pid'))
  return files.map((name) => Number.parseInt(readFileSync(join(folder, name), 'utf8'), 10))
}
