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
  /** Its end, if the system tells it (Windows) and it has come by now, also before `exited` has settled; else null. */
  seen(): ProcessExit | null
  /** Ends the watching; the process goes on. Idempotent. */
  close(): void
}

/**
 * Watches a process that this one did not start. Windows tells of its end at once, and its exit code; elsewhere it is looked
 * for once a second, and nobody can know how it ended.
 */
export function watchExit(identity: Identity): ExitWatch {
  const watch = new Watch(identity)
  return { exited: watch.exited, seen: () => watch.seen(), close: () => watch.close() }
}

const unseen = (): ProcessExit => ({ code: null, signal: null, at: Date.now() })

class Watch {
  readonly exited: Promise<ProcessExit>
  readonly #identity: Identity
  #isClosed = false
  #stop: () => void = () => undefined
  #look: () => ProcessExit | null = () => null

  constructor(identity: Identity) {
    this.#identity = identity
    this.exited = new Promise((resolve) => {
      if (process.platform === 'win32') void this.#begin(resolve)
      else this.#poll(resolve)
    })
  }

  seen(): ProcessExit | null {
    return this.#look()
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
    this.#look = () => (handles.hasEnded(handle) ? { ...handles.endOf(handle), at: Date.now() } : null)
    this.#stop = () => {
      const last = this.#look()
      this.#look = () => last
      this.#stop = () => undefined
      wait.cancel()
      handles.close(handle)
    }
    await wait.ended
    if (this.#isClosed) return
    this.#stop()
    resolve(this.#look() ?? unseen())
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
