import { writeFileAtomic } from '../os/atomic-write.ts'
import { MAX_FILE_BYTES, type ReadResult, readTextFile } from './config-file.ts'
import { ConfigFolder } from './config-folder.ts'
import type { ConfigProblem, ConfigState, Services } from './config-state.ts'
import { type WatchOptions, watchForChanges } from './config-watch.ts'
import {
  badEntry,
  configBroken,
  configChanged,
  type EditResult,
  notSaved,
  problemsOfEntry,
  refuse,
} from './edit/edit-result.ts'
import { replaceIfSame } from './edit/replace-if-same.ts'
import type { WrittenEntry } from './first-run.ts'
import { checkServices, parseServices } from './parse-services.ts'
import { presets as knownPresets, type PresetTable } from './presets/presets.ts'

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

/** services.json as it is on disk and without a problem. */
export interface CurrentFile extends Services {
  readonly text: string
}

/** What is to become of the file. */
export interface FileChange<T> {
  /** The same text: nothing is written. */
  readonly text: string
  /** The entry that it is about, for problems with it; null if it is about none. */
  readonly index: number | null
  readonly value: T
}

/** Another program may save the file between our look at it and our write: then the change is made anew. */
const MAX_ATTEMPTS = 5

const LAST_GOOD = 'services.last-good.json'

const NO_SERVICES: Services = { entries: [], definitions: [] }

const COPY_IN_USE = 'until services.json is corrected, the services of its last good copy are in use'
const COPY_BROKEN = 'the last good copy of services.json cannot be used either, so there are no services'
const DELETED =
  'services.json was deleted; the services stay as they were. ' +
  'Put it back (services.last-good.json is a copy), or restart the app to get a new one'

/**
 * `services.json` on disk and the last good state in use. A broken file never costs the state before it: not while the
 * app runs, and not over a restart, since each good file is copied to `services.last-good.json`. It is the person's own
 * file: it is written when there is none, and when they change it in the window, but never over what they have not seen.
 */
export class ConfigStore {
  readonly file: string
  readonly #folder: ConfigFolder
  readonly #options: ConfigStoreOptions
  readonly #presets: PresetTable
  #good: Services | undefined
  #state: ConfigState = { ...NO_SERVICES, problems: [] }
  /** Where the services in use come from; `memory`: the first run's, which could not be saved. */
  #origin: 'file' | 'copy' | 'memory' = 'file'
  /** The text on disk, if the state was made from it. */
  #acceptedText: string | undefined
  #queue: Promise<unknown> = Promise.resolve()
  readonly #watchers = new Set<(state: ConfigState) => void>()

