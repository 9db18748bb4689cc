import { randomBytes } from 'node:crypto'
import { judgeEnd, sightingOf } from '../core/command-control.ts'
import { isIdle } from '../core/decision-parts.ts'
import type { Exit } from '../core/exit.ts'
import type { Failure } from '../core/failure.ts'
import type { ProbeResult } from '../core/health.ts'
import { redactCommand } from '../core/redact.ts'
import type { Answer, ServiceState } from '../core/state.ts'
import { NotNowError, type Quiesce } from '../logs/store/rotate-stream.ts'
import { ControlledServer, type ControlledService, isControlled } from './controlled-server.ts'
import { MailboxRunner, unexpectedRefusal } from './mailbox-runner.ts'
import type { RunView } from './runner.ts'
import { type StartedServer, startByCommand } from './start-by-command.ts'
import { stopByCommand, stopByCommandSeconds } from './stop-by-command.ts'

interface ControlledRun extends RunView {
  /** As it was started: its commands, and where it listens. */
  readonly service: ControlledService
}

/**
 * Runs a service by commands (DESIGN.md, D9), for a server that is not this app's own process. It has no record on disk: who
 * is at its port says whether it runs. Nothing of the server is ever signalled; the commands are this app's children.
 */
export class CommandRunner extends MailboxRunner {
  readonly #server = new ControlledServer(this.context)
  #run: ControlledRun | null = null
  /** Whether it was seen to answer in this run. */
  #wasReady = false
  /** The run that was found to have ended. */
  #endedRunId: string | null = null
  #launching: AbortController | null = null
  /** Ends the waiting of the stop under way. */
  #hurry: AbortController | null = null
  /** How often the status contradicted the dead port, in a row. */
  #doubts = 0
  #isVerifying = false
  /** Ends questions that nobody waits for. */
  readonly #life = new AbortController()

  override get run(): RunView | null {
    return this.#run
  }

