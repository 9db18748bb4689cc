import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import type { Files } from './files.ts'
import { type Handle, INVALID_HANDLE, type Win32 } from './libs.ts'
import type { ProcessHandles } from './process-handles.ts'
import { systemError } from './system-error.ts'

// Flags and time-out of RegisterWaitForSingleObject (winnt.h). The callback is short, so it needs no thread of its own.
const WT_EXECUTEINWAITTHREAD = 0x4
const WT_EXECUTEONLYONCE = 0x8
const INFINITE = 0xffff_ffff
/** Between two looks where the system has no wait or no pipe to give, or somebody else has closed the pipe. */
const LOOK_MS = 500

export interface ProcessWait {
  /** Settles when the process has ended. Never rejects; stays open after {@link ProcessWait.cancel}. */
  readonly ended: Promise<void>
  /** Ends the waiting. Idempotent. The handle of the process stays open. */
  cancel(): void
}

/** Tells when a process, ours or not, has ended, without looking again and again. */
export interface ProcessWaits {
  /**
   * @param process a handle with the right to synchronize; it has to stay open until the wait is over or cancelled
   * @param keepsAlive whether this process goes on while it waits
   */
  start(process: Handle, keepsAlive: boolean): ProcessWait
}

/**
 * The system's thread pool waits for the process (RegisterWaitForSingleObject), as libuv does for children of its own, and then
 * calls DisconnectNamedPipe on the serving end of a pipe whose other end is a socket of Node's: its `close` is the news.
 * So no JavaScript runs on a foreign thread, which koffi can do but which ends the app if it comes while Node is just
 * shutting down, and no thread of Node's pool is taken by a call that blocks. DisconnectNamedPipe takes one argument,
 * the callback gets two: with 64 bits nobody minds the second.
 */
export function bindProcessWaits(win32: Win32, files: Files, handles: ProcessHandles): ProcessWaits {
  const { kernel32, lastError } = win32
  const registerWait = kernel32.func(
    'int __stdcall RegisterWaitForSingleObject(_Out_ void **wait, void *handle, void *callback, void *context, uint32_t milliseconds, uint32_t flags)',
  )
  const unregisterWait = kernel32.func('int __stdcall UnregisterWaitEx(void *wait, void *completion)')
  const disconnectNamedPipe: Handle = kernel32.symbol('DisconnectNamedPipe')

  /** One pipe; `onClose` may come early, if somebody interferes. */
  function watch(process: Handle, keepsAlive: boolean, onClose: () => void): () => void {
    const name = `\\\\.\\pipe\\agentos-exit-${randomBytes(16).toString('hex')}`
    const pipe = files.createPipe(name)
    const wait: [Handle] = [0n]
    const flags = WT_EXECUTEINWAITTHREAD | WT_EXECUTEONLYONCE
    // The pipe is opened within this call, before anything can disconnect it.
    const socket = connect(name)
    if (registerWait(wait, process, disconnectNamedPipe, pipe, INFINITE, flags) === 0) {
      const error = systemError('RegisterWaitForSingleObject', lastError())
      socket.destroy()
      handles.close(pipe)
      throw error
    }
    if (!keepsAlive) socket.unref()
    let isOpen = true
    const close = () => {
      if (!isOpen) return
      isOpen = false
      // Waits for the callback, should it just run: a moment. After that nobody uses the pipe.
      unregisterWait(wait[0], INVALID_HANDLE)
      handles.close(pipe)
      socket.destroy()
    }
    socket.once('close', () => {
      if (!isOpen) return
      close()
      onClose()
    })
    // A disconnected pipe is an error to Node; `close` follows.
    socket.on('error', () => undefined)
    socket.resume()
    return close
  }

  return {
    start(process, keepsAlive) {
      let stop = (): void => undefined
      const ended = new Promise<void>((resolve) => {
        const look = () => {
          if (handles.hasEnded(process)) resolve()
          else {
            const timer = setTimeout(look, LOOK_MS)
            if (!keepsAlive) timer.unref()
            stop = () => clearTimeout(timer)
          }
        }
        try {
          stop = watch(process, keepsAlive, look)
        } catch {
          look()
        }
      })
      return { ended, cancel: () => stop() }
    },
  }
}
