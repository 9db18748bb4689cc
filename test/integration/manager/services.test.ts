import { describe, expect, it } from 'vitest'
import { ProcessManager } from '../../../src-main/manager/process-manager.ts'
import type { ManagerPatch, ManagerSnapshot } from '../../../src-main/manager/snapshot-feed.ts'
import { createManager, serverService, tickerService } from '../../support/manager.ts'
import { freePort } from '../../support/ports.ts'
import { cleanUpProcesses, closeLater, fixture, isAlive } from '../../support/processes.ts'
import { makeService } from '../../support/service-definition.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import { waitFor } from '../../support/wait-for.ts'

cleanUpProcesses()

const KEY = 'test:one'
const TWO = 'test:two'

/** What a client knows that got a snapshot and then every patch; throws at a gap. */
function follow(manager: ProcessManager) {
  const patches: ManagerPatch[] = []
  const { snapshot, unsubscribe } = manager.subscribe((patch) => patches.push(patch))
  closeLater(unsubscribe)
  const current = (): ManagerSnapshot => {
    const services = new Map(snapshot.services.map((service) => [service.key, service]))
    let { seq } = snapshot
    let order = snapshot.services.map(({ key }) => key)
    for (const patch of patches) {
      if (patch.seq !== seq + 1) throw new Error(`patch ${patch.seq} follows ${seq}`)
      seq = patch.seq
      for (const service of patch.upserted) services.set(service.key, service)
      order = [...(patch.order ?? order)]
    }
    return { seq, services: order.map((key) => services.get(key)).filter((service) => service !== undefined) }
  }
  return { patches, current }
}

describe('the feed', () => {
  it('tells everything in numbered patches without gaps', async () => {
    const { manager } = createManager()
    manager.setServices([tickerService(), tickerService({ key: TWO })])
    const { patches, current } = follow(manager)
    await Promise.all([manager.start(KEY), manager.start(TWO)])
    const late = follow(manager)
    await manager.restart(KEY)
    await Promise.all([manager.stopProcess(KEY), manager.stopProcess(TWO)])
    manager.setServices([tickerService({ key: TWO, name: 'Renamed' })])
    const now = manager.snapshot()
    expect(patches.length).toBeGreaterThan(3)
    expect(current()).toEqual(now)
    expect(late.current()).toEqual(now)
    expect(now.services.map(({ name }) => name)).toEqual(['Renamed'])
  })

  it('tells a crash and a restart in the right order', async () => {
    const { manager, snapshot, pid } = createManager()
    manager.setServices([tickerService({ restart: { policy: 'always', initialDelaySeconds: 0.05 } })])
    await manager.start(KEY)
    const { patches, current } = follow(manager)
    const old = pid(KEY)
    process.kill(old, 'SIGKILL')
    await waitFor(() => snapshot(KEY).status === 'running' && snapshot(KEY).pid !== old, { what: 'the restart' })
    expect(current()).toEqual(manager.snapshot())
    const statuses = patches.flatMap((patch) => patch.upserted.map(({ status }) => status))
    // What lasts no turn of the event loop may be left out: the sweep of what leaves nothing behind, and a quick start.
    const brief = new Set(['stopping', 'starting'])
    const seen = statuses.filter((status, index) => !brief.has(status) && status !== statuses[index - 1])
    expect(seen).toEqual(['backoff', 'running'])
  })

  it('is silent after the subscription ended', async () => {
    const { manager } = createManager()
    manager.setServices([tickerService()])
    const patches: ManagerPatch[] = []
    const { unsubscribe } = manager.subscribe((patch) => patches.push(patch))
    unsubscribe()
    await manager.start(KEY)
    manager.snapshot()
    expect(patches).toEqual([])
  })
})

