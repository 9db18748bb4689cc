import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Outcome } from '../../src-main/manager/outcome.ts'
import { type ChaosService, keyOf, makeChaosService } from './behaviours.ts'
import type { Bystander } from './bystanders.ts'
import { checkFiles, checkService, type Look, type Question, readFiles } from './checks.ts'
import { Expectations } from './expectations.ts'
import { checkReports, type Forgery, forge } from './forgeries.ts'
import { whenToKill } from './kill-timing.ts'
import { Ledger } from './ledger.ts'
import { kill, type RunMember } from './machine.ts'
import { ManagerLink } from './manager-link.ts'
import type { Action, RoundPlan } from './plan.ts'
import { Random } from './random.ts'
import { emptyTally, type Tally } from './tally.ts'
import type { World } from './world.ts'

/** A fresh home directory now and then keeps the logs short and a replay quick. */
export const ROUNDS_PER_HOME = 25
const BYSTANDERS = 3
const POLL_MS = 15

export class Violation extends Error {
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.problems = problems
  }
}

/** One home directory with its manager, services and bystanders, through several rounds. */
export class Home {
  readonly directory: string
  readonly tally: Tally = { ...emptyTally }
  /** What happened in this round. */
  log: string[] = []
  readonly #services: ChaosService[]
  readonly #world: World
  readonly #removed = new Set<number>()
  readonly #promises: Expectations
  readonly #ledger: Ledger
  readonly #bystanders: Bystander[] = []
  #manager: ManagerLink
  #standby: ManagerLink
  #roundStartedAt = 0

  constructor(folder: string, random: Random, services: number, world: World) {
    this.directory = realpathSync(mkdtempSync(join(folder, 'agentos-chaos-')))
    for (const folder of ['run', 'log', 'written', 'present']) mkdirSync(join(this.directory, folder))
    this.#world = world
    this.#services = Array.from({ length: services }, (_, index) => makeChaosService(index, world, random))
    this.#promises = new Expectations(services)
    this.#ledger = new Ledger(this.directory)
    this.#manager = new ManagerLink(this.directory)
    this.#standby = new ManagerLink(this.directory)
  }

  /** Starts all services and the bystanders. */
  async open(): Promise<void> {
    const names = Array.from({ length: BYSTANDERS }, (_, n) => String(n))
    this.#bystanders.push(...(await Promise.all(names.map((name) => this.#world.startBystander(this.directory, name)))))
    this.#begin()
    await this.#recover(this.#manager)
    await Promise.all(this.#services.map((_, index) => this.#ask({ atMs: 0, kind: 'start', index })))
    await this.#settle(new Map(), true)
  }

  /** Actions, the kill, the recovery, and the comparison of everything. @throws Violation */
  async round(round: number, plan: RoundPlan, random: Random): Promise<void> {
    this.#begin()
    this.tally.rounds += 1
    const killed = whenToKill(plan, join(this.directory, 'run'), (text) => this.#note(text))
    const dying = new AbortController()
    void this.#act(plan.actions, random, dying.signal)
    await killed
    dying.abort()
    this.#note(`manager ${this.#manager.pid} is killed`)
    await this.#kill(this.#manager)
    const roots = await this.#untouchedRoots()
    if (plan.leaveAlone) await this.#seePrinting(roots)
    const forgeries = plan.forge ? this.#forge(round) : []
    this.#manager = this.#standby
    this.#standby = new ManagerLink(this.directory)
    if (plan.killAgainMs !== null) await this.#killWhileRecovering(plan.killAgainMs)
    await this.#recover(this.#manager, plan.startsWhileRecovering)
    await this.#settle(roots, false)
    if (plan.killAgainMs === null) this.#refuse(checkReports(forgeries, this.#manager.warnings))
  }

  /** Everything at rest, stopped and gone. @throws Violation */
  async finish(): Promise<void> {
    this.#begin()
    await this.#settle(new Map(), true)
    const outcome = await this.#manager.call('stopAll', {})
    this.#note(`all stopped: ${outcome?.message}`)
    if (outcome?.success !== true) throw new Violation([`not all could be stopped: ${outcome?.message}`])
    for (const index of this.#services.keys()) {
      this.#promises.asked(index)
      this.#promises.answered(index, 'stop', outcome)
    }
    await delay(this.#world.unseenMs)
    await this.#settle(new Map(), true)
    this.abandon()
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
  }

  /** Ends everything that was started. The directory stays. */
  abandon(): void {
    this.tally.lines = this.#ledger.lines
    this.tally.archives = countArchives(join(this.directory, 'log'))
    void this.#manager.kill()
    void this.#standby.kill()
    for (const bystander of this.#bystanders) bystander.end()
    this.#world.endAll(this.directory)
  }

  #begin(): void {
    this.log = []
    this.#roundStartedAt = performance.now()
    this.#promises.nextRound()
  }

  #note(text: string): void {
    this.log.push(`${(performance.now() - this.#roundStartedAt).toFixed(1).padStart(8)} ms  ${text}`)
  }

  async #kill(manager: ManagerLink): Promise<void> {
    if (manager.hasFailed) throw new Violation([`manager ${manager.pid} ended by itself`])
    this.tally.kills += 1
    await manager.kill()
  }

  async #act(actions: readonly Action[], random: Random, dying: AbortSignal): Promise<void> {
    const begin = performance.now()
    for (const action of actions) {
      const left = action.atMs - (performance.now() - begin)
      if (left > 0) await delay(left)
      if (dying.aborted) return
      void this.#ask(action, random)
    }
  }

