import type { StoreApi } from 'zustand/vanilla'
import type { Reply } from '../../src-preload/contract/result.ts'
import type { ServicesPatch, ServicesSnapshot } from '../../src-preload/contract/service-view.ts'
import { applyPatch, fromSnapshot, type ServicesState } from './services-state.ts'

export interface FeedSource {
  readonly subscribe: () => Promise<Reply<ServicesSnapshot>>
  readonly onPatch: (listener: (patch: ServicesPatch) => void) => () => void
  /** Runs `action` after a pause; returns the function that cancels it. */
  readonly later: (action: () => void) => () => void
}

/**
 * Keeps the store equal to the main process: a snapshot, then every patch exactly once and in order (DESIGN.md, D5).
 * Patches that come while a snapshot is under way wait for it; a missing one asks for a new snapshot.
 */
export class ServicesFeed {
  readonly #source: FeedSource
  readonly #store: StoreApi<ServicesState>
  /** Patches waiting for a snapshot; null while the store is up to date. */
  #waiting: ServicesPatch[] | null = []
  #ended = false
  #stopListening: () => void
  #cancelRetry: () => void = () => undefined

  constructor(source: FeedSource, store: StoreApi<ServicesState>) {
    this.#source = source
    this.#store = store
    this.#stopListening = source.onPatch((patch) => this.#receive(patch))
    void this.#resubscribe()
  }

  end(): void {
    this.#ended = true
    this.#stopListening()
    this.#cancelRetry()
  }

  #receive(patch: ServicesPatch): void {
    if (this.#waiting !== null) this.#waiting.push(patch)
    else if (!this.#take(patch)) {
      this.#waiting = [patch]
      void this.#resubscribe()
    }
  }

  /** @returns false if a patch is missing before this one */
  #take(patch: ServicesPatch): boolean {
    const state = this.#store.getState()
    if (patch.seq <= state.seq) return true
    if (patch.seq !== state.seq + 1) return false
    this.#store.setState(applyPatch(state, patch), true)
    return true
  }

  async #resubscribe(): Promise<void> {
    const reply = await this.#source.subscribe()
    if (this.#ended) return
    if (!reply.ok) {
      this.#store.setState({ problem: reply.error })
      this.#retryLater()
      return
    }
    this.#store.setState(fromSnapshot(reply.value), true)
    const waiting = this.#waiting ?? []
    const missing = waiting.findIndex((patch) => !this.#take(patch))
    if (missing === -1) this.#waiting = null
    else {
      // A gap right after a fresh snapshot: ask again, but not in a tight loop.
      this.#waiting = waiting.slice(missing)
      this.#retryLater()
    }
  }

  #retryLater(): void {
    this.#cancelRetry = this.#source.later(() => void this.#resubscribe())
  }
}
