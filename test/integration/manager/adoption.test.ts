import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { devNull } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { ServiceDefinition } from '../../../src-main/core/service-config.ts'
import { processTable } from '../../../src-main/os/processes/identity.ts'
import { RunRecordStore } from '../../../src-main/os/run-records.ts'
import { startProcessCrossPlatform } from '../../../src-main/os/spawn.ts'
import { endBy } from '../../support/exits.ts'
import { createManager, serverService, tickerService } from '../../support/manager.ts'
import { ManagerProcess } from '../../support/manager-process.ts'
import { cleanUpProcesses, endLater, findByVariable, isAlive, waitUntilGone } from '../../support/processes.ts'
import { makeService } from '../../support/service-definition.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import { commandFor, readPids } from '../../support/tree.ts'
import { waitFor } from '../../support/wait-for.ts'

cleanUpProcesses()

const KEY = 'test:one'
const linesOf = (home: string) =>
  readFileSync(join(home, 'log', 'test%3Aone', 'stdout.log'), 'utf8')
    .split('\n')
    .slice(0, -1)
const pidFileOf = (home: string, key = KEY) => join(home, 'run', `${encodeURIComponent(key)}.pid`)

/** Starts services in a manager that is then killed. Returns their pids. */
async function leaveRunning(home: string, ...services: ServiceDefinition[]): Promise<number[]> {
  const earlier = new ManagerProcess(home)
  await earlier.call('setServices', services)
  const pids: number[] = []
  for (const { key } of services) {
    expect(await earlier.call('start', key)).toMatchObject({ success: true })
    pids.push(endLater((await earlier.call('getProcessInfo', key))?.pid ?? 0))
  }
  await earlier.kill()
  expect(pids.map(isAlive)).toEqual(services.map(() => true))
  return pids
}

