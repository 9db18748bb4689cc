/**
 * Chromium lays out nothing taller than 33.5 million pixels, which a log of two million lines exceeds. So positions are
 * kept in a virtual height of any size, and beyond this limit the scrollbar only stands for it: its (physical) range
 * maps onto the virtual one.
 */
export const MAX_PHYSICAL = 8_000_000

export interface Geometry {
  /** Height of all lines, in pixels. */
  readonly total: number
  /** Height of what is seen of them. */
  readonly viewport: number
}

export interface ScrollPosition {
  /** What is shown: pixels above the upper edge, of `Geometry.total`. */
  readonly virtual: number
  /** The element's own `scrollTop`. */
  readonly physical: number
}

export function physicalHeight({ total }: Geometry): number {
  return Math.min(total, MAX_PHYSICAL)
}

export function isCompressed({ total }: Geometry): boolean {
  return total > MAX_PHYSICAL
}

export function maxVirtual({ total, viewport }: Geometry): number {
  return Math.max(0, total - viewport)
}

function maxPhysical(geometry: Geometry): number {
  return Math.max(0, physicalHeight(geometry) - geometry.viewport)
}

export function clampVirtual(geometry: Geometry, virtual: number): number {
  return Math.min(maxVirtual(geometry), Math.max(0, virtual))
}

export function toPhysical(geometry: Geometry, virtual: number): number {
  if (!isCompressed(geometry)) return virtual
  return (virtual / maxVirtual(geometry)) * maxPhysical(geometry)
}

function toVirtual(geometry: Geometry, physical: number): number {
  if (!isCompressed(geometry)) return physical
  return (physical / maxPhysical(geometry)) * maxVirtual(geometry)
}

export interface Scrolled {
  readonly virtual: number
  /** The scrollbar no longer stands where `virtual` belongs and is to be set there. */
  readonly isStep: boolean
}

/**
 * What is shown after the browser scrolled to `physical`. In a compressed log a short way is a step by hand (a click
 * beside the thumb, a finger) and goes as far as it looks; a long way is a drag of the thumb and goes where that stands.
 */
export function scrolledTo(geometry: Geometry, before: ScrollPosition, physical: number): Scrolled {
  if (!isCompressed(geometry)) return { virtual: clampVirtual(geometry, physical), isStep: false }
  if (physical <= 0) return { virtual: 0, isStep: false }
  if (physical >= maxPhysical(geometry) - 1) return { virtual: maxVirtual(geometry), isStep: false }
  const distance = physical - before.physical
  const isStep = Math.abs(distance) <= 2 * geometry.viewport
  const virtual = isStep ? before.virtual + distance : toVirtual(geometry, physical)
  return { virtual: clampVirtual(geometry, virtual), isStep }
}
