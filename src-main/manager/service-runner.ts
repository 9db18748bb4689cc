import { isIdle } from '../core/decision-parts.ts'
import type { Exit } from '../core/exit.ts'
import type { ServiceState } from '../core/state.ts'
import type { Quiesce } from '../logs/store/rotate-stream.ts'
import { describeSurvivors, stopTree } from '../os/stop-tree.ts'
import { adoptRun } from './adopt.ts'
import { EndMark } from './end-mark.ts'
import { waitForSuccessor } from './follow.ts'
import { launch } from './launch.ts'
import { LogScan } from './log-scan.ts'
import { MailboxRunner, unexpectedRefusal } from './mailbox-runner.ts'
import { politeStop } from './polite-stop.ts'
import { readLastWords } from './read-last-words.ts'
import type { Run } from './run.ts'
import { quiesceRun, treeOptions } from './run-tree.ts'

/** Runs a service as a process tree of this app's own. It owns every disposable of the current run. */
export class ServiceRunner extends MailboxRunner {
  #run: Run | null = null
  readonly #endMark = new EndMark(this.context.logs.keeper, this.service.key)
  #launching: AbortController | null = null
  /** Ends the grace period of the stop under way. */
  #hurry: AbortController | null = null

  override get run(): Run | null {
    return this.#run
  }

  override get quiesce(): Quiesce | null {
    const run = this.#run
    if (run === null && isIdle(this.state)) return null
    const isSteady = () => run !== null && this.#run === run && this.state.status === 'running'
    return quiesceRun(run, isSteady)
  }

  override get stopSeconds(): number {
    return this.service.graceSeconds
  }

  /** Takes over a run that is alive. Only while there is no other. */
  adopt(run: Run): void {
    this.#run = run
    this.context.logs.keeper.runAdopted(this.service.key, run.identity.pid)
    this.post({ type: 'adopted', instance: run.instance })
    this.#watchExit(run)
  }

  override async takeOver(): Promise<void> {
    // What it started has a record, and is adopted by that.
  }

  override async mayBeUntouchable(): Promise<boolean> {
    return false
  }

  override dispose(): void {
    super.dispose()
    this.#launching?.abort()
    this.#run?.unwatch()
    this.#endMark.write()
  }

  protected override decided(before: ServiceState, after: ServiceState): void {
    // Before anything is signalled: a person's stop outlives this app too.
    if (isForGood(after) && !isForGood(before)) this.context.records.markStopping(this.service.key)
  }

  protected override launch(runId: string, checkPort: boolean): void {
    void this.#launch(runId, checkPort)
  }

  protected override cancelLaunch(): void {
    this.#launching?.abort()
  }

  protected override endRun(runId: string, force: boolean): void {
    if (this.#hurry === null) void this.#endTree(runId, force)
    else if (force) this.#hurry.abort()
  }

  protected override scanLog(): LogScan | null {
    const offsets = this.#run?.logOffsets ?? null
    return offsets === null ? null : new LogScan(this.context.logs, this.service.key, offsets)
  }

  async #launch(runId: string, checkPort: boolean): Promise<void> {
    const abort = new AbortController()
    this.#launching = abort
    const request = { service: this.service, runId, checkPort, signal: abort.signal }
    const result = await launch(request, this.context).catch(unexpectedRefusal)
    this.#launching = null
    this.#endMark.write((result.ok ? result.run.logOffsets : null) ?? undefined)
    if (!result.ok) {
      this.post({ type: 'launch-failed', runId, failure: result.failure, holder: result.holder })
      return
    }
    const { run } = result
    this.#run = run
    const { keeper } = this.context.logs
    const begin = run.logOffsets ?? keeper.offsets(this.service.key)
    keeper.runStarted(this.service.key, run.identity.pid, run.instance.startedAt, begin)
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

  #markEnd(run: Run, exit: Exit): void {
    if (!this.isDisposed) this.#endMark.add(run, this.state, exit)
  }

  /** If the server has restarted itself under a new pid, the run goes on with that. */
  async #follow({ instance: { runId, startedAt }, command, address, logOffsets }: Run): Promise<boolean> {
    const { key, name, port, followsRestart, health } = this.serviceInEffect
    if (followsRestart !== true || port === null) return false
    const isRunning = () => !this.isDisposed && this.state.status === 'running' && this.state.instance.runId === runId
    const waitMs = health.startGraceSeconds * 1000
    const identity = await waitForSuccessor(runId, port, waitMs, isRunning).catch(() => null)
    if (identity === null || !isRunning()) return false
    const kept = { nonce: runId, startedAt, command, address, logOffsets: logOffsets ?? undefined }
    const next = adoptRun(kept, identity, 'followed')
    this.#run = next
    const { records, logs, warn } = this.context
    this.#endMark.write()
    logs.keeper.runStarted(key, identity.pid, Date.now(), logs.keeper.offsets(key))
    this.post({ type: 'moved', instance: next.instance })
    try {
      records.writeRecord({ ...kept, key, bootId: identity.bootId, identity })
    } catch (error) {
      warn(`The PID file of ${name} could not be written: ${String(error)}`)
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
        ...politeStop(this.serviceInEffect, this.context),
      })
      survivors = left.length === 0 ? null : describeSurvivors(left)
    } catch (error) {
      survivors = `something unknown (${error instanceof Error ? error.message : String(error)})`
    }
    await this.#releaseRun(run, survivors)
    this.#hurry = null
    this.post({ type: 'tree-ended', runId, survivors, lastWords })
    // Whoever was told of the end finds it marked.
    if (this.state.status !== 'starting') this.#endMark.write()
  }

  #lastWords({ logOffsets }: Run): readonly string[] {
    const after = this.state.status === 'stopping' ? this.state.after.kind : null
    if (after !== 'ask-policy' && after !== 'replace') return []
    return readLastWords(this.context.logs, this.service.key, logOffsets)
  }

  async #releaseRun(run: Run, survivors: string | null): Promise<void> {
    const seen = run.seenExit()
    run.unwatch()
    // The exit of our own child is known a moment after the process is gone; its code belongs to the stop.
    if (survivors === null && (seen !== null || run.instance.origin === 'spawned')) {
      const exit = seen ?? (await run.exited)
      if (seen !== null) this.#markEnd(run, seen)
      this.post({ type: 'exited', runId: run.instance.runId, exit })
    } else if (survivors === null) this.#markEnd(run, { code: null, signal: null, at: Date.now() })
    this.#run = null
    // What survived keeps its record, so that a later life of the app still knows it.
    if (survivors !== null) return
    const { records, warn } = this.context
    for (const { file, message } of records.remove(this.service.key)) warn(`${file}: ${message}`)
  }
}

/** Being stopped, with nothing to follow. Without an instance there is no record yet. */
function isForGood(state: ServiceState): boolean {
  return state.status === 'stopping' && state.instance !== null && state.after.kind === 'stay-stopped'
}
