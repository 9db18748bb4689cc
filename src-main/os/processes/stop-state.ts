import { closeSync, openSync, readdirSync, readSync } from 'node:fs'
import { execa } from 'execa'
import { type DarwinKernel, loadDarwinKernel } from '../native/darwin/kernel.ts'
import { SSTOP, SZOMB } from '../native/darwin/kinfo-proc.ts'

/** Whether a process stands still by SIGSTOP or the like. `gone`: it has ended, or only waits to be reaped. */
export type StopState = 'stopped' | 'running' | 'gone'

const PS = '/bin/ps'
const PS_TIMEOUT_MS = 10_000
/** Enough for pid, name and state. */
const head = Buffer.allocUnsafeSlow(256)

/** State letter of a thread (proc(5)): after the name, which stands in parentheses. */
function threadState(path: string): string | null {
  let descriptor: number
  try {
    descriptor = openSync(path, 'r')
  } catch {
    return null // It has ended.
  }
  try {
    const text = head.toString('latin1', 0, readSync(descriptor, head, 0, head.length, 0))
    return text.charAt(text.lastIndexOf(')') + 2)
  } catch {
    return null // It ended while it was looked at.
  } finally {
    closeSync(descriptor)
  }
}

/** All threads count: one may be in the middle of a write while the main thread stands still already. */
function linuxState(pid: number): StopState {
  let threads: string[]
  try {
    threads = readdirSync(`/proc/${pid}/task`)
  } catch {
    return 'gone'
  }
  let state: StopState = 'gone'
  for (const thread of threads) {
    const letter = threadState(`/proc/${pid}/task/${thread}/stat`)
    if (letter === null || letter === 'Z' || letter === 'X') continue
    if (letter !== 'T' && letter !== 't') return 'running'
    state = 'stopped'
  }
  return state
}

/** The process is marked as stopped before its threads are: one of them may be in the middle of a write still. */
export function darwinState(kernel: Pick<DarwinKernel, 'process' | 'runningThreads'>, pid: number): StopState {
  const process = kernel.process(pid)
  if (process === null || process.status === SZOMB) return 'gone'
  return process.status === SSTOP && (kernel.runningThreads(pid) ?? 0) === 0 ? 'stopped' : 'running'
}

/** Parses lines of `ps -o pid=,state=`. What is not listed is gone. */
export function parsePsStates(text: string): Map<number, StopState> {
  const states = new Map<number, StopState>()
  for (const line of text.split('\n')) {
    const match = /^\s*(\d+)\s+(\S)/.exec(line)
    if (match === null) continue
    const state = match[2] === 'Z' ? 'gone' : match[2] === 'T' ? 'stopped' : 'running'
    states.set(Number(match[1]), state)
  }
  return states
}

/** The state of each of these processes. Linux and macOS only. */
export async function stopStates(pids: readonly number[]): Promise<ReadonlyMap<number, StopState>> {
  if (pids.length === 0) return new Map()
  if (process.platform === 'linux') return new Map(pids.map((pid) => [pid, linuxState(pid)]))
  const kernel = await loadDarwinKernel()
  if (kernel !== null) return new Map(pids.map((pid) => [pid, darwinState(kernel, pid)]))
  // It exits with 1 if one of them has ended.
  const args = ['-o', 'pid=,state=', '-p', pids.join(',')]
  const { stdout } = await execa(PS, args, { reject: false, timeout: PS_TIMEOUT_MS, env: { LC_ALL: 'C' } })
  const states = parsePsStates(stdout ?? '')
  return new Map(pids.map((pid) => [pid, states.get(pid) ?? 'gone']))
}
