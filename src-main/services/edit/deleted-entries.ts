import type { SealedSecrets } from '../secrets-file.ts'
import { insertItem } from './json-edit.ts'

/** What is needed to put a deleted entry back. */
export interface DeletedEntry {
  readonly key: string
  /** Its piece of the file. */
  readonly raw: string
  /** The file before and after. */
  readonly before: string
  readonly after: string
  readonly index: number
  /** Keys of the entries that were around it. */
  readonly previous: string | null
  readonly next: string | null
  readonly secrets: SealedSecrets
}

const MAX_DELETED = 20

/** The last deletions, to be undone in any order while the app runs. */
export class DeletedEntries {
  readonly #entries = new Map<number, DeletedEntry>()
  #lastId = 0

  add(entry: DeletedEntry): number {
    this.#lastId += 1
    this.#entries.set(this.#lastId, entry)
    const [oldest] = this.#entries.keys()
    if (this.#entries.size > MAX_DELETED && oldest !== undefined) this.#entries.delete(oldest)
    return this.#lastId
  }

  get(id: number): DeletedEntry | null {
    return this.#entries.get(id) ?? null
  }

  forget(id: number): void {
    this.#entries.delete(id)
  }
}

/** The file with the entry in it again: as it was if nothing else has changed, else beside its old neighbours. */
export function putBack(
  { before, after, raw, index, previous, next }: DeletedEntry,
  text: string,
  keys: readonly string[],
): { readonly text: string; readonly index: number } {
  if (text === after) return { text: before, index }
  const place = placeOf(keys, previous, next, index)
  return { text: insertItem(text, ['services'], place, { raw }), index: place }
}

function placeOf(keys: readonly string[], previous: string | null, next: string | null, index: number): number {
  if (previous !== null && keys.includes(previous)) return keys.indexOf(previous) + 1
  if (next !== null && keys.includes(next)) return keys.indexOf(next)
  return Math.min(index, keys.length)
}
