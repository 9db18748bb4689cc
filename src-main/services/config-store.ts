import { promises as fsp } from 'node:fs'
import { join } from 'node:path'
import { writeFileAtomic } from '../os/atomic-write.ts'
import { readTextFile } from './config-file.ts'
import type { ConfigProblem, ConfigState, Services } from './config-state.ts'
import { type WatchOptions, watchForChanges } from './config-watch.ts'
import type { WrittenEntry } from './first-run.ts'
import { parseServices } from './parse-services.ts'
import { presets as knownPresets, type PresetTable } from './presets/presets.ts'
import { servicesJsonSchemaText } from './services-schema.ts'

export interface ConfigStoreOptions {
  /** The directory of services.json; created if it is missing. */
  readonly directory: string
  /** The entries of a new file, asked only if there is none. */
  readonly firstRun: () => Promise<readonly WrittenEntry[]>
  /** Default: the presets of this app. */
  readonly presets?: PresetTable
  /** Told what went wrong beside the file itself, e.g. that no copy of it could be kept. */
  readonly warn?: (message: string) => void
}

const NO_SERVICES: Services = { entries: [], definitions: [] }

const COPY_IN_USE = 'until services.json is corrected, the services of its last good copy are in use'
const COPY_BROKEN = 'the last good copy of services.json cannot be used either, so there are no services'
const DELETED =
  'services.json was deleted; the services stay as they were. ' +
  'Put it back (services.last-good.json is a copy), or restart the app to get a new one'

/**
 * `services.json` on disk and the last good state in use. A broken file never costs the state before it: not while the
 * app runs, and not over a restart, since each good file is copied to `services.last-good.json`. The person's own file is
 * written once, when there is none, and never again.
 */
export class ConfigStore {
  readonly file: string
  readonly #lastGoodFile: string
  readonly #schemaFile: string
  readonly #options: ConfigStoreOptions
  readonly #presets: PresetTable
  #good: Services | undefined
  #state: ConfigState = { ...NO_SERVICES, problems: [] }
  /** Where the services in use come from; `memory`: the first run's, which could not be saved. */
  #origin: 'file' | 'copy' | 'memory' = 'file'
  /** The text on disk, if the state was made from it. */
  #acceptedText: string | undefined
  #queue: Promise<unknown> = Promise.resolve()

  constructor(options: ConfigStoreOptions) {
    this.file = join(options.directory, 'services.json')
    this.#lastGoodFile = join(options.directory, 'services.last-good.json')
    this.#schemaFile = join(options.directory, 'services.schema.json')
    this.#options = options
    this.#presets = options.presets ?? knownPresets
  }

  get state(): ConfigState {
    return this.#state
  }

