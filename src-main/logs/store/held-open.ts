import { renameSync, rmSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'

// On Windows a file cannot be renamed, replaced or removed while a virus scanner, an indexer or a reader has it open, which
// takes some milliseconds: it is tried again. Node's own `maxRetries` is for folders only.

const WAITS_MS = [5, 10, 20, 40, 80, 150] as const
/** Shorter, since nothing else is done meanwhile, and more of them: one that reads again and again lets go in between. */
const SYNC_WAITS_MS = [1, 1, 1, 2, 2, 3, 5, 5, 10, 10, 20, 20] as const
const HELD_OPEN: ReadonlySet<unknown> = new Set(['EPERM', 'EBUSY', 'EACCES'])

/** @throws the file system's error */
export async function renameFile(from: string, to: string): Promise<void> {
  await retry(() => rename(from, to))
}

/** A file that is not there is none to remove. @throws the file system's error */
export async function removeFile(path: string): Promise<void> {
  await retry(() => rm(path, { force: true }))
}

/** As {@link renameFile}; blocks. */
export function renameFileSync(from: string, to: string): void {
  retrySync(() => renameSync(from, to))
}

/** As {@link removeFile}; blocks. */
export function removeFileSync(path: string): void {
  retrySync(() => rmSync(path, { force: true }))
}

async function retry(work: () => Promise<void>): Promise<void> {
  for (const milliseconds of WAITS_MS) {
    try {
      return await work()
    } catch (error) {
      if (!isHeldOpen(error)) throw error
    }
    await delay(milliseconds)
  }
  return work()
}

function retrySync(work: () => void): void {
  for (const milliseconds of SYNC_WAITS_MS) {
    try {
      work()
      return
    } catch (error) {
      if (!isHeldOpen(error)) throw error
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)
  }
  work()
}

function isHeldOpen(error: unknown): boolean {
  return process.platform === 'win32' && error instanceof Error && 'code' in error && HELD_OPEN.has(error.code)
}
