import { join } from 'node:path'
import type { Failure } from '../core/failure.ts'
import { moveAside } from './move-aside.ts'
import { readSecretsFile, type SealedSecrets, writeSecretsFile } from './secrets-file.ts'

/** Where the system can keep secrets. */
export interface SecretStorage {
  /** `none`: it offers nothing that is safe. */
  readonly storage: 'system' | 'none'
  /** For people to read, e.g. `GNOME Keyring`. */
  readonly detail: string
}

/** Encrypts with a key that the system keeps for this user. */
export interface SecretCipher {
  info(): SecretStorage
  /** Only while `info` says `system`. */
  encrypt(text: string): Buffer
  /** @throws if it was encrypted with another key. Only while `info` says `system`. */
  decrypt(sealed: Buffer): string
}

export type SecretValues =
  | { readonly ok: true; readonly values: Readonly<Record<string, string>> }
  | { readonly ok: false; readonly failure: Failure }

export interface SecretStoreOptions {
  /** The directory of secrets.json; created with the first write. */
  readonly directory: string
  readonly cipher: SecretCipher
  /** The name of a service, for people. Default: its key. */
  readonly nameOf?: (key: string) => string
  /** Before it settles the cipher is not asked. Default: at once. */
  readonly ready?: Promise<unknown>
  /** Told that a broken file was moved aside, and where to. Never anything out of it. */
  readonly warn?: (message: string) => void
  /** Milliseconds since the epoch; default: the clock. */
  readonly now?: () => number
}

/**
 * `secrets.json`: the values of the variables that services.json lists under "secrets", encrypted by the system's own means.
 * It is read when something is first asked for. Values leave only towards a service's environment.
 */
export class SecretStore {
  readonly file: string
  readonly #options: SecretStoreOptions
  #secrets: Promise<Map<string, SealedSecrets>> | null = null
  #writing: Promise<unknown> = Promise.resolve()

  constructor(options: SecretStoreOptions) {
    this.file = join(options.directory, 'secrets.json')
    this.#options = options
  }

  async info(): Promise<SecretStorage> {
    await this.#options.ready
    return this.#options.cipher.info()
  }

  /** The variables of a service that have a value here. */
  async storedNames(key: string): Promise<readonly string[]> {
    return [...(await this.sealedOf(key)).keys()]
  }

  /** The values of a service as they are on disk, to be copied or put back. */
  async sealedOf(key: string): Promise<SealedSecrets> {
    return (await this.#load()).get(key) ?? new Map()
  }

  /** Encrypts a value; null if the system offers nothing safe, or refuses. Nothing is written. */
  async seal(value: string): Promise<string | null> {
    const { storage } = await this.info()
    if (storage === 'none') return null
    try {
      return this.#options.cipher.encrypt(value).toString('base64')
    } catch {
      return null // A keyring that is locked, or was closed meanwhile.
    }
  }

  /**
   * These are the values of a service from now on, and no others.
   * @throws (rejects with) the system's error if they cannot be written; then all is as it was
   */
  async put(key: string, sealed: SealedSecrets): Promise<void> {
    const write = async () => {
      const secrets = await this.#load()
      if (isSame(secrets.get(key) ?? new Map(), sealed)) return
      const next = new Map(secrets)
      if (sealed.size === 0) next.delete(key)
      else next.set(key, sealed)
      await writeSecretsFile(this.file, next)
      this.#secrets = Promise.resolve(next)
    }
    const written = this.#writing.then(write, write)
    this.#writing = written
    return written
  }

  /**
   * The values of these variables of a service; all of them, or what is wrong with the first that cannot be had:
   * `secret-missing` or `secret-unreadable`.
   */
  async valuesOf(key: string, names: readonly string[]): Promise<SecretValues> {
    const sealed = await this.sealedOf(key)
    const { storage } = await this.info()
    const values: [string, string][] = []
    for (const name of names) {
      const secret = sealed.get(name)
      if (secret === undefined) return { ok: false, failure: missingSecret(name, this.#nameOf(key)) }
      const value = storage === 'none' ? null : this.#open(secret)
      if (value === null || value.includes('\0'))
        return { ok: false, failure: unreadableSecret(name, this.#nameOf(key)) }
      values.push([name, value])
    }
    return { ok: true, values: Object.fromEntries(values) }
  }

  /** What cannot be decrypted was encrypted for another user or on another machine. The system's words add nothing. */
  #open(secret: string): string | null {
    try {
      return this.#options.cipher.decrypt(Buffer.from(secret, 'base64'))
    } catch {
      return null
    }
  }

  #nameOf(key: string): string {
    return this.#options.nameOf?.(key) ?? key
  }

  #load(): Promise<Map<string, SealedSecrets>> {
    this.#secrets ??= this.#read()
    return this.#secrets
  }

  async #read(): Promise<Map<string, SealedSecrets>> {
    const read = await readSecretsFile(this.file)
    if (read.ok) return new Map(read.secrets)
    const { now = Date.now, warn } = this.#options
    warn?.(await moveAside(this.file, read.reason, now(), 'the secrets have to be entered again'))
    return new Map()
  }
}

export function missingSecret(variable: string, service: string): Failure {
  const message = `The secret ${variable} of ${service} is not stored on this machine.`
  return { code: 'secret-missing', message, hint: 'Open Edit and enter it.' }
}

function unreadableSecret(variable: string, service: string): Failure {
  const message = `The secret ${variable} of ${service} cannot be decrypted: the system's safe storage is locked, or has another key by now.`
  return { code: 'secret-unreadable', message, hint: 'Unlock it, or open Edit and enter the secret again.' }
}

function isSame(a: SealedSecrets, b: SealedSecrets): boolean {
  return a.size === b.size && [...a].every(([name, value]) => b.get(name) === value)
}