  constructor(options: ConfigStoreOptions) {
    this.#folder = new ConfigFolder(options.directory, options.warn)
    this.file = this.#folder.file('services.json')
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
      await this.#folder.prepare()
      await this.#refresh(() => this.#createFile())
      if (this.#good === undefined) {
        await this.#fallBackToCopy()
      }
    })
  }

  /** Writes the schema beside the file, for editors; making it takes longer than reading the file. Never rejects. */
  publishSchema(): Promise<void> {
    return this.#folder.publishSchema()
  }

  /** Reads the file again, as {@link watch} does by itself. A deleted file is a problem now, and not created again. */
  reload(): Promise<ConfigState> {
    return this.#enqueue(() => this.#refresh(async () => this.#reportMissing()))
  }

  /**
   * Changes the file. `change` gets it as it is on disk now; what it makes of it is checked before it is written, and
   * listeners of {@link watch} have heard of it when this settles.
   *
   * Fails with what `change` or `beforeWrite` fails with; `config-broken` while the file has problems; `bad-entry` if it
   * would have some; `config-changed` if another program goes on saving it; `not-saved`.
   *
   * @param change may be called again, if the file was saved by another program meanwhile
   * @param beforeWrite done when everything is right and nothing is written yet; may be called again as well
   */
  edit<T>(
    change: (file: CurrentFile) => Promise<EditResult<FileChange<T>>>,
    beforeWrite: () => Promise<EditResult<unknown>> = async () => ({ ok: true, value: null }),
  ): Promise<EditResult<T>> {
    return this.#inTurn(async () => {
      for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
        const result = await this.#tryToEdit(change, beforeWrite)
        if (result !== 'file-changed') return result
      }
      return configChanged()
    })
  }

  async #tryToEdit<T>(
    change: (file: CurrentFile) => Promise<EditResult<FileChange<T>>>,
    beforeWrite: () => Promise<EditResult<unknown>>,
  ): Promise<EditResult<T> | 'file-changed'> {
    const read = await readTextFile(this.file)
    await this.#take(read, async () => this.#reportMissing())
    if (read.kind !== 'text' || this.#good === undefined || this.#acceptedText !== read.text) {
      return configBroken(this.#state.problems)
    }
    const made = await change({ ...this.#good, text: read.text })
    if (!made.ok) return made
    const { text, index, value } = made.value
    const isSame = text === read.text
    const checked = isSame ? ({ ok: true, ...this.#good } as const) : checkServices(text, this.#presets)
    if (!checked.ok) return badEntry(problemsOfEntry(checked.problems, index))
    if (Buffer.byteLength(text) > MAX_FILE_BYTES) {
      return refuse('too-large', `services.json may have at most ${MAX_FILE_BYTES} bytes.`, 'Shorten the entry.')
    }
    const refused = await beforeWrite()
    if (!refused.ok) return refused
    if (isSame) return { ok: true, value }
    try {
      if (!(await replaceIfSame(this.file, read.mark + read.text, read.mark + text))) return 'file-changed'
    } catch (error) {
      return notSaved(this.file, error)
    }
    await this.#use({ entries: checked.entries, definitions: checked.definitions }, text)
    return { ok: true, value }
  }

  /** Calls `listener` with each new state, until disposed of. What changed since `load` is noticed as well. */
  watch(listener: (state: ConfigState) => void, options: WatchOptions = {}): { dispose(): void } {
    let announced = this.#state
    const tell = (state: ConfigState) => {
      if (state === announced) return
      announced = state
      listener(state)
    }
    this.#watchers.add(tell)
    const check = () => void this.reload()
    const watcher = watchForChanges(this.file, check, options)
    check()
    return {
      dispose: () => {
        this.#watchers.delete(tell)
        watcher.dispose()
      },
    }
  }

  #enqueue(work: () => Promise<void>): Promise<ConfigState> {
    const report = (error: unknown) =>
      this.#report([this.#problem(`services.json could not be used: ${messageOf(error)}`)])
    return this.#inTurn(() => work().catch(report)).then(() => this.#state)
  }

  /** One read or write at a time, so that an older one never overtakes a newer one. Watchers hear what came of it. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work).finally(() => {
      for (const tell of this.#watchers) tell(this.#state)
    })
    this.#queue = result.catch(() => undefined)
    return result
  }

  async #refresh(onMissing: () => Promise<void>): Promise<void> {
    return this.#take(await readTextFile(this.file), onMissing)
  }

  async #take(read: ReadResult, onMissing: () => Promise<void>): Promise<void> {
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
    await this.#use({ entries: parsed.entries, definitions: parsed.definitions }, text)
  }

  /** These are the services of the file on disk, and its text. */
  async #use(services: Services, text: string): Promise<void> {
    this.#acceptedText = text
    this.#good = services
    this.#origin = 'file'
    this.#state = { ...this.#good, problems: [] }
    await this.#folder.write(LAST_GOOD, text)
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
      await this.#folder.write('services.previous.json', old.text)
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

  get #lastGoodFile(): string {
    return this.#folder.file(LAST_GOOD)
  }

  #problem(message: string, file = this.file): ConfigProblem {
    return { file, line: null, column: null, message }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
