import { randomBytes } from 'node:crypto'
import { decide } from '../core/decide.ts'
import { isIdle } from '../core/decision-parts.ts'
import type { Exit } from '../core/exit.ts'
import type { ServiceDefinition } from '../core/service-config.ts'
import { type Answer, type Effect, initialState, type ServiceEvent, type ServiceState } from '../core/state.ts'
import type { Quiesce } from '../logs/store/rotate-stream.ts'
import { describeSurvivors, stopTree } from '../os/stop-tree.ts'
import { adoptRun } from './adopt.ts'
import type { Attention } from './attention.ts'
import { endReason } from './end-reason.ts'
import { waitForSuccessor } from './follow.ts'
import { type LaunchContext, launch } from './launch.ts'
import { LogScan } from './log-scan.ts'
import { politeStop } from './polite-stop.ts'
import { startProbing } from './prober.ts'
import { readLastWords } from './read-last-words.ts'
import type { Run } from './run.ts'
import { quiesceRun, treeOptions } from './run-tree.ts'

/** What a runner needs from the manager. */
export interface RunnerContext extends LaunchContext {
  readonly attention: Attention
  /** Called after each change of state. */
  readonly onChange: () => void
}

type Waiter = (answer: Answer) => void

/**
 * One service's mailbox (DESIGN.md, D5): events go in one by one, the core decides, and the effects are carried out
 * here. Nothing else starts, stops or records this service. It owns every disposable of the current run.
 */
export class ServiceRunner {
  #service: ServiceDefinition
  /** Another definition for one start and what follows from it, until the service is idle again. */
  #override: ServiceDefinition | null = null
  readonly #context: RunnerContext
  #state: ServiceState = initialState
  readonly #mailbox: ServiceEvent[] = []
  #isDraining = false
  readonly #waiters = { start: [] as Waiter[], stop: [] as Waiter[] }

  #run: Run | null = null
  /** The run whose end is marked in its output already. */
  #ended: Run | null = null
  #launching: AbortController | null = null
  /** Ends the grace period of the stop under way. */
  #hurry: AbortController | null = null
  #stopProbing: () => void = () => undefined
  #backoffTimer: NodeJS.Timeout | undefined
  #isDisposed = false

  constructor(service: ServiceDefinition, context: RunnerContext) {
    this.#service = service
    this.#context = context
  }

  get service(): ServiceDefinition {
    return this.#override ?? this.#service
  }

  get state(): ServiceState {
    return this.#state
  }

  /** The current run; null while there is none. */
  get run(): Run | null {
    return this.#run
  }

