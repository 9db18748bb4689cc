import { isIdle } from '../core/decision-parts.ts'
import { stopTimes } from '../core/dependencies.ts'
import type { Failure } from '../core/failure.ts'
import { defaultLogLimits, type ServiceDefinition } from '../core/service-config.ts'
import type { Answer, ServiceState } from '../core/state.ts'
import type { LogStream } from '../logs/log-files.ts'
import { ServiceLogs } from '../logs/service-logs.ts'
import { readLastLines } from '../logs/tail.ts'
import { getLogDir, getRunDir } from '../os/directories.ts'
import { RunRecordStore } from '../os/run-records.ts'
import { adHocDefinition, type StartArguments } from './ad-hoc-definition.ts'
import { adoptRuns } from './adopt-runs.ts'
import { Attention } from './attention.ts'
import { DependencyStarter } from './dependency-starter.ts'
import { DirectoryLock } from './directory-lock.ts'
import { watchDisks } from './disk-watcher.ts'
import { stopExternalServer } from './external-server.ts'
import { combineOutcomes, type Outcome, refusal, toOutcome } from './outcome.ts'
import { type PortWatch, watchPorts } from './port-watcher.ts'
import { type ProcessInfo, type ProcessSummary, processInfo, processSummary } from './process-info.ts'
import { type ProgramResolverOptions, programResolver } from './program-resolver.ts'
import { type ServiceEntry, ServiceRegistry } from './service-registry.ts'
import { noSecrets, type SecretsOf } from './service-secrets.ts'
import { snapshotOf } from './service-snapshot.ts'
import { type ManagerPatch, type ManagerSnapshot, SnapshotFeed } from './snapshot-feed.ts'
import { stopInOrder } from './stop-in-order.ts'
import { startSampling, type Usage } from './usage-sampler.ts'

export interface ProcessManagerOptions extends ProgramResolverOptions {
  /** Default: `getRunDir()`. */
  readonly runDir?: string
  /** Default: `getLogDir()`. */
  readonly logDir?: string
  /** Looks up secrets that services name. Default: there are none, so that such a service is not started. */
  readonly secretsOf?: SecretsOf
  /** Told what is worth knowing but stops nothing, e.g. a corrupt record. */
  readonly warn?: (message: string) => void
}

/** Not what waits for its restart anyway. A start follows a stop, such as that of what an earlier life left behind. */
const startsOnRequest = (state: ServiceState) => isIdle(state) || state.status === 'stopping'
const USAGE_INTERVAL_MS = 2_000

let instance: ProcessManager | undefined

/**
 * Starts, stops and watches services (docs/process-api.md). It runs without Electron. One service's life is the business
 * of its runner; this class holds the runners, finds what an earlier life of the app left running, and answers questions.
 */
export class ProcessManager {
  readonly #services: ServiceRegistry
  readonly #lock: DirectoryLock
  readonly #records: RunRecordStore
  readonly #directories: readonly [string, string]
  readonly logs: ServiceLogs
  readonly #feed: SnapshotFeed
  readonly #starter: DependencyStarter
  readonly #attention = new Attention()
  readonly #warn: (message: string) => void
  #portWatch: PortWatch | null = null
  #stopWatchingDisks: () => void = () => undefined
  /** While it is not known yet what an earlier life of the app left running; requests wait for it. */
  #recovering: Promise<unknown> | null = null

