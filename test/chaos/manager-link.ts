import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { ProcessManager } from '../../src-main/manager/process-manager.ts'

type Method = 'setServices' | 'recover' | 'start' | 'startAll' | 'stopProcess' | 'stopAll' | 'restart' | 'snapshot'
type Result<M extends Method> = Awaited<ReturnType<ProcessManager[M]>>

interface Message {
  readonly ready?: true
  readonly warning?: string
  readonly id?: number
  readonly result?: unknown
}

/** A manager in a process of its own, loaded and waiting for its first call. */
export class ManagerLink {
  readonly #child: ChildProcess
  readonly #waiting = new Map<number, (result: unknown) => void>()
  readonly warnings: string[] = []
  readonly ready: Promise<void>
  /** Settles when it has ended and everything it had said was read. */
  readonly closed: Promise<void>
  #calls = 0
  #isClosed = false
  #isKilled = false

  constructor(home: string) {
    this.#child = spawn(process.execPath, [join(import.meta.dirname, '..', 'fixtures', 'chaos-manager.ts'), home], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: {
        ...process.env,
        // Every process of this home can be found by the first, and ends by itself without the second.
        AGENTOS_CHAOS: home,
        AGENTOS_CHAOS_HARNESS: String(process.pid),
        NODE_COMPILE_CACHE: join(import.meta.dirname, '..', '..', '.cache', 'compile'),
      },
    })
    const { stdin, stdout } = this.#child
    if (stdin === null || stdout === null) throw new Error('expected pipes')
    stdin.on('error', () => undefined) // A call to a manager that was just killed.
    let isReady: () => void = () => undefined
    this.ready = new Promise((resolve) => {
      isReady = resolve
    })
    createInterface({ input: stdout }).on('line', (line) => {
      const message: Message = JSON.parse(line)
      if (message.ready) isReady()
      if (message.warning !== undefined) this.warnings.push(message.warning)
      if (message.id !== undefined) this.#answer(message.id, message.result)
    })
    this.closed = new Promise((resolve) => {
      this.#child.once('close', () => {
        this.#isClosed = true
        for (const id of [...this.#waiting.keys()]) this.#answer(id, null)
        isReady()
        resolve()
      })
    })
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** It ended without having been killed. */
  get hasFailed(): boolean {
    return this.#isClosed && !this.#isKilled
  }

  /** Null if it was killed before it answered (and for what has no result). */
  call<M extends Method>(method: M, ...args: Parameters<ProcessManager[M]>): Promise<Result<M> | null> {
    this.#calls += 1
    const id = this.#calls
    return new Promise((resolve) => {
      if (this.#isClosed) return resolve(null)
      this.#waiting.set(id, (result) => resolve(result as Result<M> | null))
      this.#child.stdin?.write(`${JSON.stringify({ id, method, args })}\n`)
    })
  }

  /** The signal is sent when this returns. */
  kill(): Promise<void> {
    this.#isKilled = true
    this.#child.kill('SIGKILL')
    return this.closed
  }

  #answer(id: number, result: unknown): void {
    this.#waiting.get(id)?.(result)
    this.#waiting.delete(id)
  }
}
