import { CurrentFile } from './current-file.ts'
import { NO_SEGMENTS, newGeneration, type Segments } from './segments.ts'
import { SegmentsFile } from './segments-file.ts'
import { isMissing, reasonOf, type StreamFiles } from './stream-files.ts'

export interface StreamLook {
  /** Offset after the last byte. Never smaller than at the look before. */
  readonly end: number
  /** When the file was last written to or truncated, in milliseconds since the epoch; 0 if there never was one. */
  readonly mtimeMs: number
}

export interface StreamStateOptions {
  /** Told what is worth knowing but stops nothing. */
  readonly warn: (message: string) => void
  /** Called after each step that changes files, for tests that look at what a crash there would leave. */
  readonly onStep?: (step: string) => void
}

/** What is known of a stream's files, and its only way into `segments.json`. */
export class StreamState {
  readonly files: StreamFiles
  readonly current: CurrentFile
  readonly warn: (message: string) => void
  readonly onStep: (step: string) => void
  readonly #file: SegmentsFile
  #segments: Segments
  /** What `segments.json` says is out of date, since it could not be written. */
  #isUnsaved = false

  constructor(files: StreamFiles, { warn, onStep = () => undefined }: StreamStateOptions) {
    this.files = files
    this.current = new CurrentFile(files.current)
    this.warn = warn
    this.onStep = onStep
    this.#file = new SegmentsFile(files.segments)
    this.#segments = NO_SEGMENTS
    try {
      this.#segments = this.#file.read().segments
    } catch (error) {
      warn(`${files.segments} could not be read: ${reasonOf(error)}`)
    }
  }

  get segments(): Segments {
    return this.#segments
  }

  get end(): number {
    return this.#segments.start + (this.#segments.isTruncating ? 0 : this.current.bytes)
  }

  /** @throws the file system's error for anything but a missing file */
  look(): StreamLook {
    const loss = this.current.look()
    if (loss !== null && !this.#segments.isTruncating) {
      const start = this.#segments.start + loss.bytes
      this.save({ ...this.#segments, start, generation: newGeneration() })
    } else if (this.#isUnsaved) this.save(this.#segments)
    return { end: this.end, mtimeMs: this.current.mtimeMs }
  }

  /**
   * What `segments.json` says. One that cannot be understood is moved aside.
   *
   * @throws the file system's error for anything but a missing file
   */
  reread() {
    this.#file.tidy()
    const found = this.#file.read()
    if (found.isCorrupt) {
      const aside = this.#file.moveAside()
      this.warn(`${this.files.segments} could not be understood and is made anew; moved to ${aside}`)
    }
    return found
  }

  /** They are on disk already. */
  adopt(segments: Segments): void {
    this.#segments = segments
  }

  /**
   * For what is about to happen.
   *
   * @throws the file system's error; then nothing has changed
   */
  commit(segments: Segments): void {
    this.#file.write(segments)
    this.#segments = segments
    this.#isUnsaved = false
  }

  /** For what has happened already: if it cannot be written at the moment, it is at a later look. */
  save(segments: Segments): void {
    this.#segments = segments
    const wasUnsaved = this.#isUnsaved
    this.#isUnsaved = true
    try {
      this.commit(segments)
    } catch (error) {
      // A folder that is gone has nothing to be said of.
      if (wasUnsaved || isMissing(error)) return
      this.warn(`${this.files.segments} could not be written and will be later: ${reasonOf(error)}`)
    }
  }
}
