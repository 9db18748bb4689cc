import { statSync } from 'node:fs'
import { fileState } from './file-state.ts'
import { finishRotation } from './finish-rotation.ts'
import { GrowingCopy } from './growing-copy.ts'
import { removeFile, removeFileSync, renameFileSync } from './held-open.ts'
import type { PendingRotation } from './segments.ts'
import { findArchives, firstGap, reasonOf } from './stream-files.ts'
import type { StreamState } from './stream-state.ts'

/**
 * Carries out `work`, which is synchronous and takes milliseconds, while no process writes to the log. Rejects with
 * what `work` throws, or if the writers cannot be made to stand still; then `work` is not carried out.
 */
export type Quiesce = <T>(work: () => T) => Promise<T>

/** What `quiesce` rejects with while the service is just being started or stopped: no trouble, only not now. */
export class NotNowError extends Error {}

export interface RotateOptions {
  /**
   * Null if no process has the file open, so that it can be renamed. Read when the moment has come, and the renaming
   * follows without any await: a getter's answer is never out of date.
   */
  readonly quiesce: Quiesce | null
  /** Ends the copying, before any writer is stopped. */
  readonly signal?: AbortSignal
}

/**
 * Makes an archive of what is in the current file (docs/logs.md, "Rotation").
 *
 * @returns false if there is nothing in it
 * @throws what `quiesce` throws, the signal's reason, or the file system's error; nothing is lost then
 */
export async function rotateStream(state: StreamState, options: RotateOptions): Promise<boolean> {
  const moves = firstGap(await findArchives(state.files)) - 1
  if (state.look().end === state.segments.start) return false
  const { quiesce, signal } = options
  if (quiesce === null) moveAway(state, moves)
  else await copyAway(state, moves, quiesce, signal)
  await finishPending(state)
  return true
}

/** @throws the file system's error; then it can be done again */
export async function finishPending(state: StreamState): Promise<void> {
  if (state.segments.rotating === null) return
  const { rotating, archives, isTruncating } = await finishRotation(state.files, state.segments, state.onStep)
  // A look may have changed the rest meanwhile.
  state.save({ ...state.segments, rotating, archives, isTruncating })
  state.onStep('done')
}

async function copyAway(
  state: StreamState,
  moves: number,
  quiesce: Quiesce,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { files } = state
  const copy = new GrowingCopy(files.current, files.rotating)
  try {
    await copy.copyMost(signal)
    state.onStep('copied')
    const { generation } = state.segments
    await quiesce(() => {
      state.look()
      if (
        state.segments.generation !== generation ||
        !copy.isOf(fileState(statSync(files.current, { bigint: true })))
      ) {
        throw new Error(`${files.current} was truncated or replaced while it was rotated`)
      }
      cutOver(state, copy, moves)
    })
  } catch (error) {
    // Given up, unless the error came after the commit: then the bytes are there only.
    if (state.segments.rotating === null) await removeFile(files.rotating)
    throw error
  } finally {
    copy.close()
  }
}

/** While the writers stand still. From the commit on, the rotation will be finished. */
function cutOver(state: StreamState, copy: GrowingCopy, moves: number): void {
  const before = state.segments
  const { start } = before
  const pending = (isTruncating: boolean) => {
    const rotating: PendingRotation = { start, bytes: copy.bytes, moves, by: 'copy' }
    return { ...before, start: start + copy.bytes, isTruncating, rotating }
  }
  copy.copyRest()
  state.onStep('copied the rest')
  state.commit(pending(true))
  state.onStep('committed')
  try {
    copy.truncateSource()
  } catch (error) {
    state.save(before)
    throw error
  }
  state.current.setEmptied()
  try {
    copy.writeHeld()
  } catch (error) {
    state.warn(`the last lines before a rotation of ${state.files.current} are lost: ${reasonOf(error)}`)
  }
  state.onStep('truncated')
  state.save(pending(false))
  state.onStep('noted')
}

/** For a file that nobody writes to. Synchronous, so that nobody begins to. */
function moveAway(state: StreamState, moves: number): void {
  const { files, segments: before } = state
  const { start } = before
  const rotating: PendingRotation = { start, bytes: state.end - start, moves, by: 'rename' }
  removeFileSync(files.rotating)
  state.commit({ ...before, start: state.end, isTruncating: true, rotating })
  state.onStep('committed')
  try {
    renameFileSync(files.current, files.rotating)
  } catch (error) {
    state.save(before)
    throw error
  }
  state.current.setEmptied()
  state.onStep('renamed')
  state.save({ ...state.segments, isTruncating: false })
  state.onStep('noted')
}
