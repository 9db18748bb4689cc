import type { RowList } from '../rows/row-list.ts'
import {
  endPlace,
  type Geometry,
  LINE_HEIGHT,
  MAX_PHYSICAL,
  normalized,
  type Place,
  physicalHeight,
  pixelsBelow,
  rowsPerView,
  type Track,
  toPhysical,
  trackLength,
} from './scroll-place.ts'

/** Rows drawn beyond either edge, so that a turn of the wheel shows no blank. */
const OVERSCAN = 16

/** What is drawn, and where. */
export interface LogLayout {
  /** Positions drawn, `to` excluded. */
  readonly from: number
  readonly to: number
  readonly viewport: number
  readonly height: number
  /**
   * `free`: at their place in the scrolled element, which the browser scrolls. `pinned`: in a layer that stays in sight
   * while the scrollbar moves, since that only stands for the rows.
   */
  readonly mode: 'free' | 'pinned'
  /** Where they are, seen from the upper edge (pinned) or from the beginning (free). `end`: the last row ends at the lower edge. */
  readonly place: Place | 'end'
}

/** A place by its row: positions change with the list. */
export interface RowPlace {
  readonly row: number
  readonly offset: number
}

export function isCompressed({ count, average }: Track): boolean {
  return count * average > MAX_PHYSICAL
}

/** Whether the browser scrolls by itself: all rows are of one height, and it can lay out all of them. */
export function isFree(track: Track, isWrapped: boolean): boolean {
  return !isWrapped && !isCompressed(track)
}

export function positionIn(list: RowList, { row, offset }: RowPlace): Place {
  const position = Math.min(list.positionOf(row), Math.max(0, list.count - 1))
  return { position, offset: list.count > 0 && list.rowAt(position) === row ? offset : Math.min(0, offset) }
}

/** Where heights are known beforehand, a place is right before it is drawn. */
export function normalizedIfFlat(place: Place, space: Geometry): Place {
  const isFlat = space.heightOf(place.position) === LINE_HEIGHT && space.heightOf(0) === LINE_HEIGHT
  return isFlat ? normalized(place, space) : place
}

export function layoutOf(list: RowList, stored: RowPlace | null, track: Track, isWrapped: boolean): LogLayout {
  const { count, viewport, average } = track
  const height = Math.max(physicalHeight(count, average), 0)
  const perView = rowsPerView(viewport)
  const mode = isFree(track, isWrapped) ? 'free' : 'pinned'
  if (isWrapped) {
    // A view more than is seen on either side: then a page up or down only ever crosses rows that are measured.
    if (stored === null)
      return { from: Math.max(0, count - 2 * perView), to: count, viewport, height, mode, place: 'end' }
    const place = positionIn(list, stored)
    const from = Math.max(0, place.position - 2 * perView)
    return { from, to: Math.min(count, place.position + 2 * perView), viewport, height, mode, place }
  }
  const flat: Geometry = { count, viewport, heightOf: () => LINE_HEIGHT }
  const end = endPlace(flat)
  const at = stored === null ? end : normalized(positionIn(list, stored), flat)
  const place = at.position > end.position || (at.position === end.position && at.offset > end.offset) ? end : at
  const from = Math.max(0, place.position - OVERSCAN)
  return { from, to: Math.min(count, place.position + perView + OVERSCAN), viewport, height, mode, place }
}

/** The place that is to be taken instead of this one now that the rows around it are measured; null if it is right. */
export function settledPlace(place: Place | null, space: Geometry): Place | null {
  if (place === null || space.count === 0) return null
  const top = normalized(place, space)
  const isShort = pixelsBelow(top, space) < space.viewport - 0.5
  const right = isShort ? endPlace(space) : top
  const isSame = right.position === place.position && Math.abs(right.offset - place.offset) < 0.5
  return isSame ? null : right
}

export function physicalOf(place: Place | null, track: Track, isWrapped: boolean, space: Geometry): number {
  if (place === null) return trackLength(track)
  if (isFree(track, isWrapped)) return place.position * LINE_HEIGHT + place.offset
  return toPhysical(place, space.heightOf(place.position) ?? LINE_HEIGHT, track)
}
