import { type FileHandle, open } from 'node:fs/promises'
import { type GzipBlock, inflateBlock, readBlocks } from './block-gzip.ts'
import { endOf, type Segment } from './segments.ts'
import { isMissing, reasonOf } from './stream-files.ts'

/** Inflated blocks that are kept: enough for two readers that go through an archive at different places. */
const KEPT_BLOCKS = 6
/** The thread pool has four threads. */
const PARALLEL_BLOCKS = 4
/** Archives whose list of blocks is kept. */
const KEPT_LISTS = 64

/** What a look into an archive's file gave: how many bytes, or why none. */
export type ArchiveRead = number | 'missing' | { readonly unreadable: string }

/**
 * Reads raw and compressed archives, and remembers what it had to inflate. A path may come to name another archive at
 * any moment: what is remembered is only what names its own offset.
 */
export class ArchiveReader {
  /** By offset of the archive's first byte. */
  readonly #lists = new Map<number, readonly GzipBlock[]>()
  /** By offset of the block's first byte. */
  readonly #blocks = new Map<number, Promise<Buffer | null>>()

  /** Lets go of what is remembered: for another generation, in which offsets mean something else. */
  forget(): void {
    this.#lists.clear()
    this.#blocks.clear()
  }

  /**
   * Fills `target` from `offset` on from an archive that is not compressed.
   *
   * @throws the file system's error for anything but a missing file
   */
  async readRaw(path: string, segment: Segment, offset: number, target: Buffer): Promise<ArchiveRead> {
    return await withFile(path, async (file) => {
      const { size } = await file.stat()
      if (size < segment.bytes) return { unreadable: `expected ${segment.bytes} bytes, found ${size}` }
      const wanted = Math.min(target.length, segment.start + segment.bytes - offset)
      return (await file.read(target, 0, wanted, offset - segment.start)).bytesRead
    })
  }

  /** As {@link readRaw}, for a compressed archive; at most {@link PARALLEL_BLOCKS} blocks, inflated at the same time. */
  async readCompressed(path: string, segment: Segment, offset: number, target: Buffer): Promise<ArchiveRead> {
    return await withFile(path, async (file) => {
      const blocks = this.#lists.get(segment.start) ?? (await this.#list(file, segment))
      const first = blocks === null ? -1 : findBlock(blocks, offset)
      if (blocks === null || first === -1) return { unreadable: 'this app did not write it, or it is not complete' }
      const wanted = blocks.slice(first, first + PARALLEL_BLOCKS).filter(({ start }) => start < offset + target.length)
      const inflated = await Promise.all(wanted.map((block) => this.#inflate(file, block)))
      let filled = 0
      for (const [index, bytes] of inflated.entries()) {
        // What comes before a damaged block is good.
        if (bytes === null) return filled > 0 ? filled : { unreadable: `it is damaged at ${wanted[index]?.position}` }
        filled += bytes.copy(target, filled, index === 0 ? offset - (wanted[0]?.start ?? 0) : 0)
      }
      return filled
    })
  }

  async #list(file: FileHandle, segment: Segment): Promise<readonly GzipBlock[] | null> {
    const blocks = await readBlocks(file)
    const [first, last] = [blocks?.at(0), blocks?.at(-1)]
    if (blocks === null || first?.start !== segment.start || last === undefined) return null
    if (endOf(last) !== endOf(segment)) return null
    keep(this.#lists, segment.start, blocks, KEPT_LISTS)
    return blocks
  }

  async #inflate(file: FileHandle, block: GzipBlock): Promise<Buffer | null> {
    const known = this.#blocks.get(block.start)
    const inflating = known ?? inflateBlock(file, block)
    keep(this.#blocks, block.start, inflating, KEPT_BLOCKS)
    try {
      const bytes = await inflating
      if (bytes !== null) return bytes
    } catch (error) {
      this.#blocks.delete(block.start)
      throw error
    }
    this.#blocks.delete(block.start)
    return null
  }
}

/** Index of the block that `offset` lies in, or -1. */
function findBlock(blocks: readonly GzipBlock[], offset: number): number {
  let low = 0
  let high = blocks.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const block = blocks[middle]
    if (block === undefined) return -1
    if (offset < block.start) high = middle - 1
    else if (offset >= endOf(block)) low = middle + 1
    else return middle
  }
  return -1
}

/** Sets an entry as the newest, and lets go of the oldest beyond `limit`. */
function keep<V>(map: Map<number, V>, key: number, value: V, limit: number): void {
  map.delete(key)
  map.set(key, value)
  for (const oldest of map.keys()) {
    if (map.size <= limit) return
    map.delete(oldest)
  }
}

async function withFile(path: string, work: (file: FileHandle) => Promise<ArchiveRead>): Promise<ArchiveRead> {
  let file: FileHandle
  try {
    file = await open(path, 'r')
  } catch (error) {
    if (isMissing(error)) return 'missing'
    throw error
  }
  try {
    return await work(file)
  } catch (error) {
    throw new Error(`${path}: ${reasonOf(error)}`, { cause: error })
  } finally {
    await file.close()
  }
}