describe('an instance whose app was killed', () => {
  it('goes on printing, is adopted under its pid, and no line is lost', async () => {
    const home = temporaryDirectory()
    const [pid] = await leaveRunning(home, tickerService())
    const before = linesOf(home).length
    await waitFor(() => linesOf(home).length > before + 20, { what: 'lines while nobody watches' })

    const { manager, snapshot, warnings } = createManager(home)
    manager.setServices([tickerService()])
    await manager.recover()
    expect(snapshot(KEY)).toMatchObject({ status: 'running', pid, origin: 'adopted' })
    expect(manager.getProcessInfo(KEY)).toMatchObject({ pid, returncode: null })
    expect(manager.listAllProcesses()[KEY]?.uptimeSeconds).toBeGreaterThan(0)
    expect(warnings).toEqual([])
    expect(await manager.start(KEY)).toMatchObject({
      success: true,
      message: expect.stringContaining('already running'),
    })

    const adoptedAt = linesOf(home).length
    await waitFor(() => linesOf(home).length > adoptedAt + 20, { what: 'lines after the adoption' })
    const lines = linesOf(home)
    expect(lines).toEqual(lines.map((_line, index) => `tick ${index}`))
    expect(await manager.getProcessOutput(KEY, { lines: 1 })).toHaveLength(1)
  })

  it('is known by its own output: it is ready if it said so, and its last words are told when it crashes', async () => {
    const home = temporaryDirectory()
    const earlier = createManager(home)
    earlier.manager.setServices([serverService({ crashes: 9, startsFile: devNull, errorText: 'of an earlier run\n' })])
    await earlier.manager.start(KEY)
    await earlier.waitForStatus(KEY, 'failed')
    const service = serverService(
      { errorText: 'model loaded\nbusy\n' },
      { health: { type: 'log', logText: 'model loaded', intervalSeconds: 0.1 } },
    )
    const [pid = 0] = await leaveRunning(home, service)

    const { manager, snapshot, waitForStatus } = createManager(home)
    manager.setServices([service])
    await manager.recover()
    await waitFor(() => snapshot(KEY).health === 'ok', { what: 'its health' })
    process.kill(pid, 'SIGKILL')
    expect((await waitForStatus(KEY, 'failed')).problem?.details).toEqual(['model loaded', 'busy'])
  })

  it('is stopped with its grandchildren, like any other', async () => {
    const home = temporaryDirectory()
    const stubborn = true
    const tree = {
      name: 'root',
      children: [{ name: 'child', stubborn, children: [{ name: 'grandchild', stubborn, setsid: true }] }],
    }
    const pidFile = join(home, 'pids')
    const [binName, ...args] = commandFor(tree, pidFile)
    const service = makeService({ binName, args, graceSeconds: 0.2 })
    await leaveRunning(home, service)
    const pids = await waitFor(() => readPids(pidFile, tree), { what: 'the tree' })
    for (const pid of pids.values()) endLater(pid)

    const { manager, records } = createManager(home)
    manager.setServices([service])
    await manager.recover()
    expect(await manager.stopProcess(KEY)).toMatchObject({ success: true })
    expect([...pids].filter(([, pid]) => isAlive(pid))).toEqual([])
    expect(records()).toEqual([])
  })

  it('that crashes after the adoption is noticed and restarted', async () => {
    const home = temporaryDirectory()
    const service = tickerService({ restart: { policy: 'on-failure', initialDelaySeconds: 0.01 } })
    const [old = 0] = await leaveRunning(home, service)
    const { manager, snapshot } = createManager(home)
    manager.setServices([service])
    await manager.recover()
    process.kill(old, 'SIGKILL')
    await waitFor(() => snapshot(KEY).status === 'running' && snapshot(KEY).pid !== old, { what: 'the restart' })
    // Only Windows tells how a process ended that is not one's child.
    const lastExit = process.platform === 'win32' ? endBy('SIGKILL') : { code: null, signal: null }
    expect(snapshot(KEY)).toMatchObject({ origin: 'spawned', lastExit })
  })

  it('is found among many, each under its own key', async () => {
    const home = temporaryDirectory()
    const services = Array.from({ length: 5 }, (_, index) => tickerService({ key: `test:n${index}` }, 1))
    const pids = await leaveRunning(home, ...services)
    const { manager, snapshot } = createManager(home)
    manager.setServices(services)
    await manager.recover()
    expect(services.map(({ key }) => snapshot(key).pid)).toEqual(pids)
  })

  it('survives the next life of the app as well', async () => {
    const home = temporaryDirectory()
    const [pid] = await leaveRunning(home, tickerService())
    const second = new ManagerProcess(home)
    await second.call('setServices', [tickerService()])
    await second.call('recover')
    await second.kill()
    const { manager, snapshot } = createManager(home)
    manager.setServices([tickerService()])
    await manager.recover()
    expect(snapshot(KEY)).toMatchObject({ pid, origin: 'adopted' })
  })

  it('is adopted as well after the manager let go of it', async () => {
    const home = temporaryDirectory()
    const first = createManager(home)
    first.manager.setServices([tickerService()])
    await first.manager.start(KEY)
    const pid = first.pid(KEY)
    first.manager.dispose()
    const { manager, snapshot } = createManager(home)
    manager.setServices([tickerService()])
    await manager.recover()
    expect(snapshot(KEY)).toMatchObject({ pid, origin: 'adopted' })
  })

  it('and whose service is no longer defined is shown as removed, and goes when it is stopped', async () => {
    const home = temporaryDirectory()
    const [pid = 0] = await leaveRunning(home, tickerService({ restart: { policy: 'always' } }))
    const { manager, snapshot } = createManager(home)
    manager.setServices([])
    await manager.recover()
    expect(snapshot(KEY)).toMatchObject({ pid, removed: true, status: 'running' })
    expect(await manager.restart(KEY)).toMatchObject({ success: false, failure: { code: 'removed' } })
    expect(await manager.stopProcess(KEY)).toMatchObject({ success: true })
    expect(isAlive(pid)).toBe(false)
    expect(manager.snapshot().services).toEqual([])
  })

  it('is not started a second time by a request that comes before it is found', async () => {
    const home = temporaryDirectory()
    const [pid] = await leaveRunning(home, tickerService())
    const { manager, snapshot } = createManager(home)
    manager.setServices([tickerService()])
    const recovering = manager.recover()
    const started = await manager.start(KEY)
    await recovering
    expect(started.message).toContain('already running')
    expect(snapshot(KEY)).toMatchObject({ pid, origin: 'adopted' })
    expect(findByVariable('AGENTOS_SERVICE', KEY)).toHaveLength(1)
  })
})