  /** A server that inherited the open logs from its start command cannot be made to stand still, so it is not renamed away. */
  override get quiesce(): Quiesce | null {
    if (this.#run === null && isIdle(this.state) && !this.#server.isLogging) return null
    return async (work) => {
      if (this.#server.isLogging) throw new NotNowError('a command of the service is printing')
      return work()
    }
  }

  override get stopSeconds(): number {
    return stopByCommandSeconds(this.service)
  }

  /** Stops the server also where it is not known to run: it may have been started elsewhere a moment ago. */
  override async stop(force: boolean): Promise<Answer> {
    await this.takeOver()
    return super.stop(force)
  }

  override takeOver(): Promise<void> {
    return this.#told(this.#takeOver())
  }

  async #takeOver(): Promise<void> {
    const service = this.#controlled()
    if (service === null || !isIdle(this.state)) return
    if (!(await this.#server.isHere(service, this.#life.signal))) return
    const pid = await this.#server.holder(service.port)
    const own = pid === null ? null : await this.context.ownServiceName(pid)
    if (own !== null || this.isDisposed || this.#run !== null || !isIdle(this.state)) return
    const runId = randomBytes(16).toString('hex')
    const { instance } = this.#begin(runId, service, { origin: 'adopted', pid }, Date.now())
    if (pid !== null) this.context.logs.keeper.runAdopted(service.key, pid)
    this.post({ type: 'adopted', instance })
  }

  /** Anything but an answer that certainly is another program's. */
  override async mayBeUntouchable(): Promise<boolean> {
    return (await this.#server.look(this.service)) !== 'other'
  }

  /** A start or stop command under way goes on. */
  override dispose(): void {
    super.dispose()
    this.#life.abort()
  }

  protected override launch(runId: string, checkPort: boolean): void {
    void this.#launch(runId, checkPort)
  }

  protected override cancelLaunch(): void {
    this.#launching?.abort()
  }

  /** There is nothing to force: it makes who waits wait no longer. */
  protected override endRun(runId: string, force: boolean): void {
    if (this.#hurry === null) void this.#end(runId)
    else if (force) this.#hurry.abort()
  }

  protected override probed(runId: string, result: ProbeResult): void {
    const wasOk = isOk(this.state)
    super.probed(runId, result)
    const { state } = this
    // Somebody started it elsewhere.
    if (state.status === 'external' && sightingOf(result) === 'itself') void this.takeOver()
    if (state.status !== 'running' || state.instance.runId !== runId) return
    this.#wasReady ||= isOk(state)
    if (!wasOk && isOk(state)) void this.#told(this.#findHolder(runId))
    const isSilent = result.outcome === 'unreachable' || result.outcome === 'failed'
    if (!isSilent) this.#doubts = 0
    else if (state.health.health === 'failing') void this.#told(this.#verify(runId))
  }

  /** A system that cannot be asked is told, and changes nothing. */
  async #told(work: Promise<void>): Promise<void> {
    try {
      await work
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      this.context.warn(`${this.service.name} could not be looked after: ${reason}`)
    }
  }

  #controlled(): ControlledService | null {
    const { service } = this
    return isControlled(service) ? service : null
  }

  async #launch(runId: string, checkPort: boolean): Promise<void> {
    const service = this.#controlled()
    if (service === null) {
      this.post({ type: 'launch-failed', runId, ...unexpectedRefusal('it has no port') })
      return
    }
    const abort = new AbortController()
    this.#launching = abort
    const startedAt = Date.now()
    const started: StartedServer = await startByCommand(
      { service, checkPort, signal: abort.signal, letGo: this.#life.signal },
      this.#server,
      this.context,
    ).catch(unexpectedRefusal)
    this.#launching = null
    if (!started.ok) {
      this.post({ type: 'launch-failed', runId, failure: started.failure, holder: started.holder })
      return
    }
    const { instance } = this.#begin(runId, service, started, startedAt)
    const { keeper } = this.context.logs
    const { pid, origin, command } = started
    if (origin === 'spawned') keeper.runStarted(service.key, pid ?? command.pid, startedAt, command.logOffsets)
    else if (pid !== null) keeper.runAdopted(service.key, pid)
    this.post({ type: 'launched', instance })
  }

  #begin(
    runId: string,
    service: ControlledService,
    { origin, pid }: Pick<RunView['instance'], 'origin' | 'pid'>,
    startedAt: number,
  ): ControlledRun {
    const { host, port, binName, control } = service
    const run = {
      instance: { runId, pid, startedAt, origin },
      command: redactCommand([binName, ...control.start]),
      address: { host, port },
      service,
    }
    this.#run = run
    this.#doubts = 0
    this.#wasReady = origin === 'adopted'
    return run
  }

  /** The service as it was started, with what may have been changed since: its program, variables, probe and times. */
  #inEffect(run: ControlledRun): ControlledService {
    const { host, port, control } = run.service
    return { ...this.service, host, port, control }
  }

  /** For people and for usage. It may have changed if the server was away. */
  async #findHolder(runId: string): Promise<void> {
    const run = this.#run
    if (run === null) return
    const pid = await this.#server.holder(run.service.port)
    if (this.isDisposed || this.#run !== run || run.instance.runId !== runId || pid === run.instance.pid) return
    this.#run = { ...run, instance: { ...run.instance, pid } }
    this.context.onChange()
  }

  /** A running server does not answer any more: whether it has ended. The status is asked at most once per probe. */
  async #verify(runId: string): Promise<void> {
    const run = this.#run
    if (run === null || this.#isVerifying) return
    this.#isVerifying = true
    try {
      const service = this.#inEffect(run)
      if ((await this.#server.look(service, this.#life.signal)) !== 'nobody') return
      const status = await this.#server.askStatus(service, this.#life.signal)
      if (this.isDisposed || this.state.status !== 'running' || this.state.instance.runId !== runId) return
      const verdict = judgeEnd(status, service.port, this.#doubts)
      this.#doubts += 1
      if (verdict !== 'in-doubt')
        this.#markEnded(runId, { code: verdict === 'stopped' ? 0 : null, signal: null, at: Date.now() })
    } finally {
      this.#isVerifying = false
    }
  }

  #markEnded(runId: string, exit: Exit): void {
    this.#endedRunId = runId
    const reason = exit.code === 0 ? 'stopped elsewhere' : 'gone, nobody saw why'
    this.context.logs.keeper.runEnded(this.service.key, exit.at, reason)
    this.post({ type: 'exited', runId, exit })
  }

  async #end(runId: string): Promise<void> {
    const run = this.#run
    if (run === null) return
    const hurry = new AbortController()
    this.#hurry = hurry
    const failure = this.#endedRunId === runId ? null : await this.#stop(run, hurry.signal)
    this.#run = null
    this.#hurry = null
    this.post(
      failure === null
        ? { type: 'tree-ended', runId, survivors: null }
        : { type: 'tree-ended', runId, survivors: 'its server', failure },
    )
  }

  async #stop(run: ControlledRun, hurry: AbortSignal): Promise<Failure | null> {
    const service = this.#inEffect(run)
    const request = { service, wasReady: this.#wasReady, hurry }
    const failure = await stopByCommand(request, this.#server).catch(unexpectedStop)
    if (failure === null && !this.isDisposed) {
      const { state } = this
      const isReplaced = state.status === 'stopping' && state.after.kind === 'replace'
      const reason = isReplaced ? 'ended because its health probe failed' : 'stopped'
      this.context.logs.keeper.runEnded(service.key, Date.now(), reason)
    }
    return failure
  }
}

function isOk(state: ServiceState): boolean {
  return state.status === 'running' && state.health.health === 'ok'
}

function unexpectedStop(error: unknown): Failure {
  const message = `It could not be stopped: ${error instanceof Error ? error.message : String(error)}`
  return { code: 'survived', message, hint: '' }
}