describe('a changed set of services', () => {
  it('keeps a removed one until its instance has ended', async () => {
    const { manager, pid, snapshot } = createManager()
    manager.setServices([tickerService(), tickerService({ key: TWO })])
    await manager.start(KEY)
    const running = pid(KEY)
    manager.setServices([tickerService({ key: TWO })])
    expect(snapshot(KEY)).toMatchObject({ status: 'running', removed: true, pid: running })
    expect(isAlive(running)).toBe(true)
    expect(await manager.start(KEY)).toMatchObject({ success: false, failure: { code: 'removed' } })
    expect(await manager.stopProcess(KEY)).toMatchObject({ success: true })
    expect(isAlive(running)).toBe(false)
    expect(manager.snapshot().services.map(({ key }) => key)).toEqual([TWO])
  })

  it('does not restart a removed one', async () => {
    const { manager, pid } = createManager()
    const restart = { policy: 'always', initialDelaySeconds: 0 } as const
    manager.setServices([tickerService({ restart })])
    await manager.start(KEY)
    const running = pid(KEY)
    manager.setServices([])
    process.kill(running, 'SIGKILL')
    await waitFor(() => manager.snapshot().services.length === 0, { what: 'its end' })
  })

  it('calls off the restart of a removed one that waits for it', async () => {
    const { manager, home, waitForStatus } = createManager()
    const restart = { policy: 'always', initialDelaySeconds: 60 } as const
    manager.setServices([serverService({ crashes: 9, startsFile: `${home}/starts` }, { restart })])
    await manager.start(KEY)
    await waitForStatus(KEY, 'backoff')
    manager.setServices([])
    expect(manager.snapshot().services).toEqual([])
  })

  it('takes a removed one back', async () => {
    const { manager, pid, snapshot } = createManager()
    manager.setServices([tickerService()])
    await manager.start(KEY)
    const running = pid(KEY)
    manager.setServices([])
    manager.setServices([tickerService({ name: 'Back' })])
    expect(snapshot(KEY)).toMatchObject({ status: 'running', removed: false, pid: running, name: 'Back' })
  })

  it('uses a changed definition from the next start on', async () => {
    const { manager, snapshot } = createManager()
    manager.setServices([tickerService({}, 1)])
    await manager.start(KEY)
    manager.setServices([tickerService({}, 2)])
    expect(snapshot(KEY).commandLine).toMatch(/ticker\.ts 1$/)
    await manager.restart(KEY)
    expect(snapshot(KEY).commandLine).toMatch(/ticker\.ts 2$/)
  })

  it('goes on probing a run where it listens, when its definition has another port by now', async () => {
    const [port, other] = [await freePort(), await freePort()]
    const { home, manager, snapshot } = createManager()
    const health = { type: 'http', path: '/health', intervalSeconds: 0.1, failureThreshold: 1 } as const
    const before = serverService({ port }, { health })
    manager.setServices([before])
    await manager.start(KEY)
    await waitFor(() => snapshot(KEY).health === 'ok', { what: 'its health' })
    manager.setServices([{ ...before, port: other }])
    expect(snapshot(KEY)).toMatchObject({ port, url: `http://127.0.0.1:${port}`, health: 'ok' })
    manager.dispose()
    const next = createManager(home)
    next.manager.setServices([{ ...before, port: other }])
    await next.manager.recover()
    await waitFor(() => next.snapshot(KEY).health === 'ok', { what: 'its health after the adoption' })
    expect(next.snapshot(KEY)).toMatchObject({ origin: 'adopted', port })
    await next.manager.stopProcess(KEY)
    await next.waitForStatus(KEY, 'stopped')
    expect(next.snapshot(KEY).port).toBe(other)
  })

  it('starts those that are to start with the app', async () => {
    const { manager } = createManager()
    manager.setServices([tickerService({ autoStart: true }), tickerService({ key: TWO })])
    expect(await manager.startAll({ onlyAutoStart: true })).toMatchObject({ success: true })
    expect([manager.isProcessRunning(KEY), manager.isProcessRunning(TWO)]).toEqual([true, false])
    expect(await manager.startAll()).toMatchObject({ success: true })
    expect(manager.isProcessRunning(TWO)).toBe(true)
    expect(await manager.stopAll()).toMatchObject({ success: true })
    expect(Object.values(manager.listAllProcesses()).map(({ running }) => running)).toEqual([false, false])
  })

  it('tells which of many could not be started', async () => {
    const { manager } = createManager()
    manager.setServices([tickerService(), makeService({ key: TWO, binName: '/no/such/program' })])
    const outcome = await manager.startAll()
    expect(outcome).toMatchObject({ success: false, failure: { code: 'binary-not-found' } })
    expect(outcome.message).toContain('/no/such/program')
    expect(manager.isProcessRunning(KEY)).toBe(true)
  })
})

describe('startProcess', () => {
  const ticker = { extraArgs: [fixture('ticker.ts')] }

  it('defines and starts a program in one step', async () => {
    const { manager, pid } = createManager()
    expect(await manager.startProcess(KEY, process.execPath, ticker)).toMatchObject({ success: true })
    expect(isAlive(pid(KEY))).toBe(true)
    expect(await manager.startProcess(KEY, process.execPath, ticker)).toMatchObject({
      success: true,
      message: expect.stringContaining('already running'),
    })
    expect(Object.keys(manager.listAllProcesses())).toEqual([KEY])
  })

  it.each([
    ['a bad key', 'nocolon', process.execPath, {}, 'bad-key'],
    ['an empty key', '', process.execPath, {}, 'bad-key'],
    ['a key that leads elsewhere', '../up:one', process.execPath, {}, 'bad-key'],
    ['an empty program', KEY, '', {}, 'bad-arguments'],
    ['a NUL in the program', KEY, 'a\0b', {}, 'bad-arguments'],
    ['a port that is none', KEY, 'node', { port: 70_000 }, 'bad-arguments'],
    ['port 0', KEY, 'node', { port: 0 }, 'bad-arguments'],
    ['a host with a scheme', KEY, 'node', { host: 'http://localhost' }, 'bad-arguments'],
    ['a NUL in an argument', KEY, 'node', { extraArgs: ['a\0b'] }, 'bad-arguments'],
    ['a placeholder without a port', KEY, 'node', { extraArgs: ['--port={port}'] }, 'bad-arguments'],
    ['a relative program', KEY, './node', {}, 'binary-not-found'],
  ])('refuses %s', async (_what, key, binName, args, code) => {
    const { manager } = createManager()
    const outcome = await manager.startProcess(key, binName, args)
    expect(outcome).toMatchObject({ success: false, failure: { code } })
    expect(outcome.message).not.toBe('')
    expect(manager.isProcessRunning(key)).toBe(false)
  })

  it('says which argument was wrong', async () => {
    const { manager } = createManager()
    expect((await manager.startProcess(KEY, 'node', { port: 70_000 })).message).toMatch(/^args\.port: /)
  })
})

describe('the one manager of the app', () => {
  it('is the same at every call, in the directories of AGENTOS_HOME, until it is disposed of', () => {
    const before = process.env.AGENTOS_HOME
    process.env.AGENTOS_HOME = temporaryDirectory()
    try {
      const manager = ProcessManager.getInstance()
      expect(ProcessManager.getInstance()).toBe(manager)
      expect(manager.logs.folder(KEY).startsWith(process.env.AGENTOS_HOME)).toBe(true)
      manager.dispose()
      const next = ProcessManager.getInstance()
      expect(next).not.toBe(manager)
      next.dispose()
    } finally {
      if (before === undefined) delete process.env.AGENTOS_HOME
      else process.env.AGENTOS_HOME = before
    }
  })
})
