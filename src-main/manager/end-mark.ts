import type { Exit } from '../core/exit.ts'
import type { ServiceState } from '../core/state.ts'
import type { LogKeeper } from '../logs/timeline/log-keeper.ts'
import type { Offsets } from '../logs/timeline/service-timeline.ts'
import { endReason } from './end-reason.ts'

/**
 * Marks the ends of a service's runs in its output, each once. It is written down a moment after the end, so that a restart
 * does not wait for it (docs/decisions/0010-fast-restart.md).
 */
export class EndMark {
  readonly #keeper: LogKeeper
  readonly #key: string
  /** The run whose end was seen last. */
  #ended: object | null = null
  #unwritten: { readonly at: number; readonly reason: string } | null = null
  #soon: NodeJS.Immediate | undefined

  constructor(keeper: LogKeeper, key: string) {
    this.#keeper = keeper
    this.#key = key
  }

  /** @param state of the service when `run` ended */
  add(run: object, state: ServiceState, exit: Exit): void {
    if (this.#ended === run) return
    this.write()
    this.#ended = run
    this.#unwritten = { at: exit.at, reason: endReason(state, exit) }
    this.#soon = setImmediate(() => this.write())
  }

  /**
   * Writes down what is not yet; before anything else is said of the service's runs.
   *
   * @param until where the next run's output begins, if there is one already
   */
  write(until?: Offsets): void {
    clearImmediate(this.#soon)
    const mark = this.#unwritten
    this.#unwritten = null
    if (mark !== null) this.#keeper.runEnded(this.#key, mark.at, mark.reason, until)
  }
}
