import { statSync } from 'node:fs'
import { fileState } from './file-state.ts'

/** What was lost of the current file since the look before, through somebody else. */
export interface Loss {
  /** How long the file was when it was last looked at. */
  readonly bytes: number
}

/** The file that a service writes to, as it was at the last look. */
export class CurrentFile {
  readonly path: string
  #id: string | null = null
  #bytes = 0
  #mtimeMs = 0

  constructor(path: string) {
    this.path = path
  }

  /** Its length at the last look. */
  get bytes(): number {
    return this.#bytes
  }

  /** When it was last written to, as of the last look at which it was there; 0 before that. Milliseconds since the epoch. */
  get mtimeMs(): number {
    return this.#mtimeMs
  }

  /**
   * One system call. A file that was truncated and has grown beyond its old length meanwhile passes for one that grew.
   *
   * @returns what somebody else took away, or null
   * @throws the file system's error for anything but a missing file
   */
  look(): Loss | null {
    const stats = statSync(this.path, { throwIfNoEntry: false, bigint: true })
    const state = stats === undefined ? null : fileState(stats)
    const [id, bytes] = [this.#id, this.#bytes]
    this.#id = state?.id ?? null
    this.#bytes = state?.size ?? 0
    this.#mtimeMs = state?.mtimeMs ?? this.#mtimeMs
    return bytes > 0 && (this.#id !== id || this.#bytes < bytes) ? { bytes } : null
  }

  /** We emptied it, or moved it away. */
  setEmptied(): void {
    this.#bytes = 0
  }
}
