import type { Failure } from '../core/failure.ts'
import { acquireInstanceLock, type InstanceLock } from '../os/instance-lock.ts'
import { ProcessError } from '../os/process-error.ts'

/** A manager's hold on its run directory, and why it may do nothing if another one has it. */
export class DirectoryLock {
  readonly #directory: string
  readonly #warn: (message: string) => void
  #lock: InstanceLock | null = null
  #isReleased = false
  #refusal: Failure | null = null

  constructor(directory: string, warn: (message: string) => void) {
    this.#directory = directory
    this.#warn = warn
  }

  /** What every request is answered while another manager has the directory; otherwise null. */
  get refusal(): Failure | null {
    return this.#refusal
  }

  /** @throws ProcessError `already-managed` naming who has it */
  async acquire(): Promise<void> {
    try {
      this.#lock = await acquireInstanceLock(this.#directory, this.#warn)
      if (this.#isReleased) this.#lock.release()
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      if (error instanceof ProcessError) {
        this.#refusal = { code: error.code, message: `Nothing can be done: ${message}.`, hint: error.hint }
        throw error
      }
      // A full disk should not take their services from people.
      this.#warn(`no lock could be written, so a second copy of this app would not be noticed: ${message}`)
    }
  }

  release(): void {
    this.#isReleased = true
    this.#lock?.release()
  }
}
