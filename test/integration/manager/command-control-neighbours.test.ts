import { createServer } from 'node:http'
import { describe, expect, it } from 'vitest'
import { NotNowError } from '../../../src-main/logs/store/rotate-stream.ts'
import { Attention } from '../../../src-main/manager/attention.ts'
import { CommandRunner } from '../../../src-main/manager/command-runner.ts'
import { noSecrets } from '../../../src-main/manager/service-secrets.ts'
import { RunRecordStore } from '../../../src-main/os/run-records.ts'
import { startProcessCrossPlatform } from '../../../src-main/os/spawn.ts'
import { resolveProgram } from '../../../src-main/services/find-binary.ts'
import { presets } from '../../../src-main/services/presets/presets.ts'
import { createLms, LMS_KEY as KEY, type Lms, type LmsSetup } from '../../support/lms.ts'
import { createManager, serverService, tickerService } from '../../support/manager.ts'
import { ManagerProcess } from '../../support/manager-process.ts'
import { freePort } from '../../support/ports.ts'
import { cleanUpProcesses, closeLater, endLater, fixture, isAlive, waitUntilGone } from '../../support/processes.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import { waitFor } from '../../support/wait-for.ts'

cleanUpProcesses()

const TWO = 'lmstudio:two'

function createWorld(lms: Lms, home = temporaryDirectory()) {
  const test = createManager(home)
  test.manager.setServices([lms.service()])
  return {
    ...test,
    lms,
    see: (key = KEY) => test.snapshot(key),
    waitForHealth: (health: string, key = KEY) =>
      waitFor(() => test.snapshot(key).health === health, { what: `health ${health} of ${key}` }),
  }
}

/** As `createWorld`, started and ok. */
async function startWorld(setup: LmsSetup = {}, home = temporaryDirectory()) {
  const world = createWorld(await createLms(setup), home)
  expect(await world.manager.start(KEY)).toMatchObject({ success: true })
  await world.waitForHealth('ok')
  return { ...world, pid: await world.lms.server() }
}

const startElsewhere = (lms: Lms) => lms.run('server', 'start', '--port', String(lms.port))

/** Another program that listens on the port. */
async function startForeign(port: number): Promise<number> {
  const { pid } = await startProcessCrossPlatform({
    command: [process.execPath, fixture('server.ts'), JSON.stringify({ port })],
  })
  endLater(pid)
  const answers = async () => (await fetch(`http://127.0.0.1:${port}/`).catch(() => null))?.ok === true
  await waitFor(answers, { what: 'the other program' })
  return pid
}

describe.runIf(process.platform !== 'win32')(
  'after a restart of the app, a server that is controlled by commands',
  () => {
    it('is shown as running if it answers, without any record, and can be stopped', async () => {
      const home = temporaryDirectory()
      const earlier = await startWorld({}, home)
      earlier.manager.dispose()
      expect(isAlive(earlier.pid)).toBe(true)
      const commands = earlier.lms.commands()

      const world = createWorld(earlier.lms, home)
      await world.manager.recover()
      expect(world.see()).toMatchObject({ status: 'running', origin: 'adopted', pid: earlier.pid })
      await world.waitForHealth('ok')
      expect(world.lms.commands()).toEqual(commands)
      expect(await world.manager.stopProcess(KEY)).toMatchObject({ success: true })
      await waitUntilGone(earlier.pid)
    })

    it('stays stopped if it does not', async () => {
      const home = temporaryDirectory()
      const earlier = await startWorld({}, home)
      await earlier.manager.stopProcess(KEY)
      earlier.manager.dispose()
      const world = createWorld(earlier.lms, home)
      await world.manager.recover()
      expect(world.see()).toMatchObject({ status: 'stopped', pid: null })
      expect(world.lms.pids()).toHaveLength(1)
      expect(world.warnings).toEqual([])
    })

    it.each([0, 1, 2, 3])(
      'that was killed at some moment of the start (%i) is there once, or not at all',
      async (turn) => {
        const home = temporaryDirectory()
        const lms = await createLms()
        const earlier = new ManagerProcess(home)
        await earlier.call('setServices', [lms.service()])
        const starting = earlier.call('start', KEY).catch(() => null)
        const steps = [
          () => true,
          () => lms.commands().length > 0,
          () => lms.commands().includes('start'),
          () => lms.pids().length > 0,
        ]
        await waitFor(steps[turn] ?? (() => true), { what: 'that moment' })
        await earlier.kill()
        await starting
        const world = createWorld(lms, home)
        await world.manager.recover()
        expect(await world.manager.start(KEY)).toMatchObject({ success: true })
        await world.waitForHealth('ok')
        const alive = await waitFor(
          () => {
            const left = lms.pids().filter(isAlive)
            return left.length === 1 ? left : null
          },
          { what: 'one server' },
        )
        expect(world.see().pid).toBe(alive[0])
        expect(world.records()).toEqual([])
      },
    )
  },
)

