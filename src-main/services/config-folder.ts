import { existsSync, promises as fsp } from 'node:fs'
import { join } from 'node:path'
import { writeFileAtomic } from '../os/atomic-write.ts'
import { readTextFile } from './config-file.ts'
import { servicesJsonSchemaText } from './services-schema.ts'

type Warn = (message: string) => void

/** The folder of services.json and what lies in it besides that: files that the app could do without. */
export class ConfigFolder {
  readonly #path: string
  readonly #warn: Warn

  constructor(path: string, warn: Warn = () => undefined) {
    this.#path = path
    this.#warn = warn
  }

  file(name: string): string {
    return join(this.#path, name)
  }

  /** Creates it. Never rejects. */
  async prepare(): Promise<void> {
    try {
      await fsp.mkdir(this.#path, { recursive: true, mode: 0o700 })
    } catch (error) {
      this.#warn(`${this.#path} could not be created: ${messageOf(error)}`)
    }
  }

  /** Writes the schema that editors use, if there is a folder: that there is none was said before. Never rejects. */
  async publishSchema(): Promise<void> {
    if (existsSync(this.#path)) await this.write('services.schema.json', servicesJsonSchemaText())
  }

  /** Writes a file unless it is like that already. Never rejects: the services run without it, too. */
  async write(name: string, text: string): Promise<void> {
    const file = this.file(name)
    const old = await readTextFile(file)
    if (old.kind === 'text' && old.text === text) return
    try {
      await writeFileAtomic(file, text, { fsync: true })
    } catch (error) {
      this.#warn(`${file} could not be written: ${messageOf(error)}`)
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
