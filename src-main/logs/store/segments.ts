import { randomBytes } from 'node:crypto'

/** A stretch of a stream: `bytes` bytes from offset `start` on, as they were printed. */
export interface Segment {
  readonly start: number
  readonly bytes: number
}

/** A rotation that has been decided on and not been finished. */
export interface PendingRotation extends Segment {
  /** The archives that make room: those in the files `.1` to `.<moves>`, each by one number. */
  readonly moves: number
  /** Whether `.rotating` is a copy of the current file, which is then truncated, or that file itself. */
  readonly by: 'copy' | 'rename'
}

/** Which offsets of a stream lie in which file: what `segments.json` says (docs/logs.md). */
export interface Segments {
  readonly version: 1
  /** Another one means that the stream was truncated or replaced by somebody else, or its segments were made up anew. */
  readonly generation: string
  /** Offset of the first byte of the current file. */
  readonly start: number
  /** The current file is about to lose what lies before `start`; nobody can tell yet whether it has. */
  readonly isTruncating: boolean
  /** Newest first: the archive at index `i` is the file `.<i + 1>` or `.<i + 1>.gz`. */
  readonly archives: readonly Segment[]
  readonly rotating: PendingRotation | null
}

/** Of a stream that was never rotated, cleared or truncated: there is no `segments.json`. */
export const NO_SEGMENTS: Segments = {
  version: 1,
  generation: '0',
  start: 0,
  isTruncating: false,
  archives: [],
  rotating: null,
}

const MAX_GENERATION_LENGTH = 64

/** One that no stream has had before. */
export const newGeneration = (): string => randomBytes(8).toString('hex')

/**
 * @returns null for anything but a complete and sensible description
 */
export function parseSegments(text: string): Segments | null {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  if (!isRecord(value) || value.version !== 1 || !Array.isArray(value.archives)) return null
  const { generation, start, isTruncating } = value
  if (typeof generation !== 'string' || generation === '' || generation.length > MAX_GENERATION_LENGTH) return null
  if (!isCount(start) || typeof isTruncating !== 'boolean') return null
  const archives = value.archives.map(parseSegment)
  const rotating = value.rotating === null ? null : parseRotation(value.rotating)
  if (archives.includes(null) || rotating === undefined) return null
  const segments = { version: 1, generation, start, isTruncating, archives: archives as Segment[], rotating } as const
  return isInOrder(segments) ? segments : null
}

function parseSegment(value: unknown): Segment | null {
  if (!isRecord(value) || !isCount(value.start) || !isCount(value.bytes) || value.bytes === 0) return null
  return { start: value.start, bytes: value.bytes }
}

/** Undefined for what is none. */
function parseRotation(value: unknown): PendingRotation | undefined {
  const segment = parseSegment(value)
  if (segment === null || !isRecord(value)) return undefined
  const { moves, by } = value
  return isCount(moves) && (by === 'copy' || by === 'rename') ? { ...segment, moves, by } : undefined
}

/** Each segment ends before the next newer one begins, or where it does. */
function isInOrder({ start, rotating, archives }: Segments): boolean {
  let newer = start
  for (const segment of rotating === null ? archives : [rotating, ...archives]) {
    if (endOf(segment) > newer) return false
    newer = segment.start
  }
  return true
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

export const endOf = ({ start, bytes }: Segment): number => start + bytes

/** The segments after a rotation was finished; those before it if none is pending. */
export function withRotationDone(segments: Segments): Segments {
  const { rotating, archives } = segments
  if (rotating === null) return segments
  const { start, bytes, moves } = rotating
  // The last archive that moved came to lie where there was no file.
  const moved = [{ start, bytes }, ...archives.slice(0, moves), ...archives.slice(moves + 1)]
  return { ...segments, isTruncating: false, archives: moved, rotating: null }
}

/** The segments without the pending rotation: its bytes are in the current file still. */
export function withRotationUndone(segments: Segments): Segments {
  const { rotating } = segments
  if (rotating === null) return segments
  return { ...segments, start: rotating.start, isTruncating: false, rotating: null }
}

/** Archives older than the `count` newest are gone. */
export function withArchives(segments: Segments, count: number): Segments {
  return count >= segments.archives.length ? segments : { ...segments, archives: segments.archives.slice(0, count) }
}

/** A segment that is not the current file, and its place in `archives`; -1 is the pending rotation. */
export interface PlacedSegment extends Segment {
  readonly index: number
}

/** The segments before the current file, newest first, as far as each follows directly on the one before it. */
export function connectedSegments({ start, rotating, archives }: Segments): PlacedSegment[] {
  const connected: PlacedSegment[] = []
  let newer = start
  const all = archives.map(({ start, bytes }, index) => ({ start, bytes, index }))
  if (rotating !== null) all.unshift({ start: rotating.start, bytes: rotating.bytes, index: -1 })
  for (const segment of all) {
    if (endOf(segment) !== newer) break
    connected.push(segment)
    newer = segment.start
  }
  return connected
}
