import type { LogExtent } from '../../../../src-preload/contract/log-view.ts'

/** What row numbers refer to. In the same `log`, a row kept from an earlier frame is at `row + frame.shift - earlier.shift`. */
export interface LogFrame {
  readonly log: number
  readonly shift: number
}

export const START_FRAME: LogFrame = { log: 0, shift: 0 }

/** The frame after an announcement: another one only if row numbers lost their meaning. */
export function followFrame(frame: LogFrame, before: LogExtent | null, { epoch, endRow, moved }: LogExtent): LogFrame {
  if (before === null || (before.epoch === epoch && before.endRow <= endRow)) return frame
  if (moved !== null && moved.fromEpoch === before.epoch) return { log: frame.log, shift: frame.shift + moved.shift }
  return { log: frame.log + 1, shift: 0 }
}

/** Where a row of an earlier frame is now; null if it is gone. */
export function rowInFrame(row: number, from: LogFrame, to: LogFrame): number | null {
  return from.log === to.log ? row + to.shift - from.shift : null
}