  /** The service as the current run has it: where that listens is not what its definition says by now. */
  get serviceInEffect(): ServiceDefinition {
    return { ...this.service, ...this.#run?.address }
  }

  /** How to make the service stand still while its log is rotated; null while nothing of it runs, nor is about to. */
  get quiesce(): Quiesce | null {
    const run = this.#run
    if (run === null && isIdle(this.#state)) return null
    const isSteady = () => run !== null && this.#run === run && this.#state.status === 'running'
    return quiesceRun(run, isSteady)
  }

  /** A changed definition counts from the next start on; how it is probed, stopped and restarted, at once. */
  redefine(service: ServiceDefinition): void {
    this.#service = service
    // Where nothing was left to probe, nobody would look again.
    if (this.#state.status === 'running') this.#probe(this.#state.instance.runId)
    else if (this.#state.status === 'external') this.#probe(this.#state.runId)
    this.#context.onChange()
  }

  /** Settles when the service runs or could not be started. */
  start(checkPort: boolean): Promise<Answer> {
    return this.#ask('start', { type: 'start-requested', checkPort })
  }

  /** As `start`, with another definition than its own until it is idle again. Does nothing more while it is not idle. */
  startAs(definition: ServiceDefinition): Promise<Answer> {
    if (isIdle(this.#state)) this.#override = definition
    return this.start(true)
  }

  /** Settles when nothing of the service is left, or says what is. */
  stop(force: boolean): Promise<Answer> {
    return this.#ask('stop', { type: 'stop-requested', force })
  }

  restart(): Promise<Answer> {
    return this.#ask('start', { type: 'restart-requested' })
  }

  /** Takes over a run that is alive. Only while there is no other. */
  adopt(run: Run): void {
    this.#run = run
    this.#context.logs.keeper.runAdopted(this.#service.key, run.instance.pid)
    this.post({ type: 'adopted', instance: run.instance })
    this.#watchExit(run)
  }

  /** Puts an event into the mailbox. It is processed before this returns, unless one is being processed already. */
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

  /** Lets go of everything without ending the instance: it goes on and can be adopted. */
  dispose(): void {
    this.#isDisposed = true
    this.#launching?.abort()
    this.#run?.unwatch()
    this.#stopProbing()
    clearTimeout(this.#backoffTimer)
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
    // Before anything is signalled: a person's stop outlives this app too.
    if (isForGood(state) && !isForGood(before)) this.#context.records.markStopping(this.service.key)
    for (const effect of effects) this.#perform(effect)
    if (state !== before) this.#context.onChange()
  }

  #perform(effect: Effect): void {
    switch (effect.type) {
      case 'launch':
        if (!this.#isDisposed) void this.#launch(effect.runId, effect.checkPort)
        else this.post({ type: 'launch-failed', runId: effect.runId, failure: disposed, holder: null })
        return
      case 'cancel-launch':
        this.#launching?.abort()
        return
      case 'end-tree':
        if (this.#hurry === null) void this.#endTree(effect.runId, effect.force)
        else if (effect.force) this.#hurry.abort()
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

  async #launch(runId: string, checkPort: boolean): Promise<void> {
    const abort = new AbortController()
    this.#launching = abort
    const request = { service: this.service, runId, checkPort, signal: abort.signal }
    const result = await launch(request, this.#context).catch((error: unknown) => unexpected(error))
    this.#launching = null
    if (!result.ok) {
      this.post({ type: 'launch-failed', runId, failure: result.failure, holder: result.holder })
      return
    }
    const { run } = result
    this.#run = run
    const { pid, startedAt } = run.instance
    const { keeper } = this.#context.logs
    keeper.runStarted(this.service.key, pid, startedAt, run.logOffsets ?? keeper.offsets(this.service.key))
    this.post({ type: 'launched', instance: run.instance })
    this.#watchExit(run)
  }

  #watchExit(run: Run): void {
    void run.exited.then(async (exit) => {
      this.#markEnd(run, exit)
      if (await this.#follow(run)) return
      this.post({ type: 'exited', runId: run.instance.runId, exit })
    })
  }

  /** Once for each process of a run. */
  #markEnd(run: Run, exit: Exit): void {
    if (this.#isDisposed || this.#ended === run) return
    this.#ended = run
    this.#context.logs.keeper.runEnded(this.service.key, exit.at, endReason(this.#state, exit))
  }

  /** If the server has restarted itself under a new pid, the run goes on with that. */
  async #follow({ instance: { runId, startedAt }, command, address, logOffsets }: Run): Promise<boolean> {
    const { key, name, port, followsRestart, health } = this.serviceInEffect
    if (followsRestart !== true || port === null) return false
    const isRunning = () =>
      !this.#isDisposed && this.#state.status === 'running' && this.#state.instance.runId === runId
    const waitMs = health.startGraceSeconds * 1000
    const identity = await waitForSuccessor(runId, port, waitMs, isRunning).catch(() => null)
    if (identity === null || !isRunning()) return false
    const kept = { nonce: runId, startedAt, command, address, logOffsets: logOffsets ?? undefined }
    const next = adoptRun(kept, identity, 'followed')
    this.#run = next
    this.#context.logs.keeper.runStarted(key, next.instance.pid, Date.now(), this.#context.logs.keeper.offsets(key))
    this.post({ type: 'moved', instance: next.instance })
    try {
      this.#context.records.writeRecord({ ...kept, key, bootId: identity.bootId, identity })
    } catch (error) {
      this.#context.warn(`The PID file of ${name} could not be written: ${String(error)}`)
    }
    this.#watchExit(next)
    return true
  }

  async #endTree(runId: string, force: boolean): Promise<void> {
    const run = this.#run
    if (run === null) return
    const hurry = new AbortController()
    this.#hurry = hurry
    // Before the restart can add to them. A stop by a person needs no reason.
    const lastWords = this.#lastWords(run)
    let survivors: string | null
    try {
      const left = await stopTree(run.identity, {
        graceMs: this.service.graceSeconds * 1000,
        force,
        hurry: hurry.signal,
        watchedToItsEnd: run.isWatched,
        ...treeOptions(run),
        ...politeStop(this.serviceInEffect, this.#context),
      })
      survivors = left.length === 0 ? null : describeSurvivors(left)
    } catch (error) {
      survivors = `something unknown (${error instanceof Error ? error.message : String(error)})`
    }
    await this.#releaseRun(run, survivors)
    this.#hurry = null
    this.post({ type: 'tree-ended', runId, survivors, lastWords })
  }

  #lastWords({ logOffsets }: Run): readonly string[] {
    const after = this.#state.status === 'stopping' ? this.#state.after.kind : null
    if (after !== 'ask-policy' && after !== 'replace') return []
    return readLastWords(this.#context.logs, this.service.key, logOffsets)
  }

  async #releaseRun(run: Run, survivors: string | null): Promise<void> {
    run.unwatch()
    // The exit of our own child is known a moment after the process is gone; its code belongs to the stop.
    if (run.instance.origin === 'spawned' && survivors === null) {
      const exit = await run.exited
      this.post({ type: 'exited', runId: run.instance.runId, exit })
    } else if (survivors === null) this.#markEnd(run, { code: null, signal: null, at: Date.now() })
    this.#run = null
    // What survived keeps its record, so that a later life of the app still knows it.
    if (survivors !== null) return
    const { records, warn } = this.#context
    for (const { file, message } of records.remove(this.service.key)) warn(`${file}: ${message}`)
  }

  #probe(runId: string): void {
    this.#stopProbing()
    const { logs, attention, resolveProgram, secretsOf } = this.#context
    const offsets = this.#run?.logOffsets ?? null
    const log = offsets === null ? null : new LogScan(logs, this.service.key, offsets)
    this.#stopProbing = startProbing({
      service: () => this.serviceInEffect,
      state: () => (this.#state.status === 'running' || this.#state.status === 'external' ? this.#state : null),
      log,
      attention,
      resolveProgram,
      secretsOf,
      onResult: (result) => this.post({ type: 'probed', runId, result }),
    })
  }
}

/** Being stopped, with nothing to follow. Without an instance there is no record yet. */
function isForGood(state: ServiceState): boolean {
  return state.status === 'stopping' && state.instance !== null && state.after.kind === 'stay-stopped'
}

const disposed = { code: 'stopped', message: 'The app is ending.', hint: '' } as const

/** A bug in the launch must not leave the service in "starting" for ever. */
function unexpected(error: unknown) {
  const message = `It could not be started: ${error instanceof Error ? error.message : String(error)}`
  return { ok: false, failure: { code: 'start-failed', message, hint: '' }, holder: null } as const
}
