import { existsSync, truncateSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { BudgetArchive } from './budget.ts'
import { type CompressOptions, compressArchive, openNewestRaw } from './compress-archive.ts'
import { removeFile, renameFile } from './held-open.ts'
import { OneAtATime } from './one-at-a-time.ts'
import { recoverSegments } from './recover-segments.ts'
import { finishPending, type RotateOptions, rotateStream } from './rotate-stream.ts'
import { type Segment, type Segments, withArchives } from './segments.ts'
import { type ArchiveKind, findArchives, isMissing, streamFiles } from './stream-files.ts'
import { type StreamLook, StreamState, type StreamStateOptions } from './stream-state.ts'

/**
 * Keeps the files of one stream (docs/logs.md): tells its length, rotates, compresses, clears. The only writer of
 * `segments.json`, so there is one per stream. What changes files is done one after another; `look` at any time.
 */
export class StreamStore {
  readonly #state: StreamState
  readonly #turns = new OneAtATime()
  #isRecovered = false
  /** Offsets of archives that could not be compressed. */
  readonly #incompressible = new Set<number>()

  /** Reads `segments.json`, if there is one, and nothing else until it is asked for something. */
  constructor(folder: string, stream: 'stdout' | 'stderr', options: StreamStateOptions) {
    this.#state = new StreamState(streamFiles(folder, stream), options)
  }

  /** Size of the current file at the last look. */
  get fileBytes(): number {
    return this.#state.current.bytes
  }

  /**
   * Brings the files in order after the app was killed or the log was changed while it did not run. Everything but
   * `look` does that first, if nobody did.
   *
   * @param options.atLeast an offset the stream is known to have reached: its timeline's last. If the stream is shorter,
   * somebody truncated it
   * @throws the file system's error
   */
  recover({ atLeast = 0 }: { readonly atLeast?: number } = {}): Promise<void> {
    return this.#turns.run(() => this.#recover(atLeast))
  }

  /**
   * Looks how long the stream is: one system call, and more only if somebody truncated, replaced or removed the file.
   * Then offsets go on from where the stream ended, and its generation changes.
   *
   * @throws the file system's error for anything but a missing file
   */
  look(): StreamLook {
    return this.#state.look()
  }

  /**
   * Makes an archive of what is in the current file.
   *
   * @returns false if there is nothing in it
   * @throws what `quiesce` throws, the signal's reason, or the file system's error; nothing is lost, and it can be tried
   * again later
   */
  rotate(options: RotateOptions): Promise<boolean> {
    return this.#prepared(() => rotateStream(this.#state, options))
  }

  /**
   * Removes all archives and empties the current file. Who writes to it goes on; offsets go on counting.
   *
   * @throws the file system's error
   */
  clear(): Promise<void> {
    const state = this.#state
    return this.#prepared(async () => {
      const { kinds } = await findArchives(state.files)
      const start = state.look().end
      state.commit({ ...state.segments, start, isTruncating: true, archives: [], rotating: null })
      state.onStep('committed')
      if (existsSync(state.files.current)) truncateSync(state.files.current)
      state.current.setEmptied()
      state.onStep('truncated')
      for (const number of kinds.keys()) {
        for (const kind of ['raw', 'gz'] as const) await removeFile(state.files.archive(number, kind))
        state.onStep('removed')
      }
      state.save({ ...state.segments, isTruncating: false })
      state.onStep('done')
    })
  }

  /**
   * All archives as they lie on disk, also those that cannot be read, newest first.
   *
   * @throws the file system's error
   */
  archives(): Promise<BudgetArchive[]> {
    return this.#turns.run(async () => {
      const { kinds } = await findArchives(this.#state.files)
      const found: BudgetArchive[] = []
      for (const number of [...kinds.keys()].sort((a, b) => a - b)) {
        const archive = await this.#measure(number, kinds.get(number) ?? new Set())
        if (archive !== null) found.push(archive)
      }
      return found
    })
  }

  /**
   * Removes the oldest archive.
   *
   * @throws the file system's error
   */
  removeOldest(): Promise<void> {
    const state = this.#state
    return this.#prepared(async () => {
      const { kinds } = await findArchives(state.files)
      const number = Math.max(0, ...kinds.keys())
      if (number === 0) return
      for (const kind of ['gz', 'raw'] as const) await removeFile(state.files.archive(number, kind))
      state.onStep('removed the oldest')
      const segments = withArchives(state.segments, number - 1)
      if (segments !== state.segments) state.save(segments)
      state.onStep('done')
    })
  }

  /**
   * Compresses the newest archive that is not compressed. Everything else can be done meanwhile.
   *
   * @returns false if there is none
   * @throws the file system's error, or the signal's reason; the archive is then as it was, and is not tried again
   * unless it was the signal
   */
  async compressNewest(options: CompressOptions): Promise<boolean> {
    const { signal } = options
    const { files, onStep } = this.#state
    const found = await this.#prepared(() => openNewestRaw(files, this.#state.segments, this.#incompressible))
    if (found === null) return false
    const { source, segment } = found
    try {
      await compressArchive(source, segment, files.compressing, options)
      onStep('compressed')
      await this.#prepared(() => this.#replaceByCompressed(segment, signal))
    } catch (error) {
      if (!signal.aborted) this.#incompressible.add(segment.start)
      throw error
    } finally {
      await source.close()
      await removeFile(files.compressing)
    }
    return true
  }

  /** In turn, and on files that are in order. */
  #prepared<T>(work: () => Promise<T>): Promise<T> {
    return this.#turns.run(async () => {
      if (!this.#isRecovered) await this.#recover(0)
      await finishPending(this.#state)
      return await work()
    })
  }

  async #recover(atLeast: number): Promise<void> {
    const state = this.#state
    let before: Segments
    do {
      before = state.segments
      const found = state.reread()
      const known = Math.max(atLeast, state.end)
      const { warn, onStep } = state
      const segments = await recoverSegments(state.files, found, { atLeast: known, warn, onStep })
      // A look meanwhile may have found that somebody truncated the file, and said so: then once more.
      if (state.segments !== before) continue
      if (segments === found.segments) state.adopt(segments)
      else state.commit(segments)
      before = segments
    } while (state.segments !== before)
    state.current.look()
    this.#isRecovered = true
  }

  async #measure(number: number, kinds: ReadonlySet<ArchiveKind>): Promise<BudgetArchive | null> {
    let [bytes, mtimeMs] = [0, 0]
    try {
      for (const kind of kinds) {
        const stats = await stat(this.#state.files.archive(number, kind))
        bytes += stats.size
        mtimeMs = stats.mtimeMs
      }
    } catch (error) {
      if (isMissing(error)) return null // Somebody removed it in this moment.
      throw error
    }
    const segment = this.#state.segments.archives[number - 1]
    const isCompressible = segment !== undefined && !this.#incompressible.has(segment.start)
    return { number, bytes, mtimeMs, willBeCompressed: kinds.has('raw') && isCompressible }
  }

  /** It may have got another number meanwhile, or have been removed: then there is nothing to do. */
  async #replaceByCompressed(segment: Segment, signal: AbortSignal): Promise<void> {
    const { files, segments, onStep } = this.#state
    signal.throwIfAborted()
    const number = 1 + segments.archives.findIndex(({ start }) => start === segment.start)
    const { kinds } = await findArchives(files)
    if (!kinds.get(number)?.has('raw')) return
    await renameFile(files.compressing, files.archive(number, 'gz'))
    onStep('renamed')
    await removeFile(files.archive(number, 'raw'))
    onStep('removed')
  }
}
