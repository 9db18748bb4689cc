import type { Outcome } from '../../src-main/manager/outcome.ts'
import type { ActionKind } from './plan.ts'

/** What the manager has promised about a service: null if something was under way when it was killed. */
type Promised = 'running' | 'stopped' | null

interface Expectation {
  promised: Promised
  /** Calls without an answer yet. */
  pending: number
  /** Calls overlapped: what their order was is the manager's to say. */
  overlapped: boolean
  /** Something was done to it in this round. */
  touched: boolean
  /** It was ended from outside in this round: an answer may be older than that. */
  crashed: boolean
}

/** What has to be true of each service, from what its callers were told and from nothing else. */
export class Expectations {
  readonly #all: Expectation[]

  constructor(services: number) {
    this.#all = Array.from({ length: services }, () => ({
      promised: 'stopped',
      pending: 0,
      overlapped: false,
      touched: false,
      crashed: false,
    }))
  }

  of(index: number): Readonly<Expectation> {
    return this.#entry(index)
  }

  asked(index: number): void {
    const entry = this.#entry(index)
    entry.touched = true
    entry.pending += 1
    if (entry.pending > 1) entry.overlapped = true
  }

  answered(index: number, kind: ActionKind, outcome: Outcome | null): void {
    const entry = this.#entry(index)
    entry.pending -= 1
    if (entry.overlapped || entry.crashed || outcome?.success !== true) entry.promised = null
    else entry.promised = kind === 'start' || kind === 'restart' ? 'running' : 'stopped'
    if (entry.pending === 0) entry.overlapped = false
  }

  /** It was ended from outside. */
  crashed(index: number): void {
    const entry = this.#entry(index)
    entry.touched = true
    entry.crashed = true
    entry.promised = null
  }

  nextRound(): void {
    for (const entry of this.#all) {
      entry.touched = false
      entry.crashed = false
    }
  }

  #entry(index: number): Expectation {
    const entry = this.#all[index]
    if (entry === undefined) throw new Error(`expected a service ${index}`)
    return entry
  }
}
