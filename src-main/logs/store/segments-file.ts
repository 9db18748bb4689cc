import { closeSync, fstatSync, futimesSync, openSync, readFileSync, type Stats, statSync, writeFileSync } from 'node:fs'
import { removeFileSync, renameFileSync } from './held-open.ts'
import { NO_SEGMENTS, parseSegments, type Segments } from './segments.ts'
import { isMissing } from './stream-files.ts'

/** What a look at `segments.json` found. `identity` differs for each version of it that there ever was. */
export interface FoundSegments {
  readonly identity: string
  readonly segments: Segments
  /** The file is there and cannot be understood; `segments` are those of a missing one. */
  readonly isCorrupt: boolean
}

const MISSING: FoundSegments = { identity: 'missing', segments: NO_SEGMENTS, isCorrupt: false }
const MAX_BYTES = 16 * 1024 * 1024

const isPlausible = (stats: Stats) => stats.isFile() && stats.size <= MAX_BYTES
const identityOf = ({ ino, mtimeMs, size }: Stats) => `${ino}:${mtimeMs}:${size}`

function understand(stats: Stats, text: string): FoundSegments {
  const segments = parseSegments(text)
  return { identity: identityOf(stats), segments: segments ?? NO_SEGMENTS, isCorrupt: segments === null }
}

/**
 * For readers: what `segments.json` says now, read again only if it is another than `known`. Synchronous, so that it is never
 * open while something else of this thread replaces it, which Windows refuses.
 *
 * @throws the file system's error for anything but a missing file
 */
export function lookAtSegments(path: string, known: FoundSegments | null): FoundSegments {
  return identifySegments(path) === known?.identity ? known : readSegments(path).found
}

/** Both of the same handle, so of the same version: a written file is never changed, only replaced. */
function readSegments(path: string): { readonly found: FoundSegments; readonly mtimeMs: number } {
  let descriptor: number
  try {
    descriptor = openSync(path, 'r')
  } catch (error) {
    if (isMissing(error)) return { found: MISSING, mtimeMs: 0 }
    throw error
  }
  try {
    const stats = fstatSync(descriptor)
    const found = understand(stats, isPlausible(stats) ? readFileSync(descriptor, 'utf8') : '')
    return { found, mtimeMs: stats.mtimeMs }
  } finally {
    closeSync(descriptor)
  }
}

/**
 * Synchronous: a reader asks before and after each read, and a call takes microseconds, a tenth of what waiting for one
 * costs.
 *
 * @throws the file system's error for anything but a missing file
 */
export function identifySegments(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false })
  return stats === undefined ? MISSING.identity : identityOf(stats)
}

/** `segments.json` for its one writer. Synchronous: well below a millisecond, and the order of steps is plain. */
export class SegmentsFile {
  readonly #path: string
  readonly #temporary: string
  /** The time that the last version bears. */
  #stampMs = 0

  constructor(path: string) {
    this.#path = path
    this.#temporary = `${path}.tmp`
  }

  /** @throws the file system's error for anything but a missing file */
  read(): FoundSegments {
    const { found, mtimeMs } = readSegments(this.#path)
    this.#stampMs = Math.max(this.#stampMs, mtimeMs)
    return found
  }

  /**
   * Replaces it: readers see the old one or the new one. No fsync: an app that is killed loses nothing by that.
   *
   * @throws the file system's error; then the old one is in place
   */
  write(segments: Segments): void {
    // A time of its own for each version: file numbers are used again, and clocks tick slowly.
    this.#stampMs = Math.max(Date.now(), Math.floor(this.#stampMs) + 1)
    const descriptor = openSync(this.#temporary, 'w', 0o600)
    try {
      writeFileSync(descriptor, `${JSON.stringify(segments)}\n`)
      futimesSync(descriptor, this.#stampMs / 1000, this.#stampMs / 1000)
    } finally {
      closeSync(descriptor)
    }
    renameFileSync(this.#temporary, this.#path)
  }

  /** Moves a version that cannot be understood out of the way, to be looked at by a person. Returns where to. */
  moveAside(): string {
    const aside = `${this.#path}.corrupt-${Date.now()}`
    renameFileSync(this.#path, aside)
    return aside
  }

  /** Removes what a crash in the middle of a write left. */
  tidy(): void {
    removeFileSync(this.#temporary)
  }
}
