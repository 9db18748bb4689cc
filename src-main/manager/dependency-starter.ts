import { type Dependency, type DependencyGraph, findCycle } from '../core/dependencies.ts'
import type { Failure } from '../core/failure.ts'
import type { ServiceDefinition } from '../core/service-config.ts'
import type { Answer, ServiceState } from '../core/state.ts'

/** The services as this class sees them. */
export interface DependencySource {
  /** Null if there is no such service, or none any more. */
  find(key: string): { readonly service: ServiceDefinition; readonly state: ServiceState } | null
  graph(): DependencyGraph
  /** Starts this service alone. */
  start(key: string, checkPort: boolean): Promise<Answer>
  /** It began or ended to wait. */
  onChange(key: string): void
}

/** What people see of a service that has not been asked to start yet: what it waits for, or why that came to nothing. */
export type Held =
  | { readonly kind: 'waiting'; readonly words: string }
  | { readonly kind: 'failed'; readonly failure: Failure }

interface Waiting {
  readonly answer: Promise<Answer>
  readonly abort: AbortController
  /** Keys of what it still waits for. */
  readonly pending: Set<string>
}

type Check = 'there' | 'not yet' | Failure

/**
 * Starts services after those they depend on (`after` in services.json). It stands before the mailboxes: a service that
 * waits for another one has not been asked to start yet, so nothing of it has to be undone when the wait is called off.
 */
export class DependencyStarter {
  readonly #source: DependencySource
  readonly #waiting = new Map<string, Waiting>()
  /** Why a service was not asked to start; until it is, or somebody stops it. */
  readonly #failures = new Map<string, Failure>()
  /** Called at each change of a service, by its key. */
  readonly #watchers = new Map<string, Set<() => void>>()

  constructor(source: DependencySource) {
    this.#source = source
  }