describe('an app that was killed between starting a program and recording it', () => {
  /** As it is on disk at that instant: the intent, and no PID file. */
  function turnIntoIntent(home: string): void {
    const {
      pid: _pid,
      createdAt: _createdAt,
      ...intent
    } = JSON.parse(readFileSync(pidFileOf(home), 'utf8').split('\n')[1] ?? '')
    rmSync(pidFileOf(home))
    writeFileSync(pidFileOf(home).replace(/pid$/, 'intent'), `${JSON.stringify(intent)}\n`)
  }

  it('finds it by its marker', async () => {
    const home = temporaryDirectory()
    const [pid] = await leaveRunning(home, tickerService())
    turnIntoIntent(home)
    const { manager, snapshot, records, readPidFile } = createManager(home)
    manager.setServices([tickerService()])
    await manager.recover()
    expect(snapshot(KEY)).toMatchObject({ status: 'running', pid, origin: 'adopted' })
    expect(records()).toEqual(['test%3Aone.pid'])
    expect(readPidFile(KEY).split('\n')[0]).toBe(String(pid))
    expect(await manager.stopProcess(KEY)).toMatchObject({ success: true })
    expect(isAlive(pid ?? 0)).toBe(false)
  })

  // Windows has no moment between fork and exec: a process is there with its marker, or not at all.
  it.runIf(process.platform !== 'win32')(
    'waits for one that was forked and does not carry its marker yet',
    async () => {
      const home = temporaryDirectory()
      const service = tickerService()
      const nonce = 'about-to-be-executed'
      new RunRecordStore(join(home, 'run')).writeIntent({
        key: KEY,
        nonce,
        bootId: await processTable().bootId(),
        command: [service.binName, ...service.args],
        startedAt: Date.now(),
      })
      const { manager, snapshot, records } = createManager(home)
      manager.setServices([service])
      const recovering = manager.recover()
      await setTimeout(100) // What a busy machine may put between fork and exec.
      const { pid } = await startProcessCrossPlatform({
        command: [service.binName, ...service.args],
        env: { ...process.env, AGENTOS_RUN: nonce },
      })
      endLater(pid)
      await recovering
      expect(snapshot(KEY)).toMatchObject({ status: 'running', pid })
      expect(records()).toEqual(['test%3Aone.pid'])
    },
  )

  it('tells the instance from those that it started', async () => {
    const home = temporaryDirectory()
    const tree = {
      name: 'root',
      children: [{ name: 'child', setsid: true, children: [{ name: 'grandchild', setsid: true }] }],
    }
    const pidFile = join(home, 'pids')
    const [binName, ...args] = commandFor(tree, pidFile)
    const [root] = await leaveRunning(home, makeService({ binName, args }))
    const pids = await waitFor(() => readPids(pidFile, tree), { what: 'the tree' })
    for (const pid of pids.values()) endLater(pid)
    turnIntoIntent(home)
    const { manager, snapshot } = createManager(home)
    manager.setServices([makeService({ binName, args, graceSeconds: 0.2 })])
    await manager.recover()
    expect(snapshot(KEY).pid).toBe(root)
    await manager.stopProcess(KEY)
    expect([...pids].filter(([, pid]) => isAlive(pid))).toEqual([])
  })

  it('ends what is left of an instance that has ended meanwhile', async () => {
    const home = temporaryDirectory()
    // On Windows a program of Node's takes a child with it that is not in a session of its own; elsewhere such a one is the service.
    const tree = { name: 'root', children: [{ name: 'child', setsid: process.platform === 'win32' }] }
    const pidFile = join(home, 'pids')
    const [binName, ...args] = commandFor(tree, pidFile)
    const service = makeService({ binName, args, graceSeconds: 0.2 })
    const [root = 0] = await leaveRunning(home, service)
    const pids = await waitFor(() => readPids(pidFile, tree), { what: 'the tree' })
    const child = endLater(pids.get('child') ?? 0)
    turnIntoIntent(home)
    process.kill(root, 'SIGKILL')
    await waitUntilGone(root)
    const { manager, snapshot, records, warnings } = createManager(home)
    manager.setServices([service])
    await manager.recover()
    await waitFor(() => snapshot(KEY).status === 'stopped', { what: 'the leftovers to be ended' })
    expect(isAlive(child)).toBe(false)
    expect(records()).toEqual([])
    expect(warnings).toEqual([expect.stringContaining('ended while the app was not running')])
  })

  it('or before starting it, forgets about it', async () => {
    const home = temporaryDirectory()
    mkdirSync(join(home, 'run'))
    const intent = { version: 1, key: KEY, nonce: 'never-started', bootId: 'x', command: ['a'], startedAt: 1 }
    writeFileSync(join(home, 'run', 'test%3Aone.intent'), JSON.stringify(intent))
    const { manager, snapshot, records, warnings } = createManager(home)
    manager.setServices([tickerService()])
    await manager.recover()
    expect(snapshot(KEY).status).toBe('stopped')
    expect(records()).toEqual([])
    expect(warnings).toEqual([])
  })

  it.each([0, 1, 2, 3, 4, 5, 6, 7])(
    'at an instant of its choosing (%i) loses nothing and doubles nothing',
    async (turn) => {
      const home = temporaryDirectory()
      const earlier = new ManagerProcess(home)
      const service = tickerService()
      await earlier.call('setServices', [service])
      const starting = earlier.call('start', KEY).catch(() => null)
      await waitFor(() => turn < 2 || findByVariable('AGENTOS_SERVICE', KEY).length > 0 || null, {
        what: 'the program',
      })
      for (let wait = 0; wait < turn % 4; wait += 1) await new Promise((resolve) => setImmediate(resolve))
      await earlier.kill()
      await starting
      const alive = findByVariable('AGENTOS_SERVICE', KEY).map(({ pid }) => endLater(pid))
      const { manager, snapshot } = createManager(home)
      manager.setServices([service])
      await manager.recover()
      // Windows: what the app was killed in the middle of making is removed.
      const kept = process.platform === 'win32' ? alive.filter(isAlive) : alive
      expect(snapshot(KEY).pid).toBe(kept[0] ?? null)
      expect(await manager.start(KEY)).toMatchObject({ success: true })
      // A process that is just being executed shows no environment yet.
      await waitFor(() => findByVariable('AGENTOS_SERVICE', KEY).length > 0, { what: 'the service to be there' })
      expect(findByVariable('AGENTOS_SERVICE', KEY)).toHaveLength(1)
    },
  )
})

