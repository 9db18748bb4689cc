import { promises as fsp, readFileSync } from 'node:fs'
import { replaceFileAtomic } from '../../os/atomic-write.ts'
import { systemErrorCode } from '../../os/process-error.ts'

/**
 * Replaces the content of a file that still is what it was, so that what another program has saved meanwhile is never
 * lost. A link stays a link: what it leads to is replaced. Survives a crash of the operating system.
 *
 * @returns false if the file is not the same any more; nothing was changed then
 * @throws the system's error if it cannot be written
 */
export async function replaceIfSame(file: string, before: string, after: string): Promise<boolean> {
  const target = await targetOf(file)
  if (target === null) return false
  return replaceFileAtomic(target, after, () => holds(target, before), { fsync: true })
}

/** Null if it is gone. */
async function targetOf(file: string): Promise<string | null> {
  try {
    return await fsp.realpath(file)
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return null
    throw error
  }
}

function holds(file: string, text: string): boolean {
  try {
    return readFileSync(file, 'utf8') === text
  } catch {
    return false // Gone, or not to be read any more: not the same in any case.
  }
}
