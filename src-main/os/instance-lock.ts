import {
  closeSync,
  constants,
  copyFileSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { removeFileSync, retryHeldOpenSync } from './held-open.ts'
import { ProcessError, systemErrorCode } from './process-error.ts'
import { findByIdentity, identify } from './processes/identity.ts'
import type { Identity } from './processes/process-table.ts'

/**
 * At most one manager per directory. The lock is a file `manager-<n>.lock` with its holder's identity: first line the
 * decimal pid, second line JSON, as in a PID file. It holds as long as a process of exactly that identity lives.
 *
 * Who finds the holder of the highest number dead takes over by creating the next number, which only one can; deleting
 * or replacing the old file first would let two who judged it at the same time both win. The file of the highest number
 * is never removed, also not by its release, so numbers only grow, and a latecomer who creates a number that was
 * already used up sees a higher one when it looks again.
 */
export interface InstanceLock {
  /** Lets others manage the directory. Idempotent. */
  release(): void
}

const NAME = /^manager-(\d{1,9})\.lock$/
/** A lock that is not complete yet, or whose maker was killed; the last number is its maker's pid. */
const TEMPORARY_NAME = /^\.manager-\d{1,9}\.(\d{1,10})\.tmp$/
const RELEASED = 'released\n'
const MAX_LOCK_BYTES = 10_000
/** Each round that fails means that another copy came first. */
const MAX_ROUNDS = 50
/** On a file system without hard links, how long a new lock may be incomplete. */
const INCOMPLETE_MS = 50

const holderSchema = z.object({
  version: z.literal(1),
  pid: z.int().min(2),
  createdAt: z.string().min(1),
  bootId: z.string().min(1),
})

type Content =
  | { readonly kind: 'held'; readonly holder: Identity }
  | { readonly kind: 'released' | 'gone' }
  | { readonly kind: 'corrupt'; readonly reason: string }

const lockFile = (directory: string, number: number) => join(directory, `manager-${number}.lock`)

/** Numbers of all locks, the highest first. */
function numbersIn(directory: string): number[] {
  const numbers = readdirSync(directory).map((name) => Number(NAME.exec(name)?.[1] ?? -1))
  return numbers.filter((number) => number >= 0).sort((a, b) => b - a)
}

/** @throws ProcessError `lock-unreadable` if it is there and may not be read: then nobody knows who holds it */
function readLock(file: string): Content {
  let text: string
  try {
    const info = statSync(file)
    if (!info.isFile() || info.size > MAX_LOCK_BYTES) return { kind: 'corrupt', reason: 'expected a small file' }
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return { kind: 'gone' }
    const reason = error instanceof Error ? error.message : String(error)
    const hint = `If no other copy of this app runs, delete ${file}.`
    throw new ProcessError('lock-unreadable', `the lock could not be read: ${reason}`, hint, { cause: error })
  }
  if (text.startsWith(RELEASED)) return { kind: 'released' }
  try {
    const { pid, createdAt, bootId } = holderSchema.parse(JSON.parse(text.split('\n')[1] ?? ''))
    return { kind: 'held', holder: { pid, createdAt, bootId } }
  } catch {
    return { kind: 'corrupt', reason: `expected who holds it, got "${text.slice(0, 40)}"` }
  }
}

/** @throws ProcessError `already-managed` if the holder of this lock lives */
async function refuseIfHeld(directory: string, number: number): Promise<void> {
  const file = lockFile(directory, number)
  let content = readLock(file)
  if (content.kind === 'corrupt') {
    await delay(INCOMPLETE_MS)
    content = readLock(file)
  }
  if (content.kind !== 'held' || (await findByIdentity(content.holder)) === null) return
  const { pid } = content.holder
  throw new ProcessError(
    'already-managed',
    `the folder ${directory} is already managed by another copy of this app (pid ${pid})`,
    'Use that one, or quit it first.',
  )
}

/** @returns false if there is such a lock already */
function createLock(directory: string, number: number, content: string): boolean {
  const file = lockFile(directory, number)
  const temporary = join(directory, `.manager-${number}.${process.pid}.tmp`)
  try {
    writeFileSync(temporary, content, { mode: 0o600 })
    try {
      // Complete at the moment it appears.
      linkSync(temporary, file)
    } catch (error) {
      if (systemErrorCode(error) === 'EEXIST') return false
      copyFileSync(temporary, file, constants.COPYFILE_EXCL) // No hard links here.
    }
    return true
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') return false
    throw error
  } finally {
    removeTemporaryFile(temporary)
  }
}

/** If it cannot be removed, it is in nobody's way, and the next holder tries again. */
function removeTemporaryFile(file: string): void {
  try {
    removeFileSync(file)
  } catch {
    // A virus scanner holds a new file for long on Windows. The lock itself is what counts.
  }
}

/** Removes the locks below ours; one that was unreadable is kept for people to look at. */
function cleanUp(directory: string, own: number, warn: (message: string) => void): void {
  for (const number of numbersIn(directory)) {
    if (number >= own) continue
    const file = lockFile(directory, number)
    try {
      const content = readLock(file)
      if (content.kind !== 'corrupt') removeFileSync(file)
      else {
        const aside = `${file}.corrupt-${Date.now()}`
        retryHeldOpenSync(() => renameSync(file, aside))
        warn(`${file}: ${content.reason}; moved to ${aside}`)
      }
    } catch (error) {
      warn(`${file} could not be removed: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
}

/** Removes what makers of locks left who were killed meanwhile. One who lives needs its file still. */
async function removeTemporary(directory: string): Promise<void> {
  for (const name of readdirSync(directory)) {
    const pid = TEMPORARY_NAME.exec(name)?.[1]
    if (pid !== undefined && (await identify(Number(pid))) === null) removeTemporaryFile(join(directory, name))
  }
}

function release(file: string, content: string): void {
  try {
    if (readFileSync(file, 'utf8') !== content) return
    // In place: it takes no space, so it works with a full disk, and the number stays used up.
    const descriptor = openSync(file, 'r+')
    try {
      writeSync(descriptor, RELEASED, 0)
    } finally {
      closeSync(descriptor)
    }
  } catch {
    // It is gone. Otherwise the end of this process releases it.
  }
}

/**
 * Makes this process the one manager of `directory`, which is created if need be. A lock whose holder is dead, whose pid
 * belongs to another process by now, or that is of an earlier boot is taken over.
 *
 * @throws ProcessError `already-managed` naming the holder's pid, `lock-unreadable`; the file system's error, e.g. `ENOSPC`
 */
export async function acquireInstanceLock(directory: string, warn: (message: string) => void): Promise<InstanceLock> {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const identity = await identify(process.pid)
  if (identity === null) throw new Error('expected this process in the process table')
  const content = `${process.pid}\n${JSON.stringify({ version: 1, ...identity })}\n`
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const highest = numbersIn(directory)[0] ?? 0
    await refuseIfHeld(directory, highest)
    const own = highest + 1
    if (!createLock(directory, own, content)) continue
    if (numbersIn(directory)[0] === own) {
      cleanUp(directory, own, warn)
      await removeTemporary(directory)
      return { release: () => release(lockFile(directory, own), content) }
    }
    removeFileSync(lockFile(directory, own))
  }
  throw new ProcessError('lock-unusable', `no lock could be made in ${directory}`, 'Remove the .lock files in it.')
}
