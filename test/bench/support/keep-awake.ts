import { type ChildProcess, spawn } from 'node:child_process'
import { availableParallelism, constants, setPriority } from 'node:os'
import { join } from 'node:path'

/** Spins until its parent is gone, or for an hour at most. */
const SPIN = `const end = Date.now() + 3_600_000
const parent = process.ppid
while (Date.now() < end && process.ppid === parent) for (let n = 0; n < 1e8; n += 1);`

const TOUCH = join(import.meta.dirname, 'touch-memory.ts')

/**
 * Keeps every processor from going to sleep, by work that gives way to all other, and the memory of `pids` at hand (see
 * `keepInMemory`). What is to be measured otherwise pays for a virtual machine's waking up: an empty timer callback took 2 ms of
 * CPU after a second of sleep, instead of 0.4 ms.
 */
export function keepAwake(pids: readonly number[]): Disposable {
  const spinners = Array.from({ length: availableParallelism() }, () => run(['-e', SPIN]))
  return endingWithScope([...spinners, touching(pids)])
}

/**
 * Keeps the memory of `pids` where the processor finds it at once. Below some virtual machines the host forgets the place of
 * every page that was not used for a second, and the next use then takes 5 to 20 µs instead of 0.01, which counts as CPU time of
 * the process (measured with a C program that sleeps and reads 1000 pages; docs/decisions/0014-idling.md).
 */
export function keepInMemory(pids: readonly number[]): Disposable {
  return endingWithScope([touching(pids)])
}

function touching(pids: readonly number[]): ChildProcess {
  return run([TOUCH, ...pids.map(String)])
}

function run(args: readonly string[]): ChildProcess {
  const helper = spawn(process.execPath, args, { stdio: 'ignore' })
  if (helper.pid !== undefined) setPriority(helper.pid, constants.priority.PRIORITY_LOW)
  return helper
}

function endingWithScope(helpers: readonly ChildProcess[]): Disposable {
  return {
    [Symbol.dispose]: () => {
      for (const helper of helpers) helper.kill('SIGKILL')
    },
  }
}
