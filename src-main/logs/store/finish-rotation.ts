import { type Segments, withRotationDone } from './segments.ts'
import { findArchives, type StreamFiles, shiftArchives } from './stream-files.ts'

/**
 * What follows once the bytes of a pending rotation are in `.rotating` and no longer in the current file.
 *
 * @returns the segments to be written then
 * @throws the file system's error; then it can be done again
 */
export async function finishRotation(
  files: StreamFiles,
  segments: Segments,
  onStep: (step: string) => void,
): Promise<Segments> {
  const { rotating } = segments
  if (rotating === null) return segments
  await shiftArchives(files, onStep)
  const { kinds } = await findArchives(files)
  if (kinds.has(rotating.moves + 1)) return withRotationDone(segments)
  // Somebody removed `.rotating` or an archive meanwhile. What lies where is unknown, so nothing older is read.
  return { ...segments, isTruncating: false, archives: [], rotating: null }
}
