import type { ProgramSources } from '../find-binary.ts'
import type { PresetTable } from '../presets/presets.ts'
import { findInstalled, type InstalledProgram } from './find-installed.ts'
import { findRunning, type RunningOptions, type RunningServer } from './find-running.ts'
import { ProgramVersions } from './program-version.ts'

/** What is installed and what runs, as of one moment. */
export interface Detection {
  readonly installed: readonly InstalledProgram[]
  readonly running: readonly RunningServer[]
  /** Milliseconds since the epoch. */
  readonly at: number
}

export interface DetectorOptions {
  readonly presets: PresetTable
  /** Where programs are looked for, and the environment in which they are asked for their version. */
  readonly sources: () => ProgramSources | Promise<ProgramSources>
  /** Where the entries of services.json listen: their definitions. */
  readonly addresses: () => RunningOptions['addresses']
  readonly keyOf: RunningOptions['keyOf']
  /** Told what went wrong although nothing should. */
  readonly warn: (message: string) => void
  /** For tests: milliseconds since the epoch, and shorter time-outs. */
  readonly now?: () => number
  readonly requestTimeoutMs?: number
  readonly versionTimeoutMs?: number
}

const MAX_AGE_MS = 60_000

/** Looks for known servers on this machine: at most once a minute, unless it is told to look again, and once at a time. */
export class Detector {
  readonly #options: DetectorOptions
  readonly #now: () => number
  readonly #versions: ProgramVersions
  #latest: Detection | null = null
  #looking: Promise<Detection> | null = null

  constructor(options: DetectorOptions) {
    const { now = Date.now, versionTimeoutMs } = options
    this.#options = options
    this.#now = now
    this.#versions = new ProgramVersions(versionTimeoutMs === undefined ? {} : { timeoutMs: versionTimeoutMs })
  }

  /** What there is; a look that is going on is waited for. Never rejects: what cannot be looked at is left out. */
  get({ refresh }: { readonly refresh: boolean }): Promise<Detection> {
    if (this.#looking !== null) return this.#looking
    const age = this.#now() - (this.#latest?.at ?? Number.NEGATIVE_INFINITY)
    // A clock that was set back makes a look old, too.
    if (!refresh && this.#latest !== null && age >= 0 && age < MAX_AGE_MS) return Promise.resolve(this.#latest)
    this.#looking = this.#look().finally(() => {
      this.#looking = null
    })
    return this.#looking
  }

  async #look(): Promise<Detection> {
    const [installed, running] = await Promise.all([
      this.#orNothing('installed servers', () => this.#installed()),
      this.#orNothing('running servers', () => this.#running()),
    ])
    this.#latest = { installed, running, at: this.#now() }
    return this.#latest
  }

  async #installed(): Promise<readonly InstalledProgram[]> {
    const { presets, sources } = this.#options
    return findInstalled(presets, await sources(), this.#versions)
  }

  async #running(): Promise<readonly RunningServer[]> {
    const { presets, addresses, keyOf, requestTimeoutMs } = this.#options
    const timeout = requestTimeoutMs === undefined ? {} : { timeoutMs: requestTimeoutMs }
    return findRunning({ presets, addresses: addresses(), keyOf, ...timeout })
  }

  async #orNothing<T>(what: string, look: () => Promise<readonly T[]>): Promise<readonly T[]> {
    try {
      return await look()
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      this.#options.warn(`Could not look for ${what}: ${reason}`)
      return []
    }
  }
}
