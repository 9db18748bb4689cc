import { randomBytes } from 'node:crypto'
import { decide } from '../core/decide.ts'
import { isIdle } from '../core/decision-parts.ts'
import type { ProbeResult } from '../core/health.ts'
import type { ServiceDefinition } from '../core/service-config.ts'
import { type Answer, type Effect, initialState, type ServiceEvent, type ServiceState } from '../core/state.ts'
import type { Quiesce } from '../logs/store/rotate-stream.ts'
import type { LogScan } from './log-scan.ts'
import { startProbing } from './prober.ts'
import type { Runner, RunnerContext, RunView } from './runner.ts'

type Waiter = (answer: Answer) => void

/**
 * One service's mailbox (DESIGN.md, D5): events go in one by one, the core decides, and the effects are carried out.
 * Nothing else starts, stops or records this service. What a launch and an end are is a matter of the kind of runner.
 */
export abstract class MailboxRunner implements Runner {
  #service: ServiceDefinition
  /** Another definition for one start and what follows from it, until the service is idle again. */
  #override: ServiceDefinition | null = null
  protected readonly context: RunnerContext
  #state: ServiceState = initialState
  readonly #mailbox: ServiceEvent[] = []
  #isDraining = false
  readonly #waiters = { start: [] as Waiter[], stop: [] as Waiter[] }
  #stopProbing: () => void = () => undefined
  #backoffTimer: NodeJS.Timeout | undefined
  #isDisposed = false

  constructor(service: ServiceDefinition, context: RunnerContext) {
    this.#service = service
    this.context = context
  }

  abstract get run(): RunView | null
  abstract get quiesce(): Quiesce | null
  abstract get stopSeconds(): number
  abstract takeOver(): Promise<void>
  abstract mayBeUntouchable(): Promise<boolean>

  /** Has to be answered with `launched` or `launch-failed`. */
  protected abstract launch(runId: string, checkPort: boolean): void
  protected abstract cancelLaunch(): void
  /** Has to be answered with `tree-ended`. Called again with `force` if somebody will not wait for it. */
  protected abstract endRun(runId: string, force: boolean): void
  get service(): ServiceDefinition {
    return this.#override ?? this.#service
  }

  get serviceInEffect(): ServiceDefinition {
    return { ...this.service, ...this.run?.address }
  }

  get state(): ServiceState {
    return this.#state
  }

  protected get isDisposed(): boolean {
    return this.#isDisposed
  }

  redefine(service: ServiceDefinition): void {
    this.#service = service
    // Where nothing was left to probe, nobody would look again.
    if (this.#state.status === 'running') this.#probe(this.#state.instance.runId)
    else if (this.#state.status === 'external') this.#probe(this.#state.runId)
    this.context.onChange()
  }

  start(checkPort: boolean): Promise<Answer> {
    return this.#ask('start', { type: 'start-requested', checkPort })
  }

  startAs(definition: ServiceDefinition): Promise<Answer> {
    if (isIdle(this.#state)) this.#override = definition
    return this.start(true)
  }

  stop(force: boolean): Promise<Answer> {
    return this.#ask('stop', { type: 'stop-requested', force })
  }

  restart(): Promise<Answer> {
    return this.#ask('start', { type: 'restart-requested' })
  }

  post(event: ServiceEvent): void {
    this.#mailbox.push(event)
    if (this.#isDraining) return
    this.#isDraining = true
    try {
      for (let next = this.#mailbox.shift(); next !== undefined; next = this.#mailbox.shift()) this.#process(next)
    } finally {
      this.#isDraining = false
    }
  }

  dispose(): void {
    this.#isDisposed = true
    this.#stopProbing()
    clearTimeout(this.#backoffTimer)
  }

  /** A decision was made, and nothing done for it yet. */
  protected decided(_before: ServiceState, _after: ServiceState): void {
    // Nothing to record.
  }

  /** Where the output of the current run can be looked through; null if it cannot. */
  protected scanLog(): LogScan | null {
    return null
  }

  /** A probe of the run, or of the external server, was answered. */
  protected probed(runId: string, result: ProbeResult): void {
    this.post({ type: 'probed', runId, result })
  }

  #ask(kind: 'start' | 'stop', event: ServiceEvent): Promise<Answer> {
    return new Promise((resolve) => {
      this.#waiters[kind].push(resolve)
      this.post(event)
    })
  }

  #process(event: ServiceEvent): void {
    const before = this.#state
    const { state, effects } = decide(before, event, {
      service: this.serviceInEffect,
      now: Date.now(),
      // Made only for what starts something: most events are answers of probes.
      get newRunId() {
        return randomBytes(16).toString('hex')
      },
      random: Math.random(),
    })
    this.#state = state
    if (isIdle(state)) this.#override = null
    this.decided(before, state)
    for (const effect of effects) this.#perform(effect)
    if (state !== before) this.context.onChange()
  }

  #perform(effect: Effect): void {
    switch (effect.type) {
      case 'launch':
        if (!this.#isDisposed) this.launch(effect.runId, effect.checkPort)
        else this.post({ type: 'launch-failed', runId: effect.runId, failure: disposed, holder: null })
        return
      case 'cancel-launch':
        this.cancelLaunch()
        return
      case 'end-tree':
        this.endRun(effect.runId, effect.force)
        return
      case 'start-probing':
        if (!this.#isDisposed) this.#probe(effect.runId)
        return
      case 'stop-probing':
        this.#stopProbing()
        return
      case 'set-backoff-timer':
        if (this.#isDisposed) return
        this.#backoffTimer = setTimeout(() => this.post({ type: 'backoff-over' }), effect.delayMs)
        return
      case 'clear-backoff-timer':
        clearTimeout(this.#backoffTimer)
        return
      case 'answer':
        for (const waiter of this.#waiters[effect.to].splice(0)) waiter(effect.answer)
        return
    }
  }

  #probe(runId: string): void {
    this.#stopProbing()
    const { attention, resolveProgram, secretsOf } = this.context
    this.#stopProbing = startProbing({
      service: () => this.serviceInEffect,
      state: () => (this.#state.status === 'running' || this.#state.status === 'external' ? this.#state : null),
      log: this.scanLog(),
      attention,
      resolveProgram,
      secretsOf,
      onResult: (result) => this.probed(runId, result),
    })
  }
}

const disposed = { code: 'stopped', message: 'The app is ending.', hint: '' } as const

/** A bug in a launch must not leave the service in "starting" for ever. */
export function unexpectedRefusal(error: unknown) {
  const message = `It could not be started: ${error instanceof Error ? error.message : String(error)}`
  return { ok: false, failure: { code: 'start-failed', message, hint: '' }, holder: null } as const
}
