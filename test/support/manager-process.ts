import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { ProcessManager } from '../../src-main/manager/process-manager.ts'
import { endLater, fixture, waitUntilGone } from './processes.ts'

type Method = 'setServices' | 'recover' | 'start' | 'stopProcess' | 'getProcessInfo' | 'snapshot' | 'listAllProcesses'
type Result<M extends Method> = Awaited<ReturnType<ProcessManager[M]>>

/** A manager in a process of its own, that can be killed as an app is. */
export class ManagerProcess {
  readonly #child: ChildProcess
  readonly #answers: ((line: string) => void)[] = []
  readonly #failures: ((error: Error) => void)[] = []

  constructor(home: string) {
    this.#child = spawn(process.execPath, [fixture('manager-process.ts'), home], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    endLater(this.#child.pid ?? 0)
    this.#child.once('exit', () => {
      for (const fail of this.#failures.splice(0)) fail(new Error('the manager process ended'))
    })
    if (this.#child.stdout === null) throw new Error('expected a pipe')
    createInterface({ input: this.#child.stdout }).on('line', (line) => this.#answers.shift()?.(line))
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  call<M extends Method>(method: M, ...args: Parameters<ProcessManager[M]>): Promise<Result<M>> {
    return new Promise((resolve, reject) => {
      this.#answers.push((line) => {
        const answer = JSON.parse(line)
        if ('error' in answer) reject(Object.assign(new Error(), answer.error))
        else resolve(answer.result)
      })
      this.#failures.push(reject)
      this.#child.stdin?.write(`${JSON.stringify({ method, args })}\n`)
    })
  }

  /** Kills it at once, as a crash does. */
  async kill(): Promise<void> {
    const { pid } = this
    process.kill(pid, 'SIGKILL')
    await waitUntilGone(pid)
  }
}
