import type { LogBytes } from '../store/log-bytes.ts'

/** A part of a stream. `offset` is where it begins. */
export type Chunk =
  /** Whole lines, each with its line end. */
  | { readonly kind: 'lines'; readonly offset: number; readonly bytes: Buffer }
  /** The first bytes of a line that is as long as that or longer. The rest of it is not read out. */
  | { readonly kind: 'beginning'; readonly offset: number; readonly bytes: Buffer }
  /** More of a line of which the rest is left out. */
  | { readonly kind: 'skipped'; readonly offset: number }
  /** Such a line ended before `offset`. */
  | { readonly kind: 'line-end'; readonly offset: number }
  /** The last line, which goes on beyond what is read. */
  | { readonly kind: 'open'; readonly offset: number; readonly bytes: Buffer }
  /** What lies from `offset` on is no longer there, or something else is. */
  | { readonly kind: 'gone'; readonly offset: number }

export interface ChunkSizes {
  /** Read at once. */
  readonly readBytes: number
  /** What is searched of a line at most, and all that is held in memory of it. */
  readonly lineBytes: number
}

export interface ChunkRange {
  /** Where a line begins, or, if `isInside`, a place within one that is to be left out. */
  readonly from: number
  readonly to: number
  readonly isInside: boolean
}

const LINE_FEED = 0x0a

/**
 * Cuts a part of a stream into pieces that begin and end where lines do. Each piece's bytes are good until the next one is
 * asked for. The next is read meanwhile.
 */
export async function* lineChunks(bytes: LogBytes, range: ChunkRange, sizes: ChunkSizes): AsyncGenerator<Chunk> {
  const size = sizes.lineBytes
  let buffer = Buffer.allocUnsafe(size)
  let spare = Buffer.allocUnsafe(size)
  let at = range.from
  /** Bytes at the begin of `buffer`: those of a line that goes on. None while the rest of one is left out. */
  let held = 0
  let isInside = range.isInside
  let reading = read()

  function read(): Promise<number> {
    const room = Math.min(sizes.readBytes, size - held, range.to - at)
    if (room <= 0) return Promise.resolve(0)
    const result = bytes.read(at, buffer.subarray(held, held + room))
    // It is awaited after what was read before has been searched, which is too late for the engine.
    result.catch(() => undefined)
    return result
  }

  for (;;) {
    const count = await reading
    if (count === -1) {
      yield { kind: 'gone', offset: at - held }
      return
    }
    if (count === 0) break
    at += count
    let filled = buffer.subarray(0, held + count)
    if (isInside) {
      const end = filled.indexOf(LINE_FEED)
      if (end === -1) {
        reading = read()
        yield { kind: 'skipped', offset: at }
        continue
      }
      isInside = false
      filled = filled.subarray(end + 1)
      yield { kind: 'line-end', offset: at - filled.length }
    }
    const offset = at - filled.length
    const end = filled.lastIndexOf(LINE_FEED) + 1
    isInside = filled.length - end >= size
    held = isInside ? 0 : filled.copy(spare, 0, end)
    ;[buffer, spare] = [spare, buffer]
    reading = read()
    if (isInside) yield { kind: 'beginning', offset, bytes: filled }
    else if (end > 0) yield { kind: 'lines', offset, bytes: filled.subarray(0, end) }
  }
  if (held > 0) yield { kind: 'open', offset: at - held, bytes: buffer.subarray(0, held) }
}
