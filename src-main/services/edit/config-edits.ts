import type { Failure } from '../../core/failure.ts'
import type { ConfigStore, CurrentFile, FileChange } from '../config-store.ts'
import type { SecretStore } from '../secret-store.ts'
import type { SealedSecrets } from '../secrets-file.ts'
import { servicesJsonSchema } from '../services-schema.ts'
import { DeletedEntries, putBack } from './deleted-entries.ts'
import {
  badEntry,
  configChanged,
  type EditResult,
  keyStays,
  keyTaken,
  noSuchEntry,
  notSaved,
  refuse,
} from './edit-result.ts'
import {
  copyOf,
  indexOf,
  isTaken,
  type JsonEntry,
  LIST,
  mayBeDeleted,
  read,
  revisionOf,
  stored,
} from './file-entries.ts'
import { insertItem, moveItem, rawAt, removeItem, updateObject } from './json-edit.ts'
import { appliedTo, namedSecrets, type SecretChanges, sealChanges } from './secret-changes.ts'

/** An entry that is in services.json. */
export interface StoredEntry {
  readonly entry: JsonEntry
  /** Changes with each change of the entry, not with its layout. */
  readonly revision: string
  /** Those of its secrets that have a value on this machine. */
  readonly storedSecrets: readonly string[]
}

export interface ConfigEditsOptions {
  readonly store: ConfigStore
  readonly secrets: SecretStore
  /** Ends what runs of a service. Null if nothing of it is left, else why not. */
  readonly stop: (key: string) => Promise<Failure | null>
  /** Told what went wrong beside a change that was made. */
  readonly warn?: (message: string) => void
}

type Changed<T> = Promise<EditResult<FileChange<T>>>

/** All values of a service, at one moment. */
interface ServiceSecrets {
  readonly key: string
  readonly values: SealedSecrets
}

/**
 * Changes of services.json that a person makes in the window. They touch nothing else of the file, and never overwrite what
 * somebody has changed in it meanwhile. Expected failures are values: `bad-entry`, `key-taken`, `no-such-entry`,
 * `config-broken`, `config-changed`, `needed-by`, `no-safe-storage`, `no-undo`, `not-saved`, `too-large`.
 */
export class ConfigEdits {
  readonly #options: ConfigEditsOptions
  readonly #deleted = new DeletedEntries()
  /** File and secrets are changed together, one change at a time. */
  #queue: Promise<unknown> = Promise.resolve()

  constructor(options: ConfigEditsOptions) {
    this.#options = options
  }

  entry(key: string): Promise<EditResult<StoredEntry>> {
    return this.#inTurn(() => this.#stored(this.#options.store.edit(async (file) => read(file, key))))
  }

