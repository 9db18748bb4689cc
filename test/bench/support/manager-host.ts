import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { ProcessManager } from '../../../src-main/manager/process-manager.ts'

type Method =
  | 'setServices'
  | 'recover'
  | 'start'
  | 'startAll'
  | 'startProcess'
  | 'stopProcess'
  | 'stopAll'
  | 'isProcessRunning'
  | 'snapshot'

/** A manager in a process of its own. */
export class ManagerHost {
  readonly #child: ChildProcess
  readonly #answers: ((line: string) => void)[] = []

  constructor(home: string) {
    this.#child = spawn(process.execPath, [join(import.meta.dirname, 'manager-main.ts'), home], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    if (this.#child.stdout === null) throw new Error('expected a pipe')
    createInterface({ input: this.#child.stdout }).on('line', (line) => this.#answers.shift()?.(line))
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** The answer, and the milliseconds it took inside. */
  call<M extends Method>(
    method: M,
    ...args: Parameters<ProcessManager[M]>
  ): Promise<{ ms: number; result: Awaited<ReturnType<ProcessManager[M]>> }> {
    return new Promise((resolve) => {
      this.#answers.push((line) => resolve(JSON.parse(line)))
      this.#child.stdin?.write(`${JSON.stringify({ method, args })}\n`)
    })
  }

  /** Ends the manager as a crash does; its services go on. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const ended = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await ended
  }

  /** Stops all services by force and ends the manager. */
  async end(): Promise<void> {
    const { result } = await this.call('stopAll', { force: true })
    if (!result.success) throw new Error(result.message)
    await this.kill()
  }
}