  constructor(options: ProcessManagerOptions = {}) {
    const runDir = options.runDir ?? getRunDir()
    const logDir = options.logDir ?? getLogDir()
    this.#directories = [logDir, runDir]
    this.#records = new RunRecordStore(runDir)
    this.#warn = options.warn ?? (() => undefined)
    this.logs = new ServiceLogs({
      directory: logDir,
      limitsOf: (key) => this.#services.get(key)?.runner.service.log ?? defaultLogLimits,
      quiesceOf: (key) => this.#services.get(key)?.runner.quiesce ?? null,
      warn: this.#warn,
    })
    this.#lock = new DirectoryLock(runDir, this.#warn)
    this.#services = new ServiceRegistry({
      context: {
        records: this.#records,
        logs: this.logs,
        warn: this.#warn,
        resolveProgram: programResolver(options),
        secretsOf: options.secretsOf ?? noSecrets,
        attention: this.#attention,
      },
      onServiceChange: (key) => {
        this.#starter.changed(key)
        this.#feed.serviceChanged(key)
        this.#portWatch?.wake()
      },
      onOrderChange: () => this.#feed.orderChanged(),
    })
    this.#feed = new SnapshotFeed({
      keys: () => this.#services.keys(),
      snapshot: (key) => {
        const entry = this.#services.get(key)
        return entry === undefined ? null : snapshotOf(entry.runner, entry.removed, this.#starter.held(key))
      },
    })
    this.#starter = new DependencyStarter({
      find: (key) => {
        const entry = this.#services.get(key)
        return entry === undefined || entry.removed ? null : entry.runner
      },
      graph: () => this.#services.dependencies(),
      start: (key, checkPort) => this.#startAlone(key, checkPort),
      onChange: (key) => this.#feed.serviceChanged(key),
    })
  }

  /** The one manager of this app, in the directories of `getRunDir()` and `getLogDir()`; made at the first call. */
  static getInstance(options: ProcessManagerOptions = {}): ProcessManager {
    instance ??= new ProcessManager(options)
    return instance
  }

  /**
   * The services there are from now on, in this order. A changed definition counts from the service's next start on; one
   * that is gone is kept until its instance has ended.
   */
  setServices(definitions: readonly ServiceDefinition[]): void {
    for (const key of this.#services.setAll(definitions)) {
      this.#starter.cancel(key)
      this.#starter.changed(key)
    }
  }

  /**
   * Takes over what an earlier life of this app left running, begins to end what crashed instances left behind, and to
   * watch the ports of services that do not run. Call once, after `setServices`. Requests that come meanwhile wait.
   *
   * @returns the keys of the services that ran when the machine went down, if it was booted since
   * @throws ProcessError `already-managed` if another process manages the same directory; then every request is refused
   */
  async recover(): Promise<readonly string[]> {
    const recovery = this.#recoverAll()
    // Requests that wait are not to blame if it fails.
    this.#recovering = recovery.catch(() => undefined)
    let ranBeforeReboot: readonly string[]
    try {
      ranBeforeReboot = await recovery
    } finally {
      this.#recovering = null
    }
    this.#stopWatchingDisks = watchDisks(this.#directories, this.#warn)
    this.#portWatch = watchPorts(
      () => this.#services.idlePorts(),
      (holders, ports) => this.#services.tellHolders(holders, ports),
    )
    return ranBeforeReboot
  }

  async #recoverAll(): Promise<readonly string[]> {
    await this.#lock.acquire()
    await this.logs.recover()
    const ranBeforeReboot = await adoptRuns(this.#services, this.#records, this.#warn)
    // One after the other: two services of the same server must not both take it.
    for (const [, { runner }] of this.#services.entries()) await runner.takeOver()
    this.logs.tendAll()
    return ranBeforeReboot
  }

  /** Starts a defined service. Settles when it runs (its health follows later) or could not be started. */
  async start(key: string, { checkPort = true }: { readonly checkPort?: boolean } = {}): Promise<Outcome> {
    return this.#request(key, async (entry) =>
      entry.removed ? removedService(entry) : toOutcome(await this.#starter.start(key, checkPort)),
    )
  }

  /** Stops a service's whole process tree. Idempotent; cancels a start under way; settles when nothing is left. */
  async stopProcess(key: string, { force = false }: { readonly force?: boolean } = {}): Promise<Outcome> {
    return this.#request(key, async ({ runner }) => {
      if (this.#starter.cancel(key) && isIdle(runner.state)) {
        return { success: true, message: `${runner.service.name} will not be started.` }
      }
      return toOutcome(await runner.stop(force))
    })
  }

  /** Ends the foreign server on a service's port. Only after the person was shown `pid` and said so. */
  async stopExternal(key: string, pid: number): Promise<Outcome> {
    return this.#request(key, ({ runner }) => stopExternalServer(runner, pid))
  }

  /** As `start`, with another definition than the service's own until it is idle again. */
  async startAs(definition: ServiceDefinition): Promise<Outcome> {
    return this.#request(definition.key, async ({ runner }) => toOutcome(await runner.startAs(definition)))
  }

  /** Stops a service if it runs, and starts it. */
  async restart(key: string): Promise<Outcome> {
    return this.#request(key, async (entry) =>
      entry.removed ? removedService(entry) : toOutcome(await this.#restart(key, entry)),
    )
  }

  /** Starts all services that do not run; with `onlyAutoStart`, those that are to start with the app. */
  async startAll({ onlyAutoStart = false }: { readonly onlyAutoStart?: boolean } = {}): Promise<Outcome> {
    if (this.#recovering !== null) await this.#recovering
    if (this.#lock.refusal !== null) return refusal(this.#lock.refusal)
    const wanted = this.#services
      .entries()
      .filter(
        ([, { runner, removed }]) =>
          !removed && startsOnRequest(runner.state) && (!onlyAutoStart || runner.service.autoStart),
      )
    const answers = await Promise.all(wanted.map(([key]) => this.#starter.start(key, true)))
    return combineOutcomes(answers.map(toOutcome), 'There is nothing to start.')
  }

  /**
   * Stops all services of this app: each once those that were started after it have stopped, all others at the same time.
   * External servers are left alone.
   */
  async stopAll({ force = false }: { readonly force?: boolean } = {}): Promise<Outcome> {
    if (this.#recovering !== null) await this.#recovering
    this.#starter.cancelAll()
    const answers = await stopInOrder(this.#services.active(), this.#services.dependencies(), force)
    return combineOutcomes(answers.map(toOutcome), 'There is nothing to stop.')
  }

  /**
   * Defines and starts a program in one step, without services.json.
   *
   * @param instanceKey `<server>:<name>`
   * @param binName a name looked up in PATH, or an absolute path
   * @param options.checkPort refuse a taken port and say who holds it; default true
   */
  async startProcess(
    instanceKey: string,
    binName: string,
    args: StartArguments = {},
    options: { readonly checkPort?: boolean } = {},
  ): Promise<Outcome> {
    const definition = adHocDefinition(instanceKey, binName, args)
    if ('failure' in definition) return refusal(definition.failure)
    this.#services.setOne(definition.service)
    return this.start(instanceKey, options)
  }

  isProcessRunning(key: string): boolean {
    return this.#services.get(key)?.runner.run != null
  }

  /** Null if there is no such service. */
  getProcessInfo(key: string): ProcessInfo | null {
    const runner = this.#services.get(key)?.runner
    return runner === undefined ? null : processInfo(runner, this.#starter.held(key))
  }

  /** Per key, for every service there is. */
  listAllProcesses(): Record<string, ProcessSummary> {
    return Object.fromEntries(this.#services.entries().map(([key, { runner }]) => [key, processSummary(runner)]))
  }

  /** The running service that a process belongs to: its own process, or one that it started. Null: none. */
  async serviceOfProcess(pid: number): Promise<{ readonly key: string; readonly name: string } | null> {
    const owner = await this.#services.ownerOf(pid)
    return owner === null ? null : { key: owner.key, name: owner.name }
  }

  /** The last lines of one stream, oldest first, of all runs so far. Empty if nothing was ever printed. */
  getProcessOutput(
    key: string,
    { lines = 100, stream = 'stdout' }: { readonly lines?: number; readonly stream?: LogStream } = {},
  ): Promise<string[]> {
    return readLastLines(this.logs.bytes(key, stream), lines)
  }

  /**
   * Removes all that a service has printed so far, archives too. A running one goes on printing.
   *
   * @throws the file system's error
   */
  clearLog(key: string): Promise<void> {
    return this.logs.clear(key)
  }

  /** Snapshot and subscription as one step; patches are numbered without gaps. */
  subscribe(listener: (patch: ManagerPatch) => void): { snapshot: ManagerSnapshot; unsubscribe: () => void } {
    return this.#feed.subscribe(listener)
  }

  snapshot(): ManagerSnapshot {
    return this.#feed.current()
  }

  /** Somebody has the services before them: they are probed at once, and more often from now on. @returns ends it */
  attend(): () => void {
    return this.#attention.attend()
  }

  /** CPU and memory of every running service, every two seconds, until the returned function is called. */
  watchUsage(onSample: (usage: Record<string, Usage>) => void): () => void {
    return startSampling(() => this.#services.runningPids(), USAGE_INTERVAL_MS, onSample)
  }

  /** How long the grace periods may last when all are stopped, for each service that is not idle, in seconds. */
  graceSeconds(): number[] {
    const seconds = [...this.#services.active()].map(([key, { stopSeconds }]) => [key, stopSeconds] as const)
    return [...stopTimes(new Map(seconds), this.#services.dependencies()).values()]
  }

  /** Lets go of everything. Instances go on and can be adopted by a later life of the app. */
  dispose(): void {
    this.#portWatch?.end()
    this.#stopWatchingDisks()
    this.#records.dispose()
    this.#starter.cancelAll()
    this.#services.dispose()
    void this.logs.dispose()
    this.#lock.release()
    if (instance === this) instance = undefined
  }

  /** Every request for one service comes through here: it waits for the recovery, and needs the directory and a service. */
  async #request(key: string, work: (entry: ServiceEntry) => Promise<Outcome>): Promise<Outcome> {
    if (this.#recovering !== null) await this.#recovering
    if (this.#lock.refusal !== null) return refusal(this.#lock.refusal)
    const entry = this.#services.get(key)
    return entry === undefined ? refusal(gone(key)) : work(entry)
  }

  async #startAlone(key: string, checkPort: boolean): Promise<Answer> {
    const entry = this.#services.get(key)
    return entry === undefined || entry.removed ? { ok: false, failure: gone(key) } : entry.runner.start(checkPort)
  }

  /** What runs is replaced, and has what it depends on; anything else is started. */
  async #restart(key: string, { runner, next }: ServiceEntry): Promise<Answer> {
    if (runner.state.status !== 'running') return this.#starter.start(key, true)
    if (next === null) return runner.restart()
    // The new kind of runner starts it.
    const stopped = await runner.stop(false)
    return stopped.ok ? this.#starter.start(key, true) : stopped
  }
}

function removedService({ runner }: ServiceEntry): Outcome {
  const message = `${runner.service.name} is no longer defined.`
  return refusal({ code: 'removed', message, hint: 'Add it to services.json again to start it.' })
}

function gone(key: string): Failure {
  const message = `There is no service "${key}".`
  return { code: 'unknown-service', message, hint: 'Check its key in services.json.' }
}
