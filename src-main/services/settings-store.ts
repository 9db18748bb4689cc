import { promises as fsp } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { writeFileAtomic } from '../os/atomic-write.ts'
import { readTextFile } from './config-file.ts'
import { moveAside } from './move-aside.ts'

const choices = {
  quitAction: z.enum(['ask', 'stop', 'leave']),
  theme: z.enum(['system', 'light', 'dark']),
  afterReboot: z.enum(['stay-stopped', 'start-again']),
}

const changeSchema = z.object(choices).partial()

// Loose: what a later version of the app has added to the file outlives this one's writes.
const settingsFileSchema = z.looseObject({
  version: z.literal(1),
  quitAction: choices.quitAction.default('ask'),
  theme: choices.theme.default('system'),
  afterReboot: choices.afterReboot.default('stay-stopped'),
})

/** The person's choices about the app itself. */
export type Settings = Readonly<Pick<z.output<typeof settingsFileSchema>, 'quitAction' | 'theme' | 'afterReboot'>>

export interface SettingsStoreOptions {
  /** The directory of settings.json; created with the first write. */
  readonly directory: string
  /** Told that a broken file was moved aside, and where to. */
  readonly warn?: (message: string) => void
  /** Milliseconds since the epoch; default: the clock. */
  readonly now?: () => number
}

/** `settings.json`: written by the app, so a broken one is moved aside, never repaired and never fatal. */
export class SettingsStore {
  readonly file: string
  readonly #options: SettingsStoreOptions
  #content: z.output<typeof settingsFileSchema> = settingsFileSchema.parse({ version: 1 })
  #queue: Promise<unknown> = Promise.resolve()

  constructor(options: SettingsStoreOptions) {
    this.file = join(options.directory, 'settings.json')
    this.#options = options
  }

  /** The defaults before {@link load}. */
  get settings(): Settings {
    const { quitAction, theme, afterReboot } = this.#content
    return { quitAction, theme, afterReboot }
  }

  /** Never rejects: without a usable file the defaults hold. */
  async load(): Promise<Settings> {
    const read = await readTextFile(this.file)
    if (read.kind === 'text') {
      const parsed = settingsFileSchema.safeParse(parseJson(read.text))
      if (parsed.success) {
        this.#content = parsed.data
      } else {
        const { path, message } = parsed.error.issues[0] ?? { path: [], message: 'unknown' }
        await this.#moveAside(`${path.join('.') || 'the file'}: ${message}`)
      }
    } else if (read.kind === 'unreadable') {
      await this.#moveAside(read.problem.message)
    }
    return this.settings
  }

  /**
   * Changes some settings, in memory at once and on disk when the promise settles. Writes keep their order.
   * @throws ZodError at once for a value that is none of a setting's.
   * @throws (rejects with) the system's error if the file cannot be written; the change then lasts until the app ends.
   */
  update(change: Partial<Settings>): Promise<Settings> {
    this.#content = settingsFileSchema.parse({ ...this.#content, ...changeSchema.parse(change) })
    const text = `${JSON.stringify(this.#content, null, 2)}\n`
    const settings = this.settings
    const write = async () => {
      await fsp.mkdir(dirname(this.file), { recursive: true, mode: 0o700 })
      await writeFileAtomic(this.file, text, { fsync: true })
      return settings
    }
    const result = this.#queue.then(write, write)
    this.#queue = result
    return result
  }

  async #moveAside(reason: string): Promise<void> {
    const now = (this.#options.now ?? Date.now)()
    this.#warn(await moveAside(this.file, reason, now, 'the defaults hold'))
  }

  #warn(message: string): void {
    this.#options.warn?.(message)
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Fails the schema, which says that an object was expected.
    return undefined
  }
}
