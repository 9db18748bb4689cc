/**
 * Where the viewer stands, as a place in a list of rows and not as pixels of a scrolled height: rows have different
 * heights once they wrap, only those drawn are measured, and there may be more of them than a browser can lay out.
 */

/** Height of a row that does not wrap, in pixels. The style sheet has the same (`--line-height`). */
export const LINE_HEIGHT = 18

/** Chromium lays out nothing taller than 33.5 million pixels; beyond this the scrollbar only stands for the rows. */
export const MAX_PHYSICAL = 8_000_000

/** The upper edge is `offset` pixels below the beginning of the row at `position`; above it if negative. */
export interface Place {
  readonly position: number
  readonly offset: number
}

export interface Geometry {
  /** Rows in the list. */
  readonly count: number
  /** Height of what is seen of them, in pixels. */
  readonly viewport: number
  /** Of the row at a position, in pixels, never below `LINE_HEIGHT`; undefined if it is not drawn. */
  readonly heightOf: (position: number) => number | undefined
}

/** Rows that fill a viewport whatever their height. */
export function rowsPerView(viewport: number): number {
  return Math.ceil(viewport / LINE_HEIGHT) + 1
}

/**
 * The same place written so that its row is the one at the upper edge, and not before the first row. Rows that are not
 * drawn count as one line.
 */
export function normalized({ position, offset }: Place, { count, heightOf }: Geometry): Place {
  const height = (at: number) => heightOf(at) ?? LINE_HEIGHT
  let at = Math.min(Math.max(0, position), Math.max(0, count - 1))
  let rest = offset
  while (rest < 0 && at > 0) {
    at -= 1
    rest += height(at)
  }
  // By the height of lines where nothing is drawn: a jump may cross millions of rows.
  while (at < count - 1 && rest >= height(at)) {
    if (heightOf(at) === undefined) {
      const skipped = Math.min(count - 1 - at, Math.floor(rest / LINE_HEIGHT))
      if (skipped === 0) break
      at += skipped
      rest -= skipped * LINE_HEIGHT
    } else {
      rest -= height(at)
      at += 1
    }
  }
  return { position: at, offset: Math.max(0, rest) }
}

/** Pixels from the upper edge to the end of the last row, as far as is known: never more than there are. */
export function pixelsBelow({ position, offset }: Place, { count, viewport, heightOf }: Geometry): number {
  let pixels = -offset
  const enough = position + rowsPerView(viewport + Math.max(0, offset))
  for (let at = position; at < count; at += 1) {
    pixels += heightOf(at) ?? LINE_HEIGHT
    if (at > enough) return Number.POSITIVE_INFINITY
  }
  return pixels
}

/** The place from which the last row ends at the lower edge; the first row at the upper edge if all fit. */
export function endPlace({ count, viewport, heightOf }: Geometry): Place {
  let rest = viewport
  for (let at = count - 1; at >= 0; at -= 1) {
    const height = heightOf(at) ?? LINE_HEIGHT
    if (height >= rest) return { position: at, offset: height - rest }
    rest -= height
  }
  return { position: 0, offset: 0 }
}

/** How tall the scrolled element is for `count` rows of this average height. */
export function physicalHeight(count: number, average: number): number {
  return Math.min(Math.round(count * average), MAX_PHYSICAL)
}

export interface Track {
  readonly count: number
  readonly viewport: number
  /** Average height of a row. */
  readonly average: number
}

/** What of the scrolled element cannot be seen at once: the way of the scrollbar, in pixels. */
export function trackLength({ count, viewport, average }: Track): number {
  return Math.max(0, physicalHeight(count, average) - viewport)
}

/** The rows over which the scrollbar's way is spread: those of the last view belong to its end. */
function trackRows({ count, viewport, average }: Track): number {
  return Math.max(0, count - viewport / average)
}

/** The `scrollTop` that stands for a place. */
export function toPhysical({ position, offset }: Place, height: number, track: Track): number {
  const rows = trackRows(track)
  if (rows === 0) return 0
  return Math.min(1, Math.max(0, (position + offset / height) / rows)) * trackLength(track)
}

/** The place that a `scrollTop` stands for. */
export function fromPhysical(physical: number, track: Track, heightOf: Geometry['heightOf']): Place {
  const length = trackLength(track)
  if (length === 0) return { position: 0, offset: 0 }
  const row = Math.min(1, Math.max(0, physical / length)) * trackRows(track)
  const position = Math.floor(row)
  return { position, offset: (row - position) * (heightOf(position) ?? track.average) }
}
