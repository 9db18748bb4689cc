import type { ServiceSnapshot } from './service-snapshot.ts'

export interface ManagerSnapshot {
  /** Number of the last patch this snapshot contains. */
  readonly seq: number
  readonly services: readonly ServiceSnapshot[]
}

/** What changed since the patch before. Numbered without gaps. */
export interface ManagerPatch {
  readonly seq: number
  readonly upserted: readonly ServiceSnapshot[]
  /** All keys in their order, if services came, went or moved; otherwise null. */
  readonly order: readonly string[] | null
}

/** Where the feed takes its data from. */
export interface SnapshotSource {
  keys(): readonly string[]
  snapshot(key: string): ServiceSnapshot | null
}

/**
 * Snapshot plus numbered patches (DESIGN.md, D5). What changes within one turn of the event loop becomes one patch.
 * Snapshot and subscription are one step, so a subscriber misses nothing and sees nothing twice.
 */
export class SnapshotFeed {
  readonly #source: SnapshotSource
  readonly #listeners = new Set<(patch: ManagerPatch) => void>()
  readonly #changed = new Set<string>()
  #orderChanged = false
  #isScheduled = false
  #seq = 0

  constructor(source: SnapshotSource) {
    this.#source = source
  }

  subscribe(listener: (patch: ManagerPatch) => void): { snapshot: ManagerSnapshot; unsubscribe: () => void } {
    this.#flush()
    this.#listeners.add(listener)
    return { snapshot: this.current(), unsubscribe: () => this.#listeners.delete(listener) }
  }

  /** As of now, including what no patch has told yet. */
  current(): ManagerSnapshot {
    this.#flush()
    const services = this.#source.keys().map((key) => this.#source.snapshot(key))
    return { seq: this.#seq, services: services.filter((service) => service !== null) }
  }

  serviceChanged(key: string): void {
    this.#changed.add(key)
    this.#schedule()
  }

  orderChanged(): void {
    this.#orderChanged = true
    this.#schedule()
  }

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(() => this.#flush())
  }

  #flush(): void {
    this.#isScheduled = false
    if (this.#changed.size === 0 && !this.#orderChanged) return
    const upserted = [...this.#changed].map((key) => this.#source.snapshot(key)).filter((service) => service !== null)
    const order = this.#orderChanged ? this.#source.keys() : null
    this.#changed.clear()
    this.#orderChanged = false
    this.#seq += 1
    const patch: ManagerPatch = { seq: this.#seq, upserted, order }
    for (const listener of this.#listeners) listener(patch)
  }
}
