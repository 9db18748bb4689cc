import { isIdle } from '../core/decision-parts.ts'
import type { DependencyGraph } from '../core/dependencies.ts'
import type { ServiceDefinition } from '../core/service-config.ts'
import type { PortHolder } from '../os/processes/process-table.ts'
import { adHocDefinition } from './ad-hoc-definition.ts'
import { CommandRunner } from './command-runner.ts'
import { findOwner, type RunningService } from './port-owner.ts'
import type { Runner, RunnerContext } from './runner.ts'
import { ServiceRunner } from './service-runner.ts'

export interface ServiceEntry {
  runner: Runner
  /** No longer defined; kept until its instance has ended. */
  removed: boolean
  /** Its definition wants another kind of runner: that takes over when this one is idle. Null: it does not. */
  next: ServiceDefinition | null
}

export interface RegistryOptions {
  /** What all runners share. */
  readonly context: Omit<RunnerContext, 'ownServiceName' | 'onChange'>
  readonly onServiceChange: (key: string) => void
  /** Services came, went or moved. */
  readonly onOrderChange: () => void
}

/** The services there are, in their order, each with its runner; and those whose instances outlive their definition. */
export class ServiceRegistry {
  readonly #entries = new Map<string, ServiceEntry>()
  readonly #options: RegistryOptions

  constructor(options: RegistryOptions) {
    this.#options = options
  }

  get(key: string): ServiceEntry | undefined {
    return this.#entries.get(key)
  }