  async #ask(action: Action, random?: Random): Promise<void> {
    const { kind, index } = action
    const key = keyOf(index)
    this.tally.actions += 1
    this.#note(`${kind} n${index} (${this.#services[index]?.behaviour})`)
    switch (kind) {
      case 'start':
        return this.#promise(action, this.#manager.call('start', key))
      case 'restart':
        return this.#promise(action, this.#manager.call('restart', key))
      case 'stop':
      case 'force-stop':
        return this.#promise(action, this.#manager.call('stopProcess', key, { force: kind === 'force-stop' }))
      case 'crash':
        return this.#crash(index)
      case 'remove':
        this.#removed.add(index)
        break
      case 'restore':
        this.#removed.clear()
        break
      case 'change':
        this.#services[index] = makeChaosService(index, this.#world, random ?? new Random(index))
    }
    await this.#manager.call('setServices', this.#definitions())
  }

  async #promise({ index, kind }: Action, call: Promise<Outcome | null>): Promise<void> {
    this.#promises.asked(index)
    const outcome = await call
    this.#note(`${kind} n${index}: ${outcome === null ? 'no answer' : outcome.message}`)
    this.#promises.answered(index, kind, outcome)
  }

  async #crash(index: number): Promise<void> {
    const members = (await this.#list()).filter(({ key }) => key === keyOf(index))
    const pids = this.#rootPids()
    const root = members.find(({ run, pid }) => pids.has(`${run}.${pid}`))
    if (root === undefined) return
    this.#promises.crashed(index)
    kill(root.pid)
    this.#note(`n${index}: process ${root.pid} was killed`)
  }

  /** "<run>.<pid>" of the processes that say they are the first of their run. */
  #rootPids(): Set<string> {
    const roots = this.#ledger.writers().filter(({ role }) => role === 'root')
    return new Set(roots.map(({ run, pid }) => `${run}.${pid}`))
  }

  #definitions() {
    const present = this.#services.filter((_, index) => !this.#removed.has(index))
    return present.map(({ definition }) => definition)
  }

  #list(): Promise<RunMember[]> {
    return this.#world.list(this.directory)
  }

  /** By service, what nobody has touched in this round and that runs now, after the manager's death. */
  async #untouchedRoots(): Promise<Map<number, RunMember>> {
    const pids = this.#rootPids()
    const alive = (await this.#list()).filter(({ run, pid }) => pids.has(`${run}.${pid}`))
    const roots = new Map<number, RunMember>()
    for (const index of this.#services.keys()) {
      const root = alive.find(({ key }) => key === keyOf(index))
      if (root !== undefined && !this.#promises.of(index).touched) roots.set(index, root)
    }
    return roots
  }

  /** That it is all in the log is what the ledger checks. @throws Violation */
  async #seePrinting(roots: ReadonlyMap<number, RunMember>): Promise<void> {
    const lasting = [...roots].filter(([index]) => this.#services[index]?.endsByItself === false)
    const before = new Map(lasting.map(([index, root]) => [index, this.#ledger.printed(root)]))
    const isSilent = ([index, root]: [number, RunMember]) => this.#ledger.printed(root) <= (before.get(index) ?? 0)
    const deadline = Date.now() + this.#world.settleMs
    while (lasting.some(isSilent) && Date.now() < deadline) await delay(POLL_MS)
    const silent = lasting.filter(isSilent)
    this.#note(`${lasting.length - silent.length} services print without a manager`)
    this.#refuse(silent.map(([index, { pid }]) => `${keyOf(index)} (${pid}) prints nothing while there is no manager`))
  }

  #forge(round: number): Forgery[] {
    const pid = this.#bystanders[round % BYSTANDERS]?.pid ?? 0
    const stopped = [...this.#services.keys()].find((index) => {
      const { promised, touched } = this.#promises.of(index)
      return promised === 'stopped' && !touched && !existsSync(join(this.directory, 'run', pidFileOf(index)))
    })
    this.#note(`stale records name ${pid}: ${stopped === undefined ? '' : `n${stopped}, `}other:r${round}`)
    const ofService = stopped === undefined ? [] : forge(this.directory, keyOf(stopped), pid)
    return [...ofService, ...forge(this.directory, `other:r${round}`, pid)]
  }

  async #killWhileRecovering(afterMs: number): Promise<void> {
    await this.#manager.ready
    void this.#manager.call('setServices', this.#definitions())
    void this.#manager.call('recover')
    await delay(afterMs)
    this.#note(`manager ${this.#manager.pid} is killed while it recovers`)
    await this.#kill(this.#manager)
    this.#manager = this.#standby
    this.#standby = new ManagerLink(this.directory)
  }

  async #recover(manager: ManagerLink, starts: readonly number[] = []): Promise<void> {
    await manager.ready
    // The app does both in one step, so nothing can be asked for in between.
    void manager.call('setServices', this.#definitions())
    const recovered = manager.call('recover')
    const started = starts.map((index) => this.#ask({ atMs: 0, kind: 'start', index }))
    await recovered
    await Promise.all(started)
    const snapshot = await manager.call('snapshot')
    const adopted = snapshot?.services.filter(({ origin }) => origin === 'adopted').length ?? 0
    this.tally.adoptions += adopted
    this.tally.undone += manager.warnings.filter((warning) => warning.includes('had not begun')).length
    this.#note(`manager ${manager.pid} has recovered, ${adopted} adopted; ${manager.warnings.join('; ')}`)
  }

  /**
   * Waits until everything is as it has to be; what is not, after a generous time, is a violation. Each service is at
   * rest at some moment, but those that crash and are restarted are not all so at the same one.
   */
  async #settle(roots: ReadonlyMap<number, RunMember>, strict: boolean): Promise<void> {
    let open: Question[] = this.#services.map(({ endsByItself }, index) => ({
      index,
      endsByItself,
      untouchedRoot: roots.get(index)?.pid ?? null,
      mayHaveEnded: !strict && (endsByItself || this.#promises.of(index).touched),
    }))
    let files: string | null = 'run/ was not looked at'
    let problems: string[] = []
    const deadline = Date.now() + this.#world.settleMs
    do {
      if (problems.length > 0) await delay(POLL_MS)
      const now = await this.#look()
      const found = open.map((question) => checkService(question, now, this.#promises, this.directory))
      problems = found.flatMap((problem, n) => (problem === null ? [] : [`${keyOf(open[n]?.index ?? 0)} ${problem}`]))
      open = open.filter((_, n) => found[n] !== null)
      if (files !== null) files = checkFiles(now)
      if (files !== null) problems.push(files)
    } while (problems.length > 0 && Date.now() < deadline)
    this.#note('at rest')
    this.#refuse([...problems, ...(await this.#checkLogs()), ...this.#bystanders.flatMap((one) => one.check() ?? [])])
  }

  async #look(): Promise<Look> {
    const snapshot = await this.#manager.call('snapshot')
    if (snapshot === null) throw new Violation([`manager ${this.#manager.pid} ended by itself`])
    return { services: snapshot.services, members: await this.#list(), files: readFiles(this.directory) }
  }

  #checkLogs(): Promise<string[]> {
    const listAlive = async () => new Set((await this.#list()).map(({ run, pid }) => `${run}.${pid}`))
    return this.#ledger.check([...this.#services.keys()].map(keyOf), listAlive)
  }

  #refuse(problems: readonly string[]): void {
    if (problems.length > 0) throw new Violation(problems)
  }
}

const pidFileOf = (index: number) => `${encodeURIComponent(keyOf(index))}.pid`

const countArchives = (directory: string) =>
  readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) => /\.log\.\d+/.test(name)).length