  /**
   * Reads the file at the start of the app; creates it if there is none. Problems are part of the state; it never
   * rejects.
   */
  load(): Promise<ConfigState> {
    return this.#enqueue(async () => {
      await this.#prepareDirectory()
      await this.#refresh(() => this.#createFile())
      if (this.#good === undefined) {
        await this.#fallBackToCopy()
      }
    })
  }

  /** Reads the file again, as {@link watch} does by itself. A deleted file is a problem now, and not created again. */
  reload(): Promise<ConfigState> {
    return this.#enqueue(() => this.#refresh(async () => this.#reportMissing()))
  }

  /** Calls `listener` with each new state, until disposed of. What changed since `load` is noticed as well. */
  watch(listener: (state: ConfigState) => void, options: WatchOptions = {}): { dispose(): void } {
    let disposed = false
    let announced = this.#state
    const check = () => {
      void this.reload().then((state) => {
        if (!disposed && state !== announced) {
          announced = state
          listener(state)
        }
      })
    }
    const watcher = watchForChanges(this.file, check, options)
    check()
    return {
      dispose: () => {
        disposed = true
        watcher.dispose()
      },
    }
  }

  /** One read at a time, so that an older one never overtakes a newer one. */
  #enqueue(work: () => Promise<void>): Promise<ConfigState> {
    const result = this.#queue
      .then(work)
      .catch((error) => this.#report([this.#problem(`services.json could not be used: ${messageOf(error)}`)]))
      .then(() => this.#state)
    this.#queue = result
    return result
  }

  async #refresh(onMissing: () => Promise<void>): Promise<void> {
    const read = await readTextFile(this.file)
    switch (read.kind) {
      case 'text':
        return this.#accept(read.text)
      case 'unreadable':
        return this.#report([read.problem])
      case 'missing':
        return onMissing()
    }
  }

  async #accept(text: string): Promise<void> {
    if (text === this.#acceptedText) {
      return
    }
    const parsed = parseServices(text, this.file, this.#presets)
    if (!parsed.ok) {
      this.#report(parsed.problems)
      return
    }
    this.#acceptedText = text
    this.#good = { entries: parsed.entries, definitions: parsed.definitions }
    this.#origin = 'file'
    this.#state = { ...this.#good, problems: [] }
    await this.#writeBeside(this.#lastGoodFile, text)
  }

  /** The file as it is now cannot be used: the services stay, and its problems are told. */
  #report(found: readonly ConfigProblem[]): void {
    this.#acceptedText = undefined
    const problems = this.#origin === 'copy' ? [...found, this.#problem(COPY_IN_USE, this.#lastGoodFile)] : found
    if (JSON.stringify(problems) !== JSON.stringify(this.#state.problems)) {
      this.#state = { ...(this.#good ?? NO_SERVICES), problems }
    }
  }

  #reportMissing(): void {
    if (this.#origin !== 'memory') {
      this.#report([this.#problem(DELETED)])
    }
  }

  async #createFile(): Promise<void> {
    await this.#keepPreviousCopy()
    const services = await this.#options.firstRun()
    const text = `${JSON.stringify({ $schema: './services.schema.json', version: 1, services }, null, 2)}\n`
    let failure: string | undefined
    try {
      await writeFileAtomic(this.file, text, { fsync: true })
    } catch (error) {
      failure = messageOf(error)
    }
    await this.#accept(text)
    if (failure !== undefined) {
      this.#origin = 'memory'
      this.#report([this.#problem(`services.json could not be created: ${failure}. These services are not saved`)])
    }
  }

  /** Someone deleted the file while the app was not running: they get a new one, and their old one is not lost. */
  async #keepPreviousCopy(): Promise<void> {
    const old = await readTextFile(this.#lastGoodFile)
    if (old.kind === 'text') {
      await this.#writeBeside(join(this.#options.directory, 'services.previous.json'), old.text)
    }
  }

  /** After a restart with a broken file: the services of the last good one, and one problem more that says so. */
  async #fallBackToCopy(): Promise<void> {
    const copy = await readTextFile(this.#lastGoodFile)
    const parsed = copy.kind === 'text' ? parseServices(copy.text, this.#lastGoodFile, this.#presets) : undefined
    if (parsed?.ok === true) {
      this.#good = { entries: parsed.entries, definitions: parsed.definitions }
      this.#origin = 'copy'
      this.#report(this.#state.problems)
    } else if (copy.kind !== 'missing') {
      this.#report([...this.#state.problems, this.#problem(COPY_BROKEN, this.#lastGoodFile)])
    }
  }

  async #prepareDirectory(): Promise<void> {
    try {
      await fsp.mkdir(this.#options.directory, { recursive: true, mode: 0o700 })
    } catch (error) {
      this.#warn(`${this.#options.directory} could not be created: ${messageOf(error)}`)
      return
    }
    await this.#writeBeside(this.#schemaFile, servicesJsonSchemaText())
  }

  /** Files the app could do without: if one cannot be written, the services still run. */
  async #writeBeside(file: string, text: string): Promise<void> {
    const old = await readTextFile(file)
    if (old.kind === 'text' && old.text === text) {
      return
    }
    try {
      await writeFileAtomic(file, text, { fsync: true })
    } catch (error) {
      this.#warn(`${file} could not be written: ${messageOf(error)}`)
    }
  }

  #warn(message: string): void {
    this.#options.warn?.(message)
  }

  #problem(message: string, file = this.file): ConfigProblem {
    return { file, line: null, column: null, message }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