  keys(): string[] {
    return [...this.#entries.keys()]
  }

  entries(): [string, ServiceEntry][] {
    return [...this.#entries]
  }

  /**
   * The services there are from now on, in this order. One that is gone is kept until its instance has ended.
   *
   * @returns the keys of those that are gone
   */
  setAll(definitions: readonly ServiceDefinition[]): string[] {
    const before = new Map(this.#entries)
    this.#entries.clear()
    for (const definition of definitions) {
      const known = before.get(definition.key)
      before.delete(definition.key)
      this.#entries.set(definition.key, known ?? this.#create(definition))
      if (known !== undefined) this.#redefine(known, definition)
    }
    for (const [key, entry] of before) {
      if (isIdle(entry.runner.state)) entry.runner.dispose()
      else this.#keepRemoved(key, entry)
    }
    this.#options.onOrderChange()
    for (const key of this.#entries.keys()) this.#options.onServiceChange(key)
    return [...before.keys()]
  }

  /** Adds one service, or gives it another definition. */
  setOne(definition: ServiceDefinition): void {
    const { key } = definition
    const known = this.#entries.get(key)
    if (known !== undefined) {
      this.#redefine(known, definition)
      return
    }
    this.#entries.set(key, this.#create(definition))
    this.#options.onOrderChange()
    this.#options.onServiceChange(key)
  }

  /**
   * The runner that takes over a process of ours. An instance whose service is in no file any more, or is controlled in
   * another way by now, is still ours to show and to stop. Null for a key that is none.
   */
  processRunner(key: string, command: readonly string[]): ServiceRunner | null {
    const known = this.#entries.get(key)
    if (known?.runner instanceof ServiceRunner) return known.runner
    const definition = adHocDefinition(key, command[0] ?? key, {})
    if ('failure' in definition) return null
    const runner = new ServiceRunner(withoutRestart(definition.service), this.#contextOf(key))
    known?.runner.dispose()
    this.#entries.set(key, { runner, removed: known === undefined, next: known?.runner.service ?? null })
    this.#options.onOrderChange()
    return runner
  }

  /** Those that run, are on their way, or will come by themselves. */
  active(): Map<string, Runner> {
    const active = [...this.#entries].filter(([, { runner }]) => !isIdle(runner.state))
    return new Map(active.map(([key, { runner }]) => [key, runner]))
  }

  dependencies(): DependencyGraph {
    return new Map([...this.#entries].map(([key, { runner }]) => [key, runner.service.after.map((other) => other.key)]))
  }

  /** Pid of each instance, by key; without those that are not known. */
  runningPids(): Map<string, number> {
    const pids = new Map<string, number>()
    for (const [key, { runner }] of this.#entries) {
      const pid = runner.run?.instance.pid ?? null
      if (pid !== null) pids.set(key, pid)
    }
    return pids
  }

  /** Our running service that a process belongs to, if any. */
  ownerOf(pid: number): Promise<RunningService | null> {
    return findOwner(pid, this.#running())
  }

  /** Ports of services that do not run, where somebody else's server would be external. */
  idlePorts(): Set<number> {
    const ports = new Set<number>()
    for (const { runner } of this.#entries.values()) {
      const { state, service } = runner
      const isWatched = state.status === 'stopped' || state.status === 'external'
      if (isWatched && service.port !== null) ports.add(service.port)
    }
    return ports
  }

  /** Tells each service who holds its port, out of `ports`. Our own services are not strangers to each other. */
  async tellHolders(holders: ReadonlyMap<number, PortHolder>, ports: ReadonlySet<number>): Promise<void> {
    for (const { runner } of [...this.#entries.values()]) {
      const { port } = runner.service
      if (port === null || !ports.has(port)) continue
      const holder = holders.get(port) ?? null
      const { state } = runner
      const isKnown = state.status === 'external' && state.holder.pid === holder?.pid
      const isOurs = !isKnown && holder?.pid != null && (await this.ownerOf(holder.pid)) !== null
      runner.post({ type: 'port-watched', holder: isOurs ? null : holder })
    }
  }

  /** Instances go on. */
  dispose(): void {
    for (const { runner } of this.#entries.values()) runner.dispose()
  }

  #create(definition: ServiceDefinition): ServiceEntry {
    return { runner: this.#createRunner(definition), removed: false, next: null }
  }

  #createRunner(definition: ServiceDefinition): Runner {
    const context = this.#contextOf(definition.key)
    return definition.control === undefined
      ? new ServiceRunner(definition, context)
      : new CommandRunner(definition, context)
  }

  #contextOf(key: string): RunnerContext {
    return {
      ...this.#options.context,
      ownServiceName: async (pid) => (await this.ownerOf(pid))?.name ?? null,
      onChange: () => this.#onRunnerChange(key),
    }
  }

  #redefine(entry: ServiceEntry, definition: ServiceDefinition): void {
    const { runner } = entry
    const isSameKind = (runner.service.control === undefined) === (definition.control === undefined)
    entry.removed = false
    entry.next = null
    if (isSameKind) runner.redefine(definition)
    else if (isIdle(runner.state)) this.#replaceRunner(entry, definition)
    else {
      entry.next = definition
      runner.redefine(withoutRestart(runner.service))
    }
  }

  #replaceRunner(entry: ServiceEntry, definition: ServiceDefinition): void {
    entry.runner.dispose()
    entry.runner = this.#createRunner(definition)
    entry.next = null
  }

  /** Its instance goes on until it ends or is stopped, and is not started again. */
  #keepRemoved(key: string, { runner }: ServiceEntry): void {
    this.#entries.set(key, { runner, removed: true, next: null })
    runner.redefine(withoutRestart(runner.service))
    if (runner.state.status === 'backoff') void runner.stop(false)
  }

  #onRunnerChange(key: string): void {
    const entry = this.#entries.get(key)
    if (entry?.removed === true && isIdle(entry.runner.state)) {
      this.#entries.delete(key)
      entry.runner.dispose()
      this.#options.onOrderChange()
    } else if (entry?.next != null && isIdle(entry.runner.state)) this.#replaceRunner(entry, entry.next)
    this.#options.onServiceChange(key)
  }

  #running(): RunningService[] {
    const running: RunningService[] = []
    for (const [key, { runner }] of this.#entries) {
      if (runner.run !== null) running.push({ key, name: runner.service.name, run: runner.run })
    }
    return running
  }
}

function withoutRestart(service: ServiceDefinition): ServiceDefinition {
  return { ...service, restart: { ...service.restart, policy: 'no' } }
}
