import { randomBytes } from 'node:crypto'
import { closeSync, fchmodSync, promises as fsp, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { retryHeldOpen, retryHeldOpenSync } from './held-open.ts'

/**
 * Files that are either the old one or the new one, never half of each: written beside the target under a temporary name
 * and renamed over it. A reader, a crash of the app or a full disk never leaves a torn file (DESIGN.md, D3).
 */
export interface AtomicWriteOptions {
  /**
   * Also survive a crash of the operating system: the data reaches the disk before the rename, the rename before the
   * call ends. Off by default; records that such a crash makes stale anyway do not need it.
   */
  readonly fsync?: boolean
  /** Permissions of the new file, whatever the umask says. Default 0o600; without meaning on Windows. */
  readonly mode?: number
}

/** Temporary names end so, and begin with a dot and the target's name: what scans a directory can skip them. */
export const TEMPORARY_SUFFIX = '.tmp'

/**
 * Replaces `path` with `data`. A symbolic link at `path` is replaced, not followed.
 * @throws the system's error (`ENOENT` if the directory is missing, `EACCES`, `ENOSPC`, ...); the target is then as it
 * was and the temporary file is gone.
 */
export async function writeFileAtomic(
  path: string,
  data: string | Uint8Array,
  options: AtomicWriteOptions = {},
): Promise<void> {
  await replace(path, data, options, (temporary) => fsp.rename(temporary, path))
}

/**
 * As {@link writeFileAtomic}, but `isExpected` has the last word: it is asked when the new file is on disk, immediately
 * before it takes the place of the old one. If it says no, nothing is replaced.
 * @returns whether the file was replaced
 */
export async function replaceFileAtomic(
  path: string,
  data: string | Uint8Array,
  isExpected: () => boolean,
  options: AtomicWriteOptions = {},
): Promise<boolean> {
  let isReplaced = false
  await replace(path, data, options, async (temporary) => {
    isReplaced = isExpected()
    // At once: nothing of this process comes in between.
    if (isReplaced) renameSync(temporary, path)
    else await fsp.rm(temporary, { force: true })
  })
  return isReplaced
}

async function replace(
  path: string,
  data: string | Uint8Array,
  { fsync = false, mode = 0o600 }: AtomicWriteOptions,
  rename: (temporary: string) => Promise<void>,
): Promise<void> {
  const temporary = temporaryNameFor(path)
  try {
    const handle = await fsp.open(temporary, 'wx', mode)
    try {
      await handle.chmod(mode)
      await handle.writeFile(data)
      if (fsync) {
        await handle.sync()
      }
    } finally {
      await handle.close()
    }
    await retryHeldOpen(() => rename(temporary))
  } catch (error) {
    // The first error is the one to report, not that of tidying up after it.
    await fsp.rm(temporary, { force: true }).catch(() => undefined)
    throw error
  }
  if (fsync) {
    syncDirectory(dirname(path))
  }
}

/** As {@link writeFileAtomic}, but done when it returns: for a record that must exist before the next statement. */
export function writeFileAtomicSync(path: string, data: string | Uint8Array, options: AtomicWriteOptions = {}): void {
  const { fsync = false, mode = 0o600 } = options
  const temporary = temporaryNameFor(path)
  try {
    const descriptor = openSync(temporary, 'wx', mode)
    try {
      fchmodSync(descriptor, mode)
      writeFileSync(descriptor, data)
      if (fsync) {
        fsyncSync(descriptor)
      }
    } finally {
      closeSync(descriptor)
    }
    retryHeldOpenSync(() => renameSync(temporary, path))
  } catch (error) {
    try {
      rmSync(temporary, { force: true })
    } catch {
      // The first error is the one to report, not that of tidying up after it.
    }
    throw error
  }
  if (fsync) {
    syncDirectory(dirname(path))
  }
}

function temporaryNameFor(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}${TEMPORARY_SUFFIX}`)
}

/** Makes the rename itself durable. Windows cannot open a directory, and some file systems refuse: that is no failure. */
function syncDirectory(path: string): void {
  if (process.platform === 'win32') {
    return
  }
  let descriptor: number | undefined
  try {
    descriptor = openSync(path, 'r')
    fsyncSync(descriptor)
  } catch {
    // The file is in place; only its survival of a power cut in the next seconds is not promised.
  } finally {
    if (descriptor !== undefined) {
      closeSync(descriptor)
    }
  }
}