describe.runIf(process.platform !== 'win32')('on the port of a service that is controlled by commands', () => {
  it('its own server that somebody else started is shown as running', async () => {
    const world = createWorld(await createLms())
    await world.manager.recover()
    expect(world.see().status).toBe('stopped')
    startElsewhere(world.lms)
    await world.waitForStatus(KEY, 'running')
    expect(world.see()).toMatchObject({ origin: 'adopted', pid: await world.lms.server() })
    expect(world.lms.commands()).toEqual(['start'])
    expect(await world.manager.stopProcess(KEY)).toMatchObject({ success: true })
    await waitUntilGone(await world.lms.server())
  })

  it('is stopped also in the moment before that is seen', async () => {
    const world = createWorld(await createLms())
    startElsewhere(world.lms)
    expect(await world.manager.stopProcess(KEY)).toMatchObject({ success: true })
    await waitUntilGone(await world.lms.server())
    expect(world.see().status).toBe('stopped')
  })

  it('another program is external, is not stopped by a stop, and is ended when the person confirmed it', async () => {
    const world = createWorld(await createLms())
    const foreign = await startForeign(world.lms.port)
    expect(await world.manager.start(KEY)).toMatchObject({
      success: false,
      failure: { code: 'port-taken', message: expect.stringContaining(`(pid ${foreign})`) },
    })
    expect(world.see()).toMatchObject({ status: 'external', pid: foreign, origin: null })
    expect(await world.manager.stopProcess(KEY)).toMatchObject({ success: false, failure: { code: 'external' } })
    expect(world.lms.commands()).toEqual(['status'])
    expect(isAlive(foreign)).toBe(true)
    expect(await world.manager.stopExternal(KEY, foreign)).toMatchObject({ success: true })
    expect(isAlive(foreign)).toBe(false)
    expect(world.see().status).toBe('stopped')
  })

  it('whoever does not say who it is may be its server, and is never signalled', async () => {
    const world = createWorld(await createLms({ health: { timeoutSeconds: 0.3 } }))
    startElsewhere(world.lms)
    const pid = await world.lms.server()
    world.lms.steer('silent')
    await world.manager.recover()
    await world.waitForStatus(KEY, 'external')
    expect(await world.manager.stopExternal(KEY, pid)).toMatchObject({ success: false, failure: { code: 'external' } })
    expect(isAlive(pid)).toBe(true)
    // As soon as it says so, it is.
    world.lms.unsteer('silent')
    await world.waitForStatus(KEY, 'running')
    expect(await world.manager.stopExternal(KEY, pid)).toMatchObject({ failure: { code: 'external-changed' } })
  })

  it('there may be two services, and one of them has the server', async () => {
    const world = await startWorld()
    world.manager.setServices([world.lms.service(), world.lms.service({ key: TWO, name: 'Two' })])
    expect(await world.manager.start(TWO)).toMatchObject({
      success: false,
      failure: { code: 'port-taken', message: expect.stringContaining(`the service LM Studio (pid ${world.pid})`) },
    })
    expect(world.see(TWO).status).toBe('failed')
    world.manager.dispose()

    const next = createManager(world.home)
    next.manager.setServices([world.lms.service(), world.lms.service({ key: TWO, name: 'Two' })])
    await next.manager.recover()
    expect([next.snapshot(KEY).status, next.snapshot(TWO).status]).toEqual(['running', 'stopped'])
  })

  it('it can be another one for one run', async () => {
    const world = createWorld(await createLms())
    const foreign = await startForeign(world.lms.port)
    const free = await freePort()
    expect(await world.manager.startAs(world.lms.service({ args: { port: free } }))).toMatchObject({ success: true })
    await world.waitForHealth('ok')
    expect(world.see()).toMatchObject({ port: free, commandLine: `lms server start --port ${free}` })
    expect(isAlive(foreign)).toBe(true)
    expect(await world.manager.stopProcess(KEY)).toMatchObject({ success: true })
    expect(world.see().port).toBe(world.lms.port)
    await waitUntilGone(await world.lms.server())
  })

  it('nobody may be any more: a stop does not stop the server that somebody moved to another port', async () => {
    const world = await startWorld({ health: { intervalSeconds: 600 } })
    const free = await freePort()
    world.lms.run('server', 'stop')
    world.lms.run('server', 'start', '--port', String(free))
    const commands = world.lms.commands()
    expect(await world.manager.stopProcess(KEY)).toMatchObject({ success: true })
    expect(world.see().status).toBe('stopped')
    expect(world.lms.commands().slice(commands.length)).toEqual(['status'])
    expect(isAlive(await world.lms.server())).toBe(true)
  })

  it('a start that is told not to look does not look', async () => {
    const world = createWorld(await createLms())
    const server = createServer((_request, response) => response.writeHead(404).end())
    await new Promise<void>((resolve) => server.listen(world.lms.port, '127.0.0.1', resolve))
    closeLater(() => server.close())
    world.lms.steer('start', 'fail')
    const outcome = await world.manager.start(KEY, { checkPort: false })
    expect(outcome).toMatchObject({ success: false, failure: { code: 'command-failed' } })
  })
})

