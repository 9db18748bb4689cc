import type { ServicesPatch, ServicesSnapshot } from '../../src-preload/contract/service-view.ts'
import type { ProcessManager } from '../manager/process-manager.ts'
import type { ManagerPatch } from '../manager/snapshot-feed.ts'
import type { ConfigProblem } from '../services/config-state.ts'
import type { SendToPage } from './page.ts'

/**
 * What a page is told of the services without asking: one numbered sequence of patches, made of the manager's and of
 * changes of the configuration's problems. It begins with the page's subscription and ends with the page.
 */
export class PageFeed {
  readonly #manager: ProcessManager
  readonly #sendToPage: SendToPage
  /** What is wrong with the configuration at the moment. */
  readonly #problems: () => readonly ConfigProblem[]
  #seq = 0
  #unsubscribe: (() => void) | null = null
  #stopUsage: (() => void) | null = null
  #stopAttending: (() => void) | null = null
  #wantsUsage = false
  #isVisible = false

  constructor(manager: ProcessManager, problems: () => readonly ConfigProblem[], send: SendToPage) {
    this.#manager = manager
    this.#problems = problems
    this.#sendToPage = send
  }

  /** Snapshot and subscription as one step. A second one replaces the first. */
  subscribe(): ServicesSnapshot {
    this.#unsubscribe?.()
    const { snapshot, unsubscribe } = this.#manager.subscribe((patch) => this.#send(patch, null))
    this.#unsubscribe = unsubscribe
    return { seq: this.#seq, services: snapshot.services, configProblems: this.#problems() }
  }

  configChanged(): void {
    if (this.#unsubscribe !== null) this.#send({ upserted: [], order: null }, this.#problems())
  }

  /** Usage is sampled only while the page wants it and somebody can see it. */
  watchUsage(wanted: boolean): void {
    this.#wantsUsage = wanted
    this.#updateUsage()
  }

  setVisible(isVisible: boolean): void {
    this.#isVisible = isVisible
    this.#stopAttending?.()
    this.#stopAttending = isVisible ? this.#manager.attend() : null
    this.#updateUsage()
  }

  /** The page is gone: nobody listens any more. */
  reset(): void {
    this.#unsubscribe?.()
    this.#unsubscribe = null
    this.watchUsage(false)
  }

  #send({ upserted, order }: Omit<ManagerPatch, 'seq'>, configProblems: ServicesPatch['configProblems']): void {
    this.#seq += 1
    this.#sendToPage('services.patch', { seq: this.#seq, upserted, order, configProblems })
  }

  #updateUsage(): void {
    const wanted = this.#wantsUsage && this.#isVisible
    if (wanted === (this.#stopUsage !== null)) return
    if (wanted) this.#stopUsage = this.#manager.watchUsage((usage) => this.#sendToPage('usage.changed', usage))
    else {
      this.#stopUsage?.()
      this.#stopUsage = null
    }
  }
}
