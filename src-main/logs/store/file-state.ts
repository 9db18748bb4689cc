import type { BigIntStats } from 'node:fs'

/** What a look at a file tells. */
export interface FileState {
  /** Tells it from any other file of this moment. */
  readonly id: string
  readonly size: number
  /** Milliseconds since the epoch. */
  readonly mtimeMs: number
}

const NS_PER_MS = 1_000_000

/**
 * Of `bigint` stats: file numbers of Windows have 64 bits, of which a number keeps 53, so that two files could pass for
 * one.
 */
export function fileState({ dev, ino, size, mtimeNs }: BigIntStats): FileState {
  return { id: `${dev}:${ino}`, size: Number(size), mtimeMs: Number(mtimeNs) / NS_PER_MS }
}
