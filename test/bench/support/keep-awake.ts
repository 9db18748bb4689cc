import { type ChildProcess, spawn } from 'node:child_process'
import { availableParallelism, constants, setPriority } from 'node:os'
import { join } from 'node:path'

/** Spins until its parent is gone, or for an hour at most. */
const SPIN = `const end = Date.now() + 3_600_000
const parent = process.ppid
while (Date.now() < end && process.ppid === parent) for (let n = 0; n < 1e8; n += 1);`

const TOUCH = join(import.meta.dirname, 'touch-memory.ts')

/**
 * Keeps every processor from going to sleep, by work that gives way to all other, and the memory of `pids` where it is. What is
 * to be measured otherwise pays for a virtual machine's waking up: an empty timer callback took 2 ms of CPU after a second of
 * sleep, and one connection 31 ms after 20 s, instead of 0.4 and 2 ms; most of the 31 for pages that the host had taken away.
 */
export function keepAwake(pids: readonly number[]): Disposable {
  const helpers: ChildProcess[] = Array.from({ length: availableParallelism() }, () => run(['-e', SPIN]))
  helpers.push(run([TOUCH, ...pids.map(String)]))
  return {
    [Symbol.dispose]: () => {
      for (const helper of helpers) helper.kill('SIGKILL')
    },
  }
}

function run(args: readonly string[]): ChildProcess {
  const helper = spawn(process.execPath, args, { stdio: 'ignore' })
  if (helper.pid !== undefined) setPriority(helper.pid, constants.priority.PRIORITY_LOW)
  return helper
}