  /** Null unless the service waits for others, or waited in vain. */
  held(key: string): Held | null {
    const failure = this.#failures.get(key)
    const waiting = this.#waiting.get(key)
    if (waiting === undefined) return failure === undefined ? null : { kind: 'failed', failure }
    const names = [...waiting.pending].map((other) => this.#nameOf(other))
    return { kind: 'waiting', words: `Waiting for ${names.join(' and ')}.` }
  }

  /** Starts what the service depends on, waits for it, and starts the service. */
  start(key: string, checkPort: boolean): Promise<Answer> {
    const found = this.#source.find(key)
    const isActive = found?.state.status === 'running' || found?.state.status === 'starting'
    if (found === null || isActive || found.service.after.length === 0) return this.#source.start(key, checkPort)
    const known = this.#waiting.get(key)
    if (known !== undefined) return known.answer
    this.#failures.delete(key)
    const cycle = findCycle(this.#source.graph(), key)
    if (cycle !== null) return Promise.resolve({ ok: false, failure: cyclic(found.service.name, cycle) })
    const { after } = found.service
    const abort = new AbortController()
    const pending = new Set(after.map((dependency) => dependency.key))
    const answer = this.#startAfter(found.service, after, pending, abort, checkPort)
    this.#waiting.set(key, { answer, abort, pending })
    this.#source.onChange(key)
    return answer
  }

  /** Calls off the start of a service that waits for others; those go on. @returns whether it waited */
  cancel(key: string): boolean {
    const waiting = this.#waiting.get(key)
    waiting?.abort.abort()
    if (this.#failures.delete(key)) this.#source.onChange(key)
    return waiting !== undefined
  }

  cancelAll(): void {
    for (const { abort } of this.#waiting.values()) abort.abort()
  }

  /** To be told of every change of a service. */
  changed(key: string): void {
    for (const look of [...(this.#watchers.get(key) ?? [])]) look()
  }

  async #startAfter(
    { key, name }: ServiceDefinition,
    after: readonly Dependency[],
    pending: Set<string>,
    abort: AbortController,
    checkPort: boolean,
  ): Promise<Answer> {
    // The caller has to have noted the wait before the first dependency is asked to start.
    await Promise.resolve()
    const failures = await Promise.all(
      after.map(async (dependency) => {
        const failure = await this.#ensure(dependency, abort.signal)
        // The first that fails calls off the wait for the others.
        if (failure !== null) abort.abort(failure)
        pending.delete(dependency.key)
        this.#source.onChange(key)
        return failure
      }),
    )
    this.#waiting.delete(key)
    const failed = failures.find((failure) => failure !== null && failure.code !== 'stopped')
    const failure = failed == null ? null : { ...failed, message: `${name} was not started: ${failed.message}` }
    if (failure !== null) this.#failures.set(key, failure)
    this.#source.onChange(key)
    if (failure !== null) return { ok: false, failure }
    if (abort.signal.aborted) return { ok: false, failure: calledOff(name) }
    return this.#source.start(key, checkPort)
  }

  /** Null once the dependency is there. */
  async #ensure(dependency: Dependency, signal: AbortSignal): Promise<Failure | null> {
    const first = this.#check(dependency)
    if (first === 'there') return null
    const status = this.#source.find(dependency.key)?.state.status
    if (status !== 'running' && status !== 'external') {
      const answer = await Promise.race([this.start(dependency.key, true), aborted(signal)])
      if (answer === null) return calledOff(this.#nameOf(dependency.key))
      // A server that somebody else runs on its port serves as well; it is external then.
      const isExternal = this.#source.find(dependency.key)?.state.status === 'external'
      if (!answer.ok && !isExternal) return dependencyFailed(this.#nameOf(dependency.key), answer.failure)
    }
    return this.#wait(dependency, signal)
  }

  #wait(dependency: Dependency, signal: AbortSignal): Promise<Failure | null> {
    return new Promise((resolve) => {
      const watchers = this.#watchers.get(dependency.key) ?? new Set()
      this.#watchers.set(dependency.key, watchers)
      const settle = (result: Failure | null) => {
        watchers.delete(look)
        signal.removeEventListener('abort', look)
        resolve(result)
      }
      const look = () => {
        const result = this.#check(dependency)
        if (signal.aborted) settle(calledOff(this.#nameOf(dependency.key)))
        else if (result !== 'not yet') settle(result === 'there' ? null : result)
      }
      watchers.add(look)
      signal.addEventListener('abort', look)
      look()
    })
  }

  #check({ key, until }: Dependency): Check {
    const found = this.#source.find(key)
    if (found === null) return dependencyFailed(key, { code: '', message: 'There is no such service.', hint: '' })
    const { state } = found
    const { name } = found.service
    switch (state.status) {
      case 'running':
      case 'external': {
        if (until === 'running' || state.health.health === 'ok') return 'there'
        if (state.health.health !== 'failing') return 'not yet'
        const message = `Its health is failing: ${state.health.detail ?? 'no answer'}`
        return dependencyFailed(name, { code: '', message, hint: '' })
      }
      case 'starting':
      case 'backoff':
        return 'not yet'
      case 'stopping':
        return state.after.kind === 'stay-stopped' ? dependencyFailed(name, stopped) : 'not yet'
      case 'stopped':
        return dependencyFailed(name, stopped)
      case 'failed':
        return dependencyFailed(name, state.failure)
    }
  }

  #nameOf(key: string): string {
    return this.#source.find(key)?.service.name ?? key
  }
}

const stopped: Failure = { code: 'stopped', message: 'It does not run.', hint: '' }

function dependencyFailed(name: string, { message, hint, details }: Failure): Failure {
  const because = message === '' ? '' : ` ${message}`
  const failure = { code: 'dependency-failed', message: `it needs ${name}, which is not there.${because}`, hint }
  return details === undefined ? failure : { ...failure, details }
}

function calledOff(name: string): Failure {
  return { code: 'stopped', message: `${name} was stopped before it had started.`, hint: '' }
}

function cyclic(name: string, cycle: readonly string[]): Failure {
  const message = `${name} cannot be started: its dependencies form a cycle, ${cycle.join(' → ')}.`
  return { code: 'dependency-cycle', message, hint: 'Remove one of these from "after" in services.json.' }
}

function aborted(signal: AbortSignal): Promise<null> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(null)
    else signal.addEventListener('abort', () => resolve(null), { once: true })
  })
}
