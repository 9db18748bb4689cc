import { isIdle } from '../core/decision-parts.ts'
import type { DependencyGraph } from '../core/dependencies.ts'
import type { ServiceDefinition } from '../core/service-config.ts'
import type { PortHolder } from '../os/processes/process-table.ts'
import { adHocDefinition } from './ad-hoc-definition.ts'
import { findOwner, type RunningService } from './port-owner.ts'
import { type RunnerContext, ServiceRunner } from './service-runner.ts'

export interface ServiceEntry {
  readonly runner: ServiceRunner
  /** No longer defined; kept until its instance has ended. */
  removed: boolean
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
      if (known !== undefined) redefine(known, definition)
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
      redefine(known, definition)
      return
    }
    this.#entries.set(key, this.#create(definition))
    this.#options.onOrderChange()
    this.#options.onServiceChange(key)
  }

  /** An instance whose service is in no file any more is still ours to show and to stop. Null for a key that is none. */
  addRemoved(key: string, command: readonly string[]): ServiceEntry | null {
    const definition = adHocDefinition(key, command[0] ?? key, {})
    if ('failure' in definition) return null
    const entry = { ...this.#create(withoutRestart(definition.service)), removed: true }
    this.#entries.set(key, entry)
    this.#options.onOrderChange()
    return entry
  }

  /** Those that run, are on their way, or will come by themselves. */
  active(): Map<string, ServiceRunner> {
    const active = [...this.#entries].filter(([, { runner }]) => !isIdle(runner.state))
    return new Map(active.map(([key, { runner }]) => [key, runner]))
  }

  dependencies(): DependencyGraph {
    return new Map([...this.#entries].map(([key, { runner }]) => [key, runner.service.after.map((other) => other.key)]))
  }

  /** Pid of each instance, by key. */
  runningPids(): Map<string, number> {
    const pids = new Map<string, number>()
    for (const [key, { runner }] of this.#entries) {
      if (runner.run !== null) pids.set(key, runner.run.instance.pid)
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
    const { key } = definition
    const context: RunnerContext = {
      ...this.#options.context,
      ownServiceName: async (pid) => (await this.ownerOf(pid))?.name ?? null,
      onChange: () => this.#onRunnerChange(key),
    }
    return { runner: new ServiceRunner(definition, context), removed: false }
  }

  /** Its instance goes on until it ends or is stopped, and is not started again. */
  #keepRemoved(key: string, { runner }: ServiceEntry): void {
    this.#entries.set(key, { runner, removed: true })
    runner.redefine(withoutRestart(runner.service))
    if (runner.state.status === 'backoff') void runner.stop(false)
  }

  #onRunnerChange(key: string): void {
    const entry = this.#entries.get(key)
    if (entry?.removed === true && isIdle(entry.runner.state)) {
      this.#entries.delete(key)
      entry.runner.dispose()
      this.#options.onOrderChange()
    }
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

function redefine(entry: ServiceEntry, definition: ServiceDefinition): void {
  entry.removed = false
  entry.runner.redefine(definition)
}

function withoutRestart(service: ServiceDefinition): ServiceDefinition {
  return { ...service, restart: { ...service.restart, policy: 'no' } }
}
