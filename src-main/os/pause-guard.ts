import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { loadWin32Processes } from './native/win32/process-calls.ts'
import { loadWin32Suspender, type SuspendableProcess, type Win32Suspender } from './native/win32/suspend.ts'
import { type GuardAnswer, type GuardRequest, readMessages, sendMessage } from './pause-guard-protocol.ts'

/** From the first suspension on. A process that does not stand still by then waits for a disk. */
const DEADLINE_MS = 500
const GLANCE_MIN_MS = 1
const GLANCE_MAX_MS = 8
/** After this time everything goes on, even if the app hangs. */
const GUARD_MS = 3_000

/** What the guard needs of the system. */
export interface GuardSystem {
  readonly suspender: Win32Suspender
  /** Those of these processes some of whose threads still move. */
  stillMoving(pids: ReadonlySet<number>): ReadonlySet<number>
}

/** What was suspended for one pause of the app. */
interface Held {
  readonly processes: Map<number, SuspendableProcess>
  readonly timer: NodeJS.Timeout
}

/**
 * The guard: suspends processes for the app and lets them go on when it says so. Everything goes on at once when the
 * connection ends, so when the app is gone. A process of its own, since what is suspended could not go on otherwise if the app
 * were killed. It is the only one that resumes, so nothing is resumed twice.
 *
 * @returns when the connection has ended
 */
export async function runPauseGuard(connection: Socket, system: GuardSystem, guardMs = GUARD_MS): Promise<void> {
  const pauses = new Map<number, Held>()
  const resume = (id: number) => {
    const held = pauses.get(id)
    if (held === undefined) return
    pauses.delete(id)
    clearTimeout(held.timer)
    for (const process of held.processes.values()) {
      process.resume()
      process.close()
    }
  }
  const pause = async ({ id, pause: wanted }: Extract<GuardRequest, { pause: unknown }>): Promise<GuardAnswer> => {
    const held = pauses.get(id) ?? { processes: new Map(), timer: setTimeout(() => resume(id), guardMs) }
    pauses.set(id, held)
    const denied = wanted.filter((one) => !suspend(system.suspender, one, held.processes)).map(({ pid }) => pid)
    const stopped = wanted.map(({ pid }) => pid).filter((pid) => held.processes.has(pid))
    const moving = denied.length > 0 ? [] : await waitUntilStill(new Set(stopped), system)
    return { id, paused: stopped, moving: [...denied, ...moving] }
  }
  try {
    sendMessage(connection, { ready: true })
    for await (const message of readMessages<GuardRequest>(connection)) {
      if ('pause' in message) sendMessage(connection, await pause(message))
      else {
        resume(message.id)
        sendMessage(connection, { id: message.id, resumed: true })
      }
    }
  } finally {
    for (const id of [...pauses.keys()]) resume(id)
    connection.destroy()
  }
}

/** False if it may not be suspended. What has ended need not be. */
function suspend(
  suspender: Win32Suspender,
  { pid, createdAt }: { readonly pid: number; readonly createdAt: string },
  held: Map<number, SuspendableProcess>,
): boolean {
  const process = suspender.open(pid, createdAt)
  if (process === 'gone') return true
  if (process === 'denied') return false
  if (process.suspend()) {
    held.set(pid, process)
    return true
  }
  process.close()
  return suspender.open(pid, createdAt) === 'gone' // It is just ending.
}

/**
 * A thread in the middle of a system call, such as a write, finishes that first: only then it counts as suspended.
 *
 * @returns pids of those that still move
 */
async function waitUntilStill(pids: ReadonlySet<number>, system: GuardSystem): Promise<number[]> {
  const deadline = Date.now() + DEADLINE_MS
  for (let pause = GLANCE_MIN_MS; ; pause = Math.min(pause * 2, GLANCE_MAX_MS)) {
    const moving = system.stillMoving(pids)
    if (moving.size === 0 || Date.now() >= deadline) return [...moving]
    await delay(pause)
  }
}

/** Null where native calls are not to be had. */
export async function loadGuardSystem(): Promise<GuardSystem | null> {
  const [suspender, processes] = [await loadWin32Suspender(), await loadWin32Processes()]
  if (suspender === null || processes === null) return null
  const stillMoving = (pids: ReadonlySet<number>) => {
    const found = processes.snapshot().filter(({ pid, isSuspended }) => pids.has(pid) && isSuspended === false)
    return new Set(found.map(({ pid }) => pid))
  }
  return { suspender, stillMoving }
}

/**
 * Makes this process the guard of the app that listens at this address, until the connection ends.
 *
 * @returns an exit code: 0, or 1 if native calls are not to be had or the app is gone already
 */
export async function becomePauseGuard(address: string): Promise<number> {
  const system = await loadGuardSystem()
  if (system === null) return 1
  const connection = connect(address)
  const isConnected = await new Promise<boolean>((resolve) => {
    connection.once('connect', () => resolve(true))
    connection.once('error', () => resolve(false))
  })
  if (!isConnected) return 1
  await runPauseGuard(connection, system)
  return 0
}
