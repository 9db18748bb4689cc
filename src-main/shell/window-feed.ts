import type { ServicesPatch, ServicesSnapshot } from '../../src-preload/contract/service-view.ts'
import type { ProcessManager } from '../manager/process-manager.ts'
import type { ManagerPatch } from '../manager/snapshot-feed.ts'
import type { ConfigProblem, ConfigState } from '../services/config-state.ts'
import type { MainWindow } from './window.ts'

/**
 * What the window is told without asking: one numbered sequence of patches, made of the manager's and of changes of the
 * configuration's problems. It begins with the window's subscription and ends with its page.
 */
export class WindowFeed {
  readonly #manager: ProcessManager
  readonly #window: MainWindow
  #problems: readonly ConfigProblem[] = []
  #seq = 0
  #unsubscribe: (() => void) | null = null
  #stopUsage: (() => void) | null = null
  #wantsUsage = false
  #isVisible = false

  constructor(manager: ProcessManager, window: MainWindow) {
    this.#manager = manager
    this.#window = window
  }

  /** Snapshot and subscription as one step. A second one replaces the first. */
  subscribe(): ServicesSnapshot {
    this.#unsubscribe?.()
    const { snapshot, unsubscribe } = this.#manager.subscribe((patch) => this.#send(patch, null))
    this.#unsubscribe = unsubscribe
    return { seq: this.#seq, services: snapshot.services, configProblems: this.#problems }
  }

  configChanged({ problems }: ConfigState): void {
    this.#problems = problems
    if (this.#unsubscribe !== null) this.#send({ upserted: [], order: null }, problems)
  }

  /** Usage is sampled only while the page wants it and somebody can see it. */
  watchUsage(wanted: boolean): void {
    this.#wantsUsage = wanted
    this.#updateUsage()
  }

  setVisible(isVisible: boolean): void {
    this.#isVisible = isVisible
    this.#updateUsage()
  }

  /** The page is gone: nobody listens any more. */
  pageGone(): void {
    this.#unsubscribe?.()
    this.#unsubscribe = null
    this.watchUsage(false)
  }

  #send({ upserted, order }: Omit<ManagerPatch, 'seq'>, configProblems: ServicesPatch['configProblems']): void {
    this.#seq += 1
    this.#window.send('services.patch', { seq: this.#seq, upserted, order, configProblems })
  }

  #updateUsage(): void {
    const wanted = this.#wantsUsage && this.#isVisible
    if (wanted === (this.#stopUsage !== null)) return
    if (wanted) this.#stopUsage = this.#manager.watchUsage((usage) => this.#window.send('usage.changed', usage))
    else {
      this.#stopUsage?.()
      this.#stopUsage = null
    }
  }
}
