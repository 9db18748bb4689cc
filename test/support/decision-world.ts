import { decide } from '../../src-main/core/decide.ts'
import type { Exit } from '../../src-main/core/exit.ts'
import type { ProbeResult } from '../../src-main/core/health.ts'
import type { RestartConfig, ServiceDefinition } from '../../src-main/core/service-config.ts'
import {
  type Effect,
  type Holder,
  initialState,
  type ServiceEvent,
  type ServiceState,
} from '../../src-main/core/state.ts'
import { makeService } from './service-definition.ts'

/** What may happen next in the world around a service. What does not fit at the moment changes nothing. */
export type Happening =
  | { readonly kind: 'start' | 'restart'; readonly checkPort: boolean }
  | { readonly kind: 'stop'; readonly force: boolean }
  | { readonly kind: 'launch-answers'; readonly how: 'launched' | 'failed' | 'port-taken' }
  | { readonly kind: 'exit'; readonly code: number | null; readonly signal: string | null }
  | { readonly kind: 'tree-ends'; readonly survivors: string | null }
  | { readonly kind: 'probe'; readonly outcome: ProbeResult['outcome'] }
  /** `progress`: whatever is pending is answered; if nothing is, the instance crashes. */
  | { readonly kind: 'timer-fires' | 'stale-timer-fires' | 'adopt' | 'progress' }
  | { readonly kind: 'port'; readonly pid: number | null }
  | { readonly kind: 'stale'; readonly type: 'launched' | 'launch-failed' | 'exited' | 'tree-ended' | 'probed' }
  | { readonly kind: 'redefine'; readonly restart: Partial<RestartConfig> }
  | { readonly kind: 'time-passes'; readonly ms: number }

/**
 * Everything around `decide`, as simple as can be: it answers effects when a test says so, and throws the moment an
 * effect breaks a rule.
 */
