import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmdirSync, rmSync, statfsSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { temporaryDirectory } from './temporary-directory.ts'

const BYTES = 256 * 1024
const PAGE_BYTES = 4096

function mount(directory: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${BYTES}`, 'agentos-test', directory], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const unmount = (directory: string) => execFileSync('umount', ['-l', directory], { stdio: 'ignore' })

/** Whether this user may mount: as root, and not in every container. */
export const canMount = (() => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false
  const directory = mkdtempSync(join(tmpdir(), 'agentos-test-'))
  const mounted = mount(directory)
  if (mounted) unmount(directory)
  rmdirSync(directory)
  return mounted
})()

export interface SmallDisk {
  readonly directory: string
  /** Fills it but for so many pages: a small file takes one. */
  fill(pagesLeft?: number): void
  /** Makes space again. */
  free(): void
}

/** A disk of 256 KB in memory, gone after the test. */
export function smallDisk(): SmallDisk {
  const directory = temporaryDirectory()
  if (!mount(directory)) throw new Error('expected to be able to mount a tmpfs')
  onTestFinished(() => {
    unmount(directory)
  })
  const filler = join(directory, 'filler')
  return {
    directory,
    fill(pagesLeft = 0) {
      const { bavail, bsize } = statfsSync(directory)
      writeFileSync(filler, Buffer.alloc(bavail * bsize))
      if (pagesLeft > 0) truncateSync(filler, bavail * bsize - pagesLeft * PAGE_BYTES)
    },
    free: () => rmSync(filler),
  }
}
