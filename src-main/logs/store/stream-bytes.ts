import { close as closeFile, fstat, open, read as readFile, statSync } from 'node:fs'
import { promisify } from 'node:util'
import { type ArchiveRead, ArchiveReader } from './archive-reader.ts'
import { type FileState, fileState } from './file-state.ts'
import type { LogBytes, LogBytesExtent } from './log-bytes.ts'
import { connectedSegments, type PlacedSegment, type Segments } from './segments.ts'
import { type FoundSegments, identifySegments, lookAtSegments } from './segments-file.ts'
import { type FoundArchives, findArchives, firstGap, isMissing, type StreamFiles, streamFiles } from './stream-files.ts'

// Node's own promises of file calls hold an ArrayBuffer each, which is collected late: a reader that looks at a busy log 20
// times a second would pile up tens of megabytes of them.
const [openFile, statFile, readFrom, close] = [
  promisify(open),
  promisify(fstat),
  promisify(readFile),
  promisify(closeFile),
]

export interface LogBytesOptions {
  /** Told of archives that cannot be read, once each. */
  readonly warn?: (message: string) => void
}

/**
 * Opens a stream for reading, from any thread or process, while the app rotates it. Nothing is kept open between calls.
 *
 * @param folder of the service's logs; neither it nor the stream need to exist yet
 */
export function openLogBytes(
  folder: string,
  stream: 'stdout' | 'stderr',
  { warn = () => undefined }: LogBytesOptions = {},
): LogBytes {
  return new StreamBytes(streamFiles(folder, stream), warn)
}

/** Each version of `segments.json` is one step of a rotation: only a bug makes it change that often during one read. */
const MAX_ATTEMPTS = 1_000

/** How often an archive that does not fit or is missing is looked at again while archives move. */
const MAX_DOUBTS = 50

/** The files changed while they were looked at; what was read may be of another offset. */
const AGAIN = Symbol('again')

/** The current file when it was last read, under one version of `segments.json`. */
interface SeenCurrent {
  readonly identity: string
  readonly fileId: string
  readonly size: number
}

/**
 * Reads without locks: everything is read between two looks at `segments.json`, and read again if they differ. The
 * keeper changes it before a file changes its meaning, so what was read between two equal looks is right.
 */
class StreamBytes implements LogBytes {
  readonly #files: StreamFiles
  readonly #warn: (message: string) => void
  readonly #archives = new ArchiveReader()
  #known: FoundSegments | null = null
  /** The generation that was told last; null before the first. */
  #generation: string | null = null
  #seen: SeenCurrent | null = null
  /** Offsets at which archives begin that cannot be read. */
  readonly #unreadable = new Set<number>()

  constructor(files: StreamFiles, warn: (message: string) => void) {
    this.#files = files
    this.#warn = warn
  }

  async extent(): Promise<LogBytesExtent> {
    return await this.#settled(async (found) => {
      const { segments } = found
      const first = await this.#findFirst(found)
      const end = segments.start + (segments.isTruncating ? 0 : this.#currentSize(found))
      if (this.#hasChanged(found)) return AGAIN
      this.#adopt(segments.generation)
      return { first, end, generation: segments.generation }
    })
  }

  /**
   * Offset of the oldest byte that can be read. A list of a folder is not of one moment everywhere: Wine looks at each file
   * after it has listed the names, and leaves out what was renamed or compressed meanwhile. So what is missing is looked for
   * once more, and again and again while archives move.
   */
  async #findFirst(found: FoundSegments): Promise<number> {
    const { segments } = found
    const connected = connectedSegments(segments)
    const unreadable = connected.findIndex(({ start }) => this.#unreadable.has(start))
    const wanted = unreadable === -1 ? connected : connected.slice(0, unreadable)
    const looks = segments.rotating === null ? 2 : MAX_DOUBTS
    let there = 0
    for (let look = 0; look < looks && there < wanted.length; look += 1) {
      if (look > 0 && this.#hasChanged(found)) break
      const archives = await findArchives(this.#files)
      const missing = wanted.findIndex((segment) => this.#placeOf(segments, segment, archives) === null)
      there = Math.max(there, missing === -1 ? wanted.length : missing)
    }
    return wanted[there - 1]?.start ?? segments.start
  }

  async read(offset: number, buffer: Buffer): Promise<number> {
    const generation = this.#generation
    let filled = 0
    while (filled < buffer.length) {
      const bytes = await this.#readPiece(offset + filled, buffer.subarray(filled), generation)
      if (bytes === 'other-generation') return -1
      if (bytes === 'gone') return filled > 0 ? filled : -1
      if (bytes === 0) break
      filled += bytes
    }
    return filled
  }

  async release(): Promise<void> {
    this.#archives.forget()
    this.#known = null
  }

  #adopt(generation: string): void {
    if (this.#generation !== generation) {
      this.#archives.forget()
      this.#unreadable.clear()
    }
    this.#generation = generation
  }

  async #settled<T>(work: (found: FoundSegments, attempt: number) => Promise<T | typeof AGAIN>): Promise<T> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const found = lookAtSegments(this.#files.segments, this.#known)
      this.#known = found
      const result = await work(found, attempt)
      if (result !== AGAIN) return result
    }
    throw new Error(`${this.#files.segments} changes all the time; expected a moment in which it does not`)
  }