describe('an instance that ended while the app was dead', () => {
  it('is known no more, and what it left behind is ended', async () => {
    const home = temporaryDirectory()
    const tree = { name: 'root', children: [{ name: 'child', stubborn: true, setsid: true }] }
    const pidFile = join(home, 'pids')
    const [binName, ...args] = commandFor(tree, pidFile)
    const service = makeService({ binName, args, graceSeconds: 0.2, restart: { policy: 'always' } })
    const [root = 0] = await leaveRunning(home, service)
    const pids = await waitFor(() => readPids(pidFile, tree), { what: 'the tree' })
    const child = endLater(pids.get('child') ?? 0)
    process.kill(root, 'SIGKILL')
    await waitUntilGone(root)
    expect(isAlive(child)).toBe(true)

    const { manager, snapshot, warnings, records } = createManager(home)
    manager.setServices([service])
    await manager.recover()
    await waitFor(() => snapshot(KEY).status === 'stopped', { what: 'the leftovers to be ended' })
    expect(isAlive(child)).toBe(false)
    expect(snapshot(KEY)).toMatchObject({ status: 'stopped', pid: null })
    expect(warnings).toEqual([expect.stringContaining('ended while the app was not running')])
    expect(records()).toEqual([])
  })
})

describe('a stop that was under way when the app was killed', () => {
  it('goes on, and no restart policy undoes it', async () => {
    const home = temporaryDirectory()
    const pidFile = join(home, 'pids')
    const tree = { name: 'root', stubborn: true }
    const [binName, ...args] = commandFor(tree, pidFile)
    const service = makeService({ binName, args, graceSeconds: 60, restart: { policy: 'always' } })
    const earlier = new ManagerProcess(home)
    await earlier.call('setServices', [service])
    await earlier.call('start', KEY)
    const root = endLater((await waitFor(() => readPids(pidFile, tree), { what: 'the service' })).get('root') ?? 0)
    const stopped = earlier.call('stopProcess', KEY).catch(() => 'no answer')
    await waitFor(() => readFileSync(pidFileOf(home), 'utf8').includes('"stopping":true'), { what: 'the mark' })
    await earlier.kill()
    expect(await stopped).toBe('no answer')
    expect(isAlive(root)).toBe(true)

    const { manager, snapshot, warnings, records } = createManager(home)
    manager.setServices([{ ...service, graceSeconds: 0.1 }])
    await manager.recover()
    expect(snapshot(KEY)).toMatchObject({ status: 'stopping', pid: root })
    await waitFor(() => snapshot(KEY).status === 'stopped', { what: 'the stop' })
    expect(isAlive(root)).toBe(false)
    expect(warnings).toEqual([expect.stringContaining('was being stopped')])
    expect(records()).toEqual([])
  })

  it('is followed by the start of what starts with the app', async () => {
    const home = temporaryDirectory()
    const pidFile = join(home, 'pids')
    const tree = { name: 'root', children: [{ name: 'child', stubborn: true, setsid: true }] }
    const [binName, ...args] = commandFor(tree, pidFile)
    const service = makeService({ binName, args, graceSeconds: 0.2, autoStart: true })
    const [root = 0] = await leaveRunning(home, service)
    for (const pid of (await waitFor(() => readPids(pidFile, tree), { what: 'the tree' })).values()) endLater(pid)
    process.kill(root, 'SIGKILL')
    await waitUntilGone(root)

    const { manager, snapshot, pid } = createManager(home)
    manager.setServices([service])
    await manager.recover()
    expect(snapshot(KEY).status).toBe('stopping')
    expect(await manager.startAll({ onlyAutoStart: true })).toMatchObject({ success: true })
    expect(pid(KEY)).not.toBe(root)
  })
})

describe('a restart that was waited for when the app was killed', () => {
  it('is forgotten: the service is stopped, and nothing stale is left', async () => {
    const home = temporaryDirectory()
    const restart = { policy: 'always', initialDelaySeconds: 60 } as const
    const service = makeService({ args: ['-e', 'process.exit(3)'], restart })
    const earlier = new ManagerProcess(home)
    await earlier.call('setServices', [service])
    await earlier.call('start', KEY)
    const isWaiting = async () => (await earlier.call('snapshot')).services[0]?.status === 'backoff'
    await waitFor(isWaiting, { what: 'the wait for the restart' })
    await earlier.kill()

    const { manager, snapshot, warnings, records } = createManager(home)
    manager.setServices([service])
    await manager.recover()
    expect(snapshot(KEY)).toMatchObject({ status: 'stopped', retryAt: null })
    expect(records()).toEqual([])
    expect(warnings).toEqual([])
  })
})
