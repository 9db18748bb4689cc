import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { createServer, type Server, type Socket } from 'node:net'
import { loadGuardSystem } from './pause-guard.ts'
import {
  type GuardAnswer,
  type GuardRequest,
  type PauseAnswer,
  type ProcessToPause,
  readMessages,
  sendMessage,
} from './pause-guard-protocol.ts'
import { ProcessError } from './process-error.ts'

/** The command that makes a program call `becomePauseGuard` with this address. */
export type GuardCommand = (address: string) => readonly [string, ...string[]]

const START_MS = 15_000
/** A guard that is not needed for so long is ended; the next rotation starts another one. */
const IDLE_MS = 60_000

let command: GuardCommand | null = null
let running: Promise<PauseGuard> | null = null

/**
 * Says how the guard is started (Windows). Until then nothing can be paused there: only the app knows how to start itself as
 * something else. Null: not any more, and a guard that runs is ended.
 */
export function setPauseGuard(guardCommand: GuardCommand | null): void {
  command = guardCommand
  if (guardCommand !== null || running === null) return
  void running.then(
    (guard) => guard.end(),
    () => undefined, // It has not started.
  )
  running = null
}

/** The guard of this process, started at the first use. Null where there is none (no native calls, or no command). */
export async function pauseGuard(): Promise<PauseGuard | null> {
  if (command === null || (await loadGuardSystem()) === null) return null
  if (running !== null && !(await isUsable(running))) running = null
  running ??= PauseGuard.start(command)
  return await running
}

async function isUsable(starting: Promise<PauseGuard>): Promise<boolean> {
  try {
    return (await starting).isAlive
  } catch {
    return false // It could not be started; the next one may.
  }
}

interface Waiting {
  readonly answered: (answer: GuardAnswer) => void
  readonly failed: (error: Error) => void
}

/** The app's end of the connection to its guard. */
export class PauseGuard {
  readonly #connection: Socket
  /** In the order of the requests, which is that of the answers. */
  readonly #waiting: Waiting[] = []
  /** What each pause may have suspended. */
  readonly #held = new Map<number, ProcessToPause[]>()
  #count = 0
  #idle: NodeJS.Timeout | undefined
  isAlive = true

  private constructor(connection: Socket) {
    this.#connection = connection
  }

  /** @throws ProcessError `not-paused` if it does not start in time */
  static async start(guardCommand: GuardCommand): Promise<PauseGuard> {
    const { server, address } = await listen()
    const [program, ...args] = guardCommand(address)
    // Detached, or it would end with this process.
    const child = spawn(program, args, { stdio: 'ignore', windowsHide: true, detached: true })
    child.unref()
    try {
      const guard = new PauseGuard(await accept(server, child))
      const isReady = new Promise<void>((resolve, reject) => {
        guard.#waiting.push({ answered: () => resolve(), failed: reject })
      })
      void guard.#listen()
      await isReady
      guard.#waitForIdle()
      return guard
    } catch (error) {
      throw new ProcessError('not-paused', 'the guard of paused processes did not start', '', { cause: error })
    } finally {
      server.close()
    }
  }

  newPause(): number {
    this.#count += 1
    return this.#count
  }

  /** Suspends these, if they still are who they were. @throws ProcessError `not-paused` if the guard is gone */
  async pause(id: number, processes: readonly ProcessToPause[]): Promise<PauseAnswer> {
    const wanted = processes.map(({ pid, createdAt }) => ({ pid, createdAt }))
    this.#held.set(id, [...(this.#held.get(id) ?? []), ...wanted])
    clearTimeout(this.#idle)
    return (await this.#ask({ id, pause: wanted })) as PauseAnswer
  }

  /** Lets go on what this pause has suspended. If the guard is gone, it is done here. */
  async resume(id: number): Promise<void> {
    if (!this.#held.has(id)) return
    try {
      await this.#ask({ id, resume: true })
      this.#held.delete(id)
    } catch {
      await this.#resumeAlone()
    }
    this.#waitForIdle()
  }

  /** Ends the guard. What it holds goes on. */
  end(): void {
    clearTimeout(this.#idle)
    this.#connection.destroy()
  }

  #ask(request: GuardRequest): Promise<GuardAnswer> {
    return new Promise((answered, failed) => {
      if (!this.isAlive) {
        failed(new ProcessError('not-paused', 'the guard of paused processes has ended'))
        return
      }
      // Only an answer keeps this process waiting for it.
      this.#connection.ref()
      this.#waiting.push({ answered, failed })
      sendMessage(this.#connection, request)
    })
  }

  async #listen(): Promise<void> {
    try {
      for await (const answer of readMessages<GuardAnswer>(this.#connection)) {
        this.#waiting.shift()?.answered(answer)
        if (this.#waiting.length === 0) this.#connection.unref()
      }
    } finally {
      this.isAlive = false
      this.#connection.destroy()
      const error = new ProcessError('not-paused', 'the guard of paused processes has ended')
      for (const { failed } of this.#waiting.splice(0)) failed(error)
      await this.#resumeAlone()
    }
  }

  /** Somebody has killed the guard: what it had suspended, and so stands still altogether, goes on. */
  async #resumeAlone(): Promise<void> {
    const system = await loadGuardSystem()
    const held = [...this.#held.values()].flat()
    this.#held.clear()
    if (system === null || held.length === 0) return
    const moving = system.stillMoving(new Set(held.map(({ pid }) => pid)))
    for (const { pid, createdAt } of held) {
      const process = moving.has(pid) ? 'gone' : system.suspender.open(pid, createdAt)
      if (typeof process === 'string') continue
      process.resume()
      process.close()
    }
  }

  #waitForIdle(): void {
    if (this.#held.size > 0) return
    clearTimeout(this.#idle)
    this.#idle = setTimeout(() => this.end(), IDLE_MS)
    this.#idle.unref()
  }
}

/** A pipe of a name that nobody can guess. */
async function listen(): Promise<{ readonly server: Server; readonly address: string }> {
  const address = `\\\\.\\pipe\\agentos-pause-${randomBytes(16).toString('hex')}`
  const server = createServer({ pauseOnConnect: true })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(address, () => resolve())
  })
  return { server, address }
}

function accept(server: Server, child: ReturnType<typeof spawn>): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`it did not come within ${START_MS} ms`)), START_MS)
    const fail = (error: Error) => {
      clearTimeout(timer)
      reject(error)
    }
    child.once('error', fail)
    child.once('exit', (code) => fail(new Error(`it ended with exit code ${code}`)))
    server.once('connection', (socket) => {
      clearTimeout(timer)
      resolve(socket)
    })
  })
}
