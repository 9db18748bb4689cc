import { stat, statfs } from 'node:fs/promises'
import { alignedPause } from '../core/aligned-pause.ts'

/** Rare, since a look at a disk that sleeps or is mounted from elsewhere is not free. */
const INTERVAL_MS = 10_000
/** With that much space on all disks, none is full within the longer interval, whatever is printed. */
const PLENTY_BYTES = 20 * 1024 ** 3
const PLENTY_INTERVAL_MS = 60_000
/** While one is full, people wait to be told that it is not any more. */
const FULL_INTERVAL_MS = 1_000
/** With less than this, or this share of a small disk, it counts as full: the next lines may already not fit. */
const FULL_BYTES = 1024 * 1024
const FULL_SHARE = 1 / 16

interface Disk {
  readonly freeBytes: number
  readonly sizeBytes: number
}

/** Null for a directory that is not there yet. */
async function deviceOf(directory: string): Promise<number | null> {
  try {
    return (await stat(directory)).dev
  } catch {
    return null
  }
}

/** Null for a file system that does not tell. */
async function lookAt(directory: string): Promise<Disk | null> {
  try {
    const { bavail, blocks, bsize } = await statfs(directory)
    return blocks === 0 ? null : { freeBytes: bavail * bsize, sizeBytes: blocks * bsize }
  } catch {
    return null
  }
}

/**
 * Says once when a disk that services print to is full, and once when there is space again. Services write their logs
 * themselves (DESIGN.md, D1), so nobody else would notice: what they print meanwhile is lost without an error.
 *
 * @returns ends the watching
 */
export function watchDisks(directories: readonly string[], warn: (message: string) => void): () => void {
  const full = new Set<number>()
  let leastFree = 0
  let isOver = false
  let timer: NodeJS.Timeout | undefined

  function judge(directory: string, device: number, { freeBytes, sizeBytes }: Disk): void {
    const limit = Math.min(FULL_BYTES, sizeBytes * FULL_SHARE)
    if (full.has(device)) {
      // Twice as much, so that a disk at the limit is not reported again and again.
      if (freeBytes < 2 * limit) return
      full.delete(device)
      warn(`The disk of ${directory} has space again.`)
    } else if (freeBytes < limit) {
      full.add(device)
      warn(`The disk of ${directory} is full: services go on, but what they print may be lost until there is space.`)
    }
  }

  function intervalMs(): number {
    if (full.size > 0) return FULL_INTERVAL_MS
    return leastFree > PLENTY_BYTES && Number.isFinite(leastFree) ? PLENTY_INTERVAL_MS : INTERVAL_MS
  }

  async function look(): Promise<void> {
    const judged = new Set<number>()
    leastFree = Number.POSITIVE_INFINITY
    for (const directory of directories) {
      const device = await deviceOf(directory)
      if (device === null || judged.has(device)) continue
      judged.add(device)
      const disk = await lookAt(directory)
      if (isOver) return
      if (disk === null) continue
      leastFree = Math.min(leastFree, disk.freeBytes)
      judge(directory, device, disk)
    }
    if (isOver) return
    timer = setTimeout(() => void look(), alignedPause(intervalMs(), Date.now()))
    timer.unref()
  }

  void look()
  return () => {
    isOver = true
    clearTimeout(timer)
  }
}