export class DecisionWorld {
  state: ServiceState = initialState
  readonly waiting = { start: 0, stop: 0 }
  #service: ServiceDefinition = makeService({
    port: 8080,
    restart: { policy: 'always', maxRetries: 3 },
    health: { onFailure: 'restart', failureThreshold: 1 },
  })
  #now = 1_000_000
  #lastRunId = 0
  #launching: string | null = null
  /** From `launched` or `adopted` until `tree-ended`. */
  #run: { readonly id: string; exited: boolean } | null = null
  #ending = false
  #probing = false
  #timer = false

  happen(event: Happening): void {
    switch (event.kind) {
      case 'start':
        this.waiting.start += 1
        this.#post({ type: 'start-requested', checkPort: event.checkPort })
        return
      case 'restart':
        this.waiting.start += 1
        this.#post({ type: 'restart-requested' })
        return
      case 'stop':
        this.waiting.stop += 1
        this.#post({ type: 'stop-requested', force: event.force })
        return
      case 'launch-answers':
        this.#answerLaunch(event.how)
        return
      case 'exit':
        this.#exit({ code: event.signal === null ? event.code : null, signal: event.signal, at: this.#now })
        return
      case 'tree-ends':
        this.#endTree(event.survivors)
        return
      case 'probe':
        if (!this.#probing) return
        this.#post({
          type: 'probed',
          runId: this.#currentRunId(),
          result: { outcome: event.outcome, detail: '' },
        })
        return
      case 'timer-fires':
        if (!this.#timer) return
        this.#timer = false
        this.#post({ type: 'backoff-over' })
        return
      case 'stale-timer-fires':
        // A timer that was cleared too late: only where none is pending, or it would be the pending one.
        if (!this.#timer) this.#post({ type: 'backoff-over' })
        return
      case 'adopt':
        this.#adopt()
        return
      case 'progress':
        this.#progress()
        return
      case 'port':
        this.#post({ type: 'port-watched', holder: event.pid === null ? null : this.#holder(event.pid) })
        return
      case 'stale':
        this.#post(staleEvent(event.type))
        return
      case 'redefine':
        this.#service = makeService({ port: 8080, restart: event.restart, health: this.#service.health })
        return
      case 'time-passes':
        this.#now += event.ms
    }
  }

  /** Answers all that is pending until nothing is: everyone who asked for something must then have been answered. */
  settle(): void {
    for (let round = 0; this.#launching !== null || this.#ending || this.#timer; round += 1) {
      if (round > 100) throw new Error('it never comes to rest')
      if (this.#run !== null && this.#ending && !this.#run.exited) this.happen({ kind: 'exit', code: 0, signal: null })
      this.happen({ kind: 'launch-answers', how: 'launched' })
      this.happen({ kind: 'tree-ends', survivors: null })
      this.happen({ kind: 'timer-fires' })
    }
    if (this.waiting.start + this.waiting.stop > 0) {
      throw new Error(`never answered, in state ${this.state.status}: ${JSON.stringify(this.waiting)}`)
    }
  }

  #post(event: ServiceEvent): void {
    this.#lastRunId += 1
    const newRunId = `run-${this.#lastRunId}`
    const { state, effects } = decide(this.state, event, {
      service: this.#service,
      now: this.#now,
      newRunId,
      random: 0.5,
    })
    this.state = state
    for (const effect of effects) this.#perform(effect)
    this.#checkState()
  }

  #perform(effect: Effect): void {
    switch (effect.type) {
      case 'launch':
        must(this.#run === null && this.#launching === null, 'a launch while a run is alive or being launched')
        this.#launching = effect.runId
        return
      case 'cancel-launch':
        must(this.#launching === effect.runId, 'cancelled a launch that is not under way')
        return
      case 'end-tree':
        must(this.#run?.id === effect.runId, 'ended a tree that is not the current run’s')
        must(!this.#ending || effect.force, 'ended a tree politely that is being ended')
        this.#ending = true
        return
      case 'start-probing':
        must(!this.#probing, 'probed twice at a time')
        this.#probing = true
        return
      case 'stop-probing':
        must(this.#probing, 'ended a probing that was not going on')
        this.#probing = false
        return
      case 'set-backoff-timer':
        must(!this.#timer, 'set a second timer')
        must(effect.delayMs > 0, 'a delay that is none')
        this.#timer = true
        return
      case 'clear-backoff-timer':
        must(this.#timer, 'cleared a timer that was not set')
        this.#timer = false
        return
      case 'answer':
        this.waiting[effect.to] = 0
    }
  }

  #checkState(): void {
    const { state } = this
    must(this.#probing === (state.status === 'running' || state.status === 'external'), 'probing in the wrong state')
    must(this.#timer === (state.status === 'backoff'), 'a timer outside of backoff, or backoff without')
    must((this.#launching !== null) === isLaunching(state), 'a launch the state does not know of')
    const runId = state.status === 'running' ? state.instance.runId : state.status === 'stopping' ? state.runId : null
    must(this.#run === null || this.#run.id === runId, `a run the state ${state.status} has lost`)
    must(this.#ending === (state.status === 'stopping' && state.instance !== null), 'stopping, and nothing is ended')
  }

  #progress(): void {
    if (this.#launching !== null) this.happen({ kind: 'launch-answers', how: 'launched' })
    else if (this.#ending) this.happen({ kind: 'tree-ends', survivors: null })
    else if (this.#timer) this.happen({ kind: 'timer-fires' })
    else this.happen({ kind: 'exit', code: 1, signal: null })
  }

  #answerLaunch(how: 'launched' | 'failed' | 'port-taken'): void {
    const runId = this.#launching
    if (runId === null) return
    this.#launching = null
    if (how === 'launched') {
      this.#run = { id: runId, exited: false }
      this.#post({ type: 'launched', instance: { runId, pid: 4711, startedAt: this.#now, origin: 'spawned' } })
      return
    }
    const failure = { code: how, message: '', hint: '' }
    this.#post({ type: 'launch-failed', runId, failure, holder: how === 'failed' ? null : this.#holder(99) })
  }

  #exit(exit: Exit): void {
    const run = this.#run
    if (run === null || run.exited) return
    run.exited = true
    this.#post({ type: 'exited', runId: run.id, exit })
  }

  #endTree(survivors: string | null): void {
    const run = this.#run
    if (!this.#ending || run === null) return
    this.#ending = false
    this.#run = null
    this.#post({ type: 'tree-ended', runId: run.id, survivors })
  }

  #adopt(): void {
    if (this.#run !== null || this.#launching !== null || this.state.status === 'backoff') return
    this.#run = { id: `adopted-${this.#lastRunId}`, exited: false }
    const instance = { runId: this.#run.id, pid: 4711, startedAt: this.#now, origin: 'adopted' } as const
    this.#post({ type: 'adopted', instance })
  }

  #holder(pid: number): Holder {
    return { port: 8080, pid, name: 'other' }
  }

  #currentRunId(): string {
    return this.state.status === 'external' ? this.state.runId : (this.#run?.id ?? '')
  }
}

const isLaunching = (state: ServiceState) =>
  state.status === 'starting' || (state.status === 'stopping' && state.instance === null)

function must(holds: boolean, whatElse: string): void {
  if (!holds) throw new Error(whatElse)
}

function staleEvent(type: Extract<Happening, { kind: 'stale' }>['type']): ServiceEvent {
  const runId = 'of-an-older-run'
  switch (type) {
    case 'launched':
      return { type, instance: { runId, pid: 1234, startedAt: 0, origin: 'spawned' } }
    case 'launch-failed':
      return { type, runId, failure: { code: 'stale', message: '', hint: '' }, holder: null }
    case 'exited':
      return { type, runId, exit: { code: 1, signal: null, at: 0 } }
    case 'tree-ended':
      return { type, runId, survivors: null }
    case 'probed':
      return { type, runId, result: { outcome: 'failed', detail: '' } }
  }
}
