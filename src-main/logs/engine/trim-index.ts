import type { Anchor } from '../../core/line-index.ts'
import { firstAtLeast } from '../../core/sorted.ts'
import type { LogBytes } from '../store/log-bytes.ts'
import { type CountedStream, LogChangedError } from './counted-stream.ts'

const CHUNK_BYTES = 256 * 1024
const LINE_FEED = 0x0a

/**
 * Forgets what is before `first`, which is not on disk any longer. The first line is then the first that begins at
 * `first` or after it. Whether one begins exactly there is known only if an entry of the timeline is at `first`; otherwise
 * it counts as one whose beginning is lost. A last line is kept without its beginning.
 *
 * @throws LogChangedError
 */
export async function trimIndex(bytes: LogBytes, counted: CountedStream, first: number): Promise<void> {
  const { index } = counted
  if (first <= index.base) return
  if (first >= index.scanned) {
    index.trim(first, null)
    return
  }
  const next = index.anchorFrom(first)
  const limit = next?.offset ?? index.scanned
  const { begins, firstBegin } = await lineBeginsWithin(bytes, first, limit)
  const after: Anchor | null =
    firstBegin === null ? next : { offset: firstBegin, line: (next?.line ?? index.begun) - begins }
  index.trim(first, startAt(counted, first, after) ?? after ?? { offset: first, line: index.begun - 1 })
}

/** The line that begins exactly at `first`, if it is known that one does. */
function startAt(counted: CountedStream, first: number, after: Anchor | null): Anchor | null {
  const entry = firstAtLeast(counted.offsets, first)
  const before = counted.begun[entry]
  if (counted.offsets[entry] !== first || before === undefined) return null
  return before < (after?.line ?? counted.index.begun) ? { offset: first, line: before } : null
}

/** Lines that begin after `from` and before `limit`, and where the first of them does. */
async function lineBeginsWithin(
  bytes: LogBytes,
  from: number,
  limit: number,
): Promise<{ begins: number; firstBegin: number | null }> {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES)
  let begins = 0
  let firstBegin: number | null = null
  // The line feed in front of `limit` begins the line at `limit`, which is not asked for.
  for (let at = from; at < limit - 1; ) {
    const read = await bytes.read(at, buffer.subarray(0, Math.min(CHUNK_BYTES, limit - 1 - at)))
    if (read <= 0) throw new LogChangedError()
    const chunk = buffer.subarray(0, read)
    for (let feed = chunk.indexOf(LINE_FEED); feed !== -1; feed = chunk.indexOf(LINE_FEED, feed + 1)) {
      begins += 1
      firstBegin ??= at + feed + 1
    }
    at += read
  }
  return { begins, firstBegin }
}