  #hasChanged(found: FoundSegments): boolean {
    return identifySegments(this.#files.segments) !== found.identity
  }

  /** Bytes from `offset` on, out of one file. 0 at the end. */
  #readPiece(offset: number, target: Buffer, generation: string | null): Promise<number | 'gone' | 'other-generation'> {
    return this.#settled(async (found, attempt) => {
      const { segments } = found
      if (generation !== null && segments.generation !== generation) return 'other-generation'
      if (generation === null) this.#adopt(segments.generation)
      if (offset >= segments.start) {
        const bytes = segments.isTruncating ? 0 : await this.#readCurrent(found, offset - segments.start, target)
        return this.#hasChanged(found) ? AGAIN : bytes
      }
      const segment = connectedSegments(segments).find(({ start }) => start <= offset)
      if (segment === undefined || this.#unreadable.has(segment.start)) return 'gone'
      const read = await this.#readArchive(found, segment, offset, target)
      if (typeof read !== 'object') return read
      // While archives move, the wrong one may have been looked into.
      if (segments.rotating !== null && attempt < MAX_DOUBTS) return AGAIN
      this.#unreadable.add(segment.start)
      this.#warn(`${read.unreadable}; this part of the log and what is older is not shown`)
      return 'gone'
    })
  }

  async #readArchive(
    found: FoundSegments,
    segment: PlacedSegment,
    offset: number,
    target: Buffer,
  ): Promise<number | 'gone' | typeof AGAIN | { readonly unreadable: string }> {
    const { segments } = found
    // While archives move, where one lies is seen by the gap in their numbers.
    const before = segments.rotating === null ? null : await findArchives(this.#files)
    const place = this.#placeOf(segments, segment, before)
    const result = place === null ? 'missing' : await this.#readPlace(place, segment, offset, target)
    if (this.#hasChanged(found)) return AGAIN
    if (before !== null) {
      const after = this.#placeOf(segments, segment, await findArchives(this.#files))
      if (after !== place) return AGAIN
    }
    if (typeof result === 'number') return result
    return result === 'missing' ? 'gone' : { unreadable: `${place} cannot be read: ${result.unreadable}` }
  }

  async #readPlace(place: string, segment: PlacedSegment, offset: number, target: Buffer): Promise<ArchiveRead> {
    const raw = await this.#archives.readRaw(place, segment, offset, target)
    if (raw !== 'missing') return raw
    // Compressed. The raw one is removed only when the other is complete.
    return await this.#archives.readCompressed(`${place}.gz`, segment, offset, target)
  }

  /**
   * The file that a segment lies in, without its `.gz`.
   *
   * @param found null if archives do not move at the moment: then whether it is there is not looked at
   * @returns null if it is not there
   */
  #placeOf({ rotating }: Segments, { index }: PlacedSegment, found: FoundArchives | null): string | null {
    const number = index + 1
    const archive = (number: number) => this.#files.archive(number, 'raw')
    if (found === null) return archive(number)
    if (rotating === null) return found.kinds.has(number) ? archive(number) : null
    const hasShifted = !found.hasRotating && found.kinds.has(rotating.moves + 1)
    if (index === -1) {
      if (found.hasRotating) return this.#files.rotating
      if (hasShifted) return archive(1)
      return rotating.by === 'rename' ? this.#files.current : null
    }
    const gap = hasShifted ? 0 : firstGap(found)
    const now = number <= rotating.moves && number >= gap ? number + 1 : number
    return found.kinds.has(now) ? archive(now) : null
  }

  #currentSize(found: FoundSegments): number {
    const seen = this.#seenUnder(found)
    const stats = statSync(this.#files.current, { throwIfNoEntry: false, bigint: true })
    const state = stats === undefined ? null : fileState(stats)
    if (hasLost(seen, state)) return seen?.size ?? 0
    return this.#see(found, state).size
  }

  async #readCurrent(found: FoundSegments, position: number, target: Buffer): Promise<number> {
    const seen = this.#seenUnder(found)
    let file: number
    try {
      file = await openFile(this.#files.current, 'r')
    } catch (error) {
      if (isMissing(error)) return 0
      throw error
    }
    try {
      const state = fileState(await statFile(file, { bigint: true }))
      if (hasLost(seen, state)) return 0
      this.#see(found, state)
      return (await readFrom(file, target, 0, target.length, position)).bytesRead
    } finally {
      await close(file)
    }
  }

  #seenUnder({ identity }: FoundSegments): SeenCurrent | null {
    return this.#seen?.identity === identity ? this.#seen : null
  }

  #see(found: FoundSegments, state: FileState | null): SeenCurrent {
    const fileId = state?.id ?? ''
    const seen = this.#seenUnder(found)
    // Looks that go on at the same time may end in another order.
    const before = seen?.fileId === fileId ? seen.size : 0
    this.#seen = { identity: found.identity, fileId, size: Math.max(state?.size ?? 0, before) }
    return this.#seen
  }
}

/**
 * Whether somebody truncated, replaced or removed the current file, which the keeper has not noticed yet.
 *
 * @param seen before `state` was asked for
 */
function hasLost(seen: SeenCurrent | null, state: FileState | null): boolean {
  if (seen === null || seen.size === 0) return false
  return seen.fileId !== (state?.id ?? '') || (state?.size ?? 0) < seen.size
}
