import { rmSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { systemErrorCode } from './process-error.ts'

/** A virus scanner or an editor holds a file for some milliseconds; waits add up to about 0.6 s, then it is an error. */
const SYNC_WAITS_MS = [5, 10, 20, 40, 80, 150, 300] as const
/** Where nothing else has to wait: 2 s. */
const WAITS_MS = [...SYNC_WAITS_MS, 600, 800] as const
const HELD_OPEN: ReadonlySet<string | undefined> = new Set(['EPERM', 'EBUSY', 'EACCES'])

/**
 * Windows refuses to replace, rename or remove a file that somebody holds open; it is tried again a bounded number of
 * times. Elsewhere once.
 */
export async function retryHeldOpen(
  work: () => Promise<void>,
  platform: NodeJS.Platform = process.platform,
  wait: (milliseconds: number) => Promise<unknown> = delay,
): Promise<void> {
  for (const milliseconds of WAITS_MS) {
    try {
      return await work()
    } catch (error) {
      if (!isHeldOpen(error, platform)) throw error
    }
    await wait(milliseconds)
  }
  return work()
}

/** As {@link retryHeldOpen}; the waits block the thread. */
export function retryHeldOpenSync(
  work: () => void,
  platform: NodeJS.Platform = process.platform,
  wait: (milliseconds: number) => void = blockFor,
): void {
  for (const milliseconds of SYNC_WAITS_MS) {
    try {
      work()
      return
    } catch (error) {
      if (!isHeldOpen(error, platform)) throw error
    }
    wait(milliseconds)
  }
  work()
}

/** A file that is not there is none to remove. @throws the file system's error */
export function removeFileSync(path: string): void {
  retryHeldOpenSync(() => rmSync(path, { force: true }))
}

function isHeldOpen(error: unknown, platform: NodeJS.Platform): boolean {
  return platform === 'win32' && HELD_OPEN.has(systemErrorCode(error))
}

function blockFor(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)
}