describe.runIf(process.platform !== 'win32')('a service that is controlled by commands', () => {
  it('is started before those that come after it, and stopped after them', async () => {
    const lms = await createLms({ bindsLate: true })
    const world = createWorld(lms)
    const after = serverService({}, { key: 'test:after', name: 'After', after: [{ key: KEY, until: 'healthy' }] })
    world.manager.setServices([after, lms.service()])
    const starting = world.manager.start('test:after')
    await world.waitForStatus(KEY, 'running')
    expect(world.see('test:after')).toMatchObject({ status: 'starting', healthDetail: 'Waiting for LM Studio.' })
    lms.steer('bind')
    expect(await starting).toMatchObject({ success: true })
    const dependent = world.pid('test:after')
    expect(await world.manager.stopAll()).toMatchObject({ success: true })
    expect(isAlive(dependent)).toBe(false)
    await waitUntilGone(await lms.server())
    expect(world.see().status).toBe('stopped')
  })

  it('goes on when it is gone from services.json, until it is stopped', async () => {
    const world = await startWorld({ entry: { restart: { policy: 'always' } } })
    world.manager.setServices([])
    expect(world.see()).toMatchObject({ status: 'running', removed: true, pid: world.pid })
    expect(await world.manager.start(KEY)).toMatchObject({ success: false, failure: { code: 'removed' } })
    expect(await world.manager.stopProcess(KEY)).toMatchObject({ success: true })
    expect(world.manager.snapshot().services).toEqual([])
    await waitUntilGone(world.pid)
  })

  it('or until somebody else stops it, and is not started again', async () => {
    const world = await startWorld({ entry: { restart: { policy: 'always', initialDelaySeconds: 0 } } })
    world.manager.setServices([])
    world.lms.run('server', 'stop')
    await waitFor(() => world.manager.snapshot().services.length === 0, { what: 'its end' })
    expect(world.lms.pids()).toEqual([world.pid])
  })

  it('is watched and stopped where it was started, when its definition has another port by now', async () => {
    const world = await startWorld()
    const port = await freePort()
    world.manager.setServices([world.lms.service({ name: 'Renamed', args: { port } })])
    expect(world.see()).toMatchObject({ name: 'Renamed', port: world.lms.port, status: 'running' })
    const seen = world.lms.requests().length
    await waitFor(() => world.lms.requests().length > seen + 3, { what: 'more probes' })
    expect(world.see().health).toBe('ok')
    expect(await world.manager.restart(KEY)).toMatchObject({ success: true })
    expect(world.see()).toMatchObject({ port, commandLine: `lms server start --port ${port}` })
    expect(isAlive(world.pid)).toBe(false)
  })

  it('becomes a process of its own kind when it is idle, and not before', async () => {
    const world = await startWorld()
    world.manager.setServices([tickerService({ key: KEY, name: 'Ticker' })])
    expect(world.see()).toMatchObject({ status: 'running', name: 'LM Studio', pid: world.pid })
    expect(await world.manager.restart(KEY)).toMatchObject({ success: true })
    expect(world.see()).toMatchObject({ status: 'running', name: 'Ticker', origin: 'spawned' })
    const ticker = world.pid === world.see().pid ? 0 : (world.see().pid ?? 0)
    await waitUntilGone(world.pid)
    // And the other way round.
    world.manager.setServices([world.lms.service()])
    expect(world.see()).toMatchObject({ status: 'running', name: 'Ticker' })
    expect(await world.manager.stopProcess(KEY)).toMatchObject({ success: true })
    expect(isAlive(ticker)).toBe(false)
    expect(world.see()).toMatchObject({ status: 'stopped', name: 'LM Studio' })
    expect(await world.manager.start(KEY)).toMatchObject({ success: true })
    await world.waitForHealth('ok')
  })

  it('or when somebody else stops it, and is not started again before that', async () => {
    const world = await startWorld({ entry: { restart: { policy: 'always', initialDelaySeconds: 0 } } })
    world.manager.setServices([tickerService({ key: KEY, name: 'Ticker' })])
    world.lms.run('server', 'stop')
    await waitFor(() => world.see().name === 'Ticker', { what: 'the other kind' })
    expect(world.see()).toMatchObject({ status: 'stopped', pid: null })
    expect(world.lms.pids()).toEqual([world.pid])
  })

  it('leaves no process behind that it was before, when its definition changed while the app was not running', async () => {
    const home = temporaryDirectory()
    const earlier = new ManagerProcess(home)
    await earlier.call('setServices', [tickerService({ key: KEY, name: 'Ticker' })])
    await earlier.call('start', KEY)
    const ticker = endLater((await earlier.call('getProcessInfo', KEY))?.pid ?? 0)
    await earlier.kill()

    const world = createWorld(await createLms(), home)
    await world.manager.recover()
    expect(world.see()).toMatchObject({ status: 'running', pid: ticker, origin: 'adopted', removed: false })
    expect(await world.manager.stopProcess(KEY)).toMatchObject({ success: true })
    expect(isAlive(ticker)).toBe(false)
    expect(world.see()).toMatchObject({ status: 'stopped', name: 'LM Studio' })
    expect(await world.manager.start(KEY)).toMatchObject({ success: true })
    expect(world.see().commandLine).toContain('lms server start')
  })

  it('is not started any more by an app that ends', async () => {
    const world = createWorld(await createLms())
    const starting = world.manager.start(KEY)
    world.manager.dispose()
    expect(await starting).toMatchObject({ success: false, failure: { code: 'stopped' } })
    expect(world.lms.commands()).not.toContain('start')
  })

  it('lets its log be rotated while no command prints, without anybody having to stand still', async () => {
    const lms = await createLms()
    const { manager } = createManager()
    const runner = new CommandRunner(lms.service(), {
      records: new RunRecordStore(temporaryDirectory()),
      logs: manager.logs,
      warn: () => undefined,
      resolveProgram: (service) => resolveProgram(service.binName, presets[service.preset], { env: service.env }),
      ownServiceName: async () => null,
      attention: new Attention(),
      secretsOf: noSecrets,
      onChange: () => undefined,
    })
    closeLater(() => runner.dispose())
    expect(runner.quiesce).toBe(null)
    lms.steer('start', 'hang')
    const starting = runner.start(true)
    await waitFor(() => lms.helpers().daemon, { what: 'the command' })
    await expect(runner.quiesce?.(() => 'done')).rejects.toThrow(NotNowError)
    lms.unsteer('start')
    await runner.stop(false)
    await starting
    expect(await runner.start(true)).toMatchObject({ ok: true })
    expect(await runner.quiesce?.(() => 'done')).toBe('done')
    expect(await runner.stop(false)).toMatchObject({ ok: true })
    expect(runner.quiesce).toBe(null)
  })

  it('counts with all that a stop may take when the app is to end', async () => {
    const world = await startWorld({ graceSeconds: 7 })
    expect(world.manager.graceSeconds()).toEqual([21])
  })
})
