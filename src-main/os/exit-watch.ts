import type { Handle } from './native/win32/libs.ts'
import { loadNativeProcesses, type NativeProcesses } from './native/win32/native.ts'
import { findByIdentity } from './processes/identity.ts'
import type { Identity } from './processes/process-table.ts'
import type { ProcessExit } from './started-process.ts'

/** How long the end may go unnoticed where the system does not tell of the end of somebody else's child. */
const POLL_MS = 1_000

export interface ExitWatch {
  /** Settles when the process has ended, unless the watch was closed before. Never rejects. */
  readonly exited: Promise<ProcessExit>
  /** Ends the watching; the process goes on. Idempotent. */
  close(): void
}

/**
 * Watches a process that this one did not start. Windows tells of its end at once, and its exit code; elsewhere it is looked
 * for once a second, and nobody can know how it ended.
 */
export function watchExit(identity: Identity): ExitWatch {
  const watch = new Watch(identity)
  return { exited: watch.exited, close: () => watch.close() }
}

const unseen = (): ProcessExit => ({ code: null, signal: null, at: Date.now() })

class Watch {
  readonly exited: Promise<ProcessExit>
  readonly #identity: Identity
  #isClosed = false
  #stop: () => void = () => undefined

  constructor(identity: Identity) {
    this.#identity = identity
    this.exited = new Promise((resolve) => {
      if (process.platform === 'win32') void this.#begin(resolve)
      else this.#poll(resolve)
    })
  }

  close(): void {
    this.#isClosed = true
    this.#stop()
  }

  async #begin(resolve: (exit: ProcessExit) => void): Promise<void> {
    const native = await loadNativeProcesses()
    if (this.#isClosed) return
    const handle = native === null ? undefined : openFor(this.#identity, native)
    if (handle === null) resolve(unseen())
    else if (native === null || handle === undefined) this.#poll(resolve)
    else await this.#wait(handle, native, resolve)
  }

  async #wait(
    handle: Handle,
    { waits, handles }: NativeProcesses,
    resolve: (exit: ProcessExit) => void,
  ): Promise<void> {
    const wait = waits.start(handle, true)
    this.#stop = () => {
      this.#stop = () => undefined
      wait.cancel()
      handles.close(handle)
    }
    await wait.ended
    if (this.#isClosed) return
    resolve({ ...handles.endOf(handle), at: Date.now() })
    this.#stop()
  }

  #poll(resolve: (exit: ProcessExit) => void): void {
    const look = async () => {
      if ((await findByIdentity(this.#identity)) === null) resolve(unseen())
      else if (!this.#isClosed) later()
    }
    const later = () => {
      const timer = setTimeout(() => void look(), POLL_MS)
      this.#stop = () => clearTimeout(timer)
    }
    later()
  }
}

/** Null if it has ended, undefined if it may not be watched. */
function openFor({ pid, createdAt }: Identity, { handles }: NativeProcesses): Handle | null | undefined {
  try {
    return handles.open(pid, 0, createdAt)
  } catch {
    return undefined // A process of another user.
  }
}