  /** Adds an entry at the end. */
  add(entry: JsonEntry, changes: SecretChanges): Promise<EditResult<StoredEntry>> {
    return this.#inTurn(async () => {
      const named = namedSecrets(entry)
      const sealed = await sealChanges(changes, named, this.#options.secrets)
      if (!sealed.ok) return sealed
      const key = String(entry.key)
      const insert = async (file: CurrentFile) => {
        if (isTaken(file, key)) return keyTaken(key)
        const index = file.entries.length
        return stored(insertItem(file.text, LIST, index, { value: entry }), index)
      }
      // What an entry of this key had before it was removed by hand is not for this one.
      const values = appliedTo(new Map(), sealed.value, named)
      return this.#stored(this.#save(insert, async () => ({ key, values })))
    })
  }

  /** Replaces an entry that still is of this revision. */
  change(key: string, revision: string, entry: JsonEntry, changes: SecretChanges): Promise<EditResult<StoredEntry>> {
    return this.#inTurn(async () => {
      if (entry.key !== key) return badEntry([keyStays])
      const named = namedSecrets(entry)
      const { secrets } = this.#options
      const sealed = await sealChanges(changes, named, secrets)
      if (!sealed.ok) return sealed
      const update = async (file: CurrentFile) => {
        const index = indexOf(file, key)
        if (index === -1) return noSuchEntry(key)
        if (revisionOf(file.text, index) !== revision) return configChanged()
        return stored(updateObject(file.text, [...LIST, index], entry, servicesJsonSchema()), index)
      }
      const after = async () => ({ key, values: appliedTo(await secrets.sealedOf(key), sealed.value, named) })
      return this.#stored(this.#save(update, after))
    })
  }

  /** Puts a copy after the original, with a key, a name and a port of its own. It does not start by itself. */
  duplicate(key: string): Promise<EditResult<StoredEntry>> {
    return this.#inTurn(() => {
      let copy = key
      const insert = async (file: CurrentFile) => {
        const index = indexOf(file, key)
        if (index === -1) return noSuchEntry(key)
        const made = await copyOf(file, index)
        if (!made.ok) return made
        copy = String(made.value.key)
        const path = [...LIST, index + 1]
        const text = insertItem(file.text, LIST, index + 1, { raw: rawAt(file.text, [...LIST, index]) })
        return stored(updateObject(text, path, made.value, servicesJsonSchema()), index + 1)
      }
      const after = async () => ({ key: copy, values: await this.#options.secrets.sealedOf(key) })
      return this.#stored(this.#save(insert, after))
    })
  }

  /** Moves an entry in front of another one, or to the end. */
  move(key: string, before: string | null): Promise<EditResult<null>> {
    return this.#inTurn(() =>
      this.#options.store.edit(async (file) => {
        const from = indexOf(file, key)
        const to = before === null ? file.entries.length : indexOf(file, before)
        if (from === -1) return noSuchEntry(key)
        if (to === -1) return noSuchEntry(String(before))
        const text = moveItem(file.text, LIST, from, to > from ? to - 1 : to)
        return { ok: true, value: { text, index: null, value: null } }
      }),
    )
  }

  /**
   * Stops the service, and removes its entry and its secrets. Its logs stay. Fails with `needed-by` if others are started
   * after it, and with what the stop fails with; nothing is removed then.
   */
  async delete(key: string): Promise<EditResult<{ readonly undo: number }>> {
    const found = await this.#inTurn(() => this.#options.store.edit(async (file) => mayBeDeleted(file, key)))
    if (!found.ok) return found
    // It may take long; other changes need not wait for it.
    const failure = await this.#options.stop(key)
    if (failure !== null) return { ok: false, failure }
    return this.#inTurn(() => this.#delete(key, found.value))
  }

  async #delete(key: string, revision: string): Promise<EditResult<{ readonly undo: number }>> {
    const { store, secrets } = this.#options
    const values = await secrets.sealedOf(key)
    const removed = await store.edit(async (file) => {
      const still = mayBeDeleted(file, key)
      if (!still.ok) return still
      if (still.value.value !== revision) return configChanged()
      const { text: before, entries } = file
      const index = indexOf(file, key)
      const [previous = null, next = null] = [entries[index - 1]?.key, entries[index + 1]?.key]
      const text = removeItem(before, LIST, index)
      const raw = rawAt(before, [...LIST, index])
      const value = { key, raw, before, after: text, index, previous, next, secrets: values }
      return { ok: true, value: { text, index: null, value } }
    })
    if (!removed.ok) return removed
    await this.#putOrWarn({ key, values: new Map() })
    return { ok: true, value: { undo: this.#deleted.add(removed.value) } }
  }

  /** Puts a deleted entry back where it was, with its secrets. Once, and only while the app runs. */
  undoDelete(undo: number): Promise<EditResult<{ readonly key: string }>> {
    return this.#inTurn(async () => {
      const deleted = this.#deleted.get(undo)
      if (deleted === null)
        return refuse('no-undo', 'This deletion cannot be undone any more.', 'Add the service anew.')
      const { key, secrets: values } = deleted
      const insert = async (file: CurrentFile) => {
        if (isTaken(file, key)) return keyTaken(key)
        const keys = file.entries.map((entry) => entry.key)
        return { ok: true, value: { ...putBack(deleted, file.text, keys), value: { key } } } as const
      }
      const result = await this.#save(insert, async () => ({ key, values }))
      if (result.ok) this.#deleted.forget(undo)
      return result
    })
  }

  /** Changes the file and the secrets of one service: both, or none. */
  async #save<T>(
    change: (file: CurrentFile) => Changed<T>,
    secretsAfter: () => Promise<ServiceSecrets>,
  ): Promise<EditResult<T>> {
    const { store, secrets } = this.#options
    const moments: { before: ServiceSecrets | null; after: ServiceSecrets | null } = { before: null, after: null }
    const result = await store.edit(change, async () => {
      if (moments.before !== null) await this.#putOrWarn(moments.before)
      const after = await secretsAfter()
      const before = { key: after.key, values: await secrets.sealedOf(after.key) }
      moments.after = after
      moments.before = before
      // What is not needed any more goes last: should the app end in between, it is a value too many, not one too few.
      return this.#put({ key: after.key, values: new Map([...before.values, ...after.values]) })
    })
    const last = result.ok ? moments.after : moments.before
    if (last !== null) await this.#putOrWarn(last)
    return result
  }

  async #put({ key, values }: ServiceSecrets): Promise<EditResult<null>> {
    const { secrets } = this.#options
    try {
      await secrets.put(key, values)
      return { ok: true, value: null }
    } catch (error) {
      return notSaved(secrets.file, error)
    }
  }

  async #putOrWarn(secrets: ServiceSecrets): Promise<void> {
    const result = await this.#put(secrets)
    if (!result.ok)
      this.#options.warn?.(`Values of ${secrets.key} that are not needed are still stored: ${result.failure.message}`)
  }

  async #stored(result: Promise<EditResult<Omit<StoredEntry, 'storedSecrets'>>>): Promise<EditResult<StoredEntry>> {
    const made = await result
    if (!made.ok) return made
    const { entry } = made.value
    const names = await this.#options.secrets.storedNames(String(entry.key))
    const storedSecrets = namedSecrets(entry).filter((name) => names.includes(name))
    return { ok: true, value: { ...made.value, storedSecrets } }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work)
    this.#queue = result.catch(() => undefined)
    return result
  }
}
