import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createLms, LMS_KEY as KEY, type LmsSetup } from '../../support/lms.ts'
import { createManager } from '../../support/manager.ts'
import { cleanUpProcesses, isAlive, waitUntilGone } from '../../support/processes.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import { waitFor } from '../../support/wait-for.ts'
import { accepts } from '../presets/preset-world.ts'

cleanUpProcesses()

/** A manager with LM Studio as its service. Nothing is started yet. */
async function createWorld(setup: LmsSetup = {}) {
  const lms = await createLms(setup)
  const test = createManager()
  test.manager.setServices([lms.service()])
  return {
    ...test,
    lms,
    see: () => test.snapshot(KEY),
    start: () => test.manager.start(KEY),
    stop: (force = false) => test.manager.stopProcess(KEY, { force }),
    said: () => test.manager.getProcessOutput(KEY, { stream: 'stderr' }),
    waitForHealth: (health: string) =>
      waitFor(() => test.snapshot(KEY).health === health, { what: `health ${health}` }),
  }
}

type World = Awaited<ReturnType<typeof createWorld>>

async function startOk(world: World): Promise<number> {
  expect(await world.start()).toMatchObject({ success: true })
  await world.waitForHealth('ok')
  return world.lms.server()
}

const never = { restart: { policy: 'no' } }

describe.runIf(process.platform !== 'win32')('a server that is controlled by commands', () => {
  it('is started and stopped by them, and shown with the process that listens', async () => {
    const world = await createWorld()
    const { lms, see, manager } = world
    expect(await world.start()).toEqual({
      success: true,
      message: `LM Studio is running (pid ${await lms.server()}).`,
    })
    await world.waitForHealth('ok')
    expect(see()).toMatchObject({
      status: 'running',
      origin: 'spawned',
      pid: await lms.server(),
      url: `http://127.0.0.1:${lms.port}`,
      commandLine: `lms server start --port ${lms.port}`,
      healthDetail: 'HTTP 200 from /lmstudio-greeting',
    })
    expect(manager.isProcessRunning(KEY)).toBe(true)
    expect(manager.listAllProcesses()[KEY]).toMatchObject({ running: true, pid: await lms.server() })
    expect(await world.said()).toEqual([`Success! Server is now running on port ${lms.port}`])
    expect(world.records()).toEqual([])

    expect(await world.stop()).toEqual({ success: true, message: 'LM Studio has stopped.' })
    expect(see()).toMatchObject({ status: 'stopped', pid: null, origin: null, startedAt: null })
    await waitUntilGone(await lms.server())
    expect((await world.said()).at(-1)).toBe(`Stopped the server on port ${lms.port}.`)
    // The first status asks for a server on another port, the last one whether it is gone.
    expect(lms.commands()).toEqual(['status', 'start', 'stop', 'status'])
    expect(world.warnings).toEqual([])
  })

  it.runIf(process.platform === 'linux')('listens on the loopback alone, unless it is told otherwise', async () => {
    const alone = await createWorld()
    await startOk(alone)
    expect(await accepts('127.0.0.1', alone.lms.port)).toBe(true)
    // Linux has all of 127/8: what listens on all addresses answers here too.
    expect(await accepts('127.0.0.2', alone.lms.port)).toBe(false)
    await alone.stop()
    const world = await createWorld()
    world.manager.setServices([world.lms.service({ args: { host: '0.0.0.0', port: world.lms.port } })])
    await startOk(world)
    expect(await accepts('127.0.0.2', world.lms.port)).toBe(true)
    expect(await world.stop()).toMatchObject({ success: true })
  })

  it('is asked by nothing but its probe while all is well', async () => {
    const world = await createWorld()
    await startOk(world)
    const commands = world.lms.commands()
    const seen = world.lms.requests().length
    await waitFor(() => world.lms.requests().length > seen + 20, { what: 'twenty more probes' })
    expect(world.lms.commands()).toEqual(commands)
    expect(new Set(world.lms.requests())).toEqual(new Set(['/lmstudio-greeting']))
  })

  it('is restarted by both', async () => {
    const world = await createWorld()
    const first = await startOk(world)
    expect(await world.manager.restart(KEY)).toMatchObject({ success: true })
    await world.waitForHealth('ok')
    const second = world.see().pid
    expect(second).not.toBe(first)
    expect(second).toBe(await world.lms.server())
    expect(isAlive(first)).toBe(false)
  })

  it('is started once, however many ask', async () => {
    const world = await createWorld()
    const answers = await Promise.all([world.start(), world.start(), world.manager.startAll()])
    expect(answers.map(({ success }) => success)).toEqual([true, true, true])
    expect(world.lms.commands()).toEqual(['status', 'start'])
    expect(await world.start()).toMatchObject({ message: expect.stringContaining('is already running') })
    expect(world.lms.pids()).toHaveLength(1)
  })

  it('is stopped by force in no other way', async () => {
    const world = await createWorld()
    const pid = await startOk(world)
    expect(await world.stop(true)).toMatchObject({ success: true })
    expect(world.lms.commands().filter((command) => command === 'stop')).toHaveLength(1)
    await waitUntilGone(pid)
  })

  it('shows the use of the process that listens', async () => {
    const world = await createWorld()
    await startOk(world)
    const usage = await new Promise<unknown>((resolve) => {
      const end = world.manager.watchUsage((sample) => {
        end()
        resolve(sample)
      })
    })
    expect(usage).toMatchObject({ [KEY]: { processCount: 1, memoryBytes: expect.any(Number) } })
  })

  it('may take a while to listen after its command has returned', async () => {
    const world = await createWorld({ bindsLate: true })
    expect(await world.start()).toEqual({ success: true, message: 'LM Studio is running.' })
    await world.waitForHealth('loading')
    expect(world.see()).toMatchObject({ status: 'running', pid: null })
    expect(world.manager.isProcessRunning(KEY)).toBe(true)
    world.lms.steer('bind')
    await world.waitForHealth('ok')
    await waitFor(() => world.see().pid !== null, { what: 'its pid' })
    expect(world.see().pid).toBe(await world.lms.server())
  })

  it('is not asked whether it has ended while it may still be starting', async () => {
    const probes = join(temporaryDirectory(), 'probes')
    const command = ['/bin/sh', '-c', `echo >> '${probes}'; exit 1`]
    const world = await createWorld({ bindsLate: true, health: { readiness: { command } } })
    await world.start()
    const commands = world.lms.commands()
    await waitFor(() => existsSync(probes) && readFileSync(probes).length > 5, { what: 'some probes' })
    expect(world.see()).toMatchObject({ status: 'running', health: 'loading' })
    expect(world.lms.commands()).toEqual(commands)
  })
})

describe.runIf(process.platform !== 'win32')('a start that does not succeed', () => {
  it('fails with the last words of the command', async () => {
    const world = await createWorld()
    world.lms.steer('start', 'fail')
    const words = 'Failed to verify the server is running. Please try to use another port.'
    const problem = {
      code: 'command-failed',
      message: `"lms server start --port ${world.lms.port}" ended with exit code 1.`,
      details: [words],
    }
    expect(await world.start()).toMatchObject({ success: false, failure: problem })
    expect(world.see()).toMatchObject({ status: 'failed', problem, pid: null })
    expect(await world.said()).toEqual([words])
    world.lms.unsteer('start')
    await startOk(world)
  })

  it('because its program is missing, says so', async () => {
    const lms = await createLms()
    const test = createManager()
    test.manager.setServices([lms.service({ binName: '/nowhere/lms' })])
    expect(await test.manager.start(KEY)).toMatchObject({ success: false, failure: { code: 'binary-not-found' } })
    expect(test.snapshot(KEY).status).toBe('failed')
  })

  it('because the command hangs, ends that, with what it is made of but not what it let go', async () => {
    const world = await createWorld({ health: { startGraceSeconds: 1 } })
    world.lms.steer('start', 'hang')
    expect(await world.start()).toMatchObject({ success: false, failure: { code: 'command-timed-out' } })
    expect(world.see().problem).toMatchObject({ details: ['Waking up LM Studio service...'] })
    const { helper = 0, daemon = 0 } = world.lms.helpers()
    await waitUntilGone(helper)
    expect(isAlive(daemon)).toBe(true)
  })

  it('because it is called off, ends the command, and is stopped', async () => {
    const world = await createWorld()
    world.lms.steer('start', 'hang')
    const starting = world.start()
    const { helper = 0, daemon = 0 } = await waitFor(
      () => (world.lms.helpers().daemon === undefined ? null : world.lms.helpers()),
      { what: 'the command' },
    )
    expect(await world.stop()).toMatchObject({ success: true })
    expect(await starting).toMatchObject({ success: false, failure: { code: 'stopped' } })
    expect(world.see().status).toBe('stopped')
    await waitUntilGone(helper)
    expect(isAlive(daemon)).toBe(true)
  })

  it('because it is called off when the server was just about to listen, stops it all the same', async () => {
    const world = await createWorld({ bindsLate: true })
    await world.start()
    const pid = await world.lms.server()
    const stopping = world.stop()
    world.lms.steer('bind')
    await stopping
    // Whatever came first: the service never says less than is there.
    const isShown = () => (isAlive(pid) ? world.see().status === 'running' : world.see().status === 'stopped')
    await world.manager.recover()
    await waitFor(isShown, { what: 'what is true' })
  })

  it('because the server is there already, takes that', async () => {
    const world = await createWorld()
    world.lms.run('server', 'start', '--port', String(world.lms.port))
    const before = world.lms.commands()
    expect(await world.start()).toMatchObject({ success: true })
    await world.waitForHealth('ok')
    expect(world.see()).toMatchObject({ status: 'running', origin: 'adopted', pid: await world.lms.server() })
    expect(world.lms.commands()).toEqual(before)
    expect(await world.stop()).toMatchObject({ success: true })
    await waitUntilGone(await world.lms.server())
  })

  it('because the server runs on another port, leaves it there', async () => {
    const world = await createWorld()
    const other = await createLms()
    const elsewhere = other.port
    world.lms.run('server', 'start', '--port', String(elsewhere))
    expect(await world.start()).toMatchObject({
      success: false,
      failure: { code: 'runs-elsewhere', message: expect.stringContaining(`port ${elsewhere}`) },
    })
    expect(isAlive(await world.lms.server())).toBe(true)
    expect(world.lms.commands()).toEqual(['start', 'status'])
    // A status that is wrong about that does not count.
    world.lms.run('server', 'stop')
    await waitUntilGone(await world.lms.server())
    world.lms.steer('status', `{"running":true,"port":${elsewhere}}`)
    await startOk(world)
  })
})

describe.runIf(process.platform !== 'win32')('a server that ends without this app', () => {
  it('is stopped, if somebody else stopped it', async () => {
    const world = await createWorld()
    await startOk(world)
    const asked = world.lms.commands().length
    world.lms.run('server', 'stop')
    await world.waitForStatus(KEY, 'stopped')
    expect(world.see()).toMatchObject({ pid: null, lastExit: { code: 0 }, problem: null })
    // Their stop, and one question.
    expect(world.lms.commands().slice(asked)).toEqual(['stop', 'status'])
  })

  it('is started again, if its policy is to run always', async () => {
    const world = await createWorld({ entry: { restart: { policy: 'always', initialDelaySeconds: 0 } } })
    const first = await startOk(world)
    world.lms.run('server', 'stop')
    await waitFor(() => world.see().status === 'running' && world.see().pid !== first && world.see().pid !== null, {
      what: 'the next one',
    })
    expect(world.see().pid).toBe(await world.lms.server())
  })

  it('is stopped, if it was killed and its status says so: that cannot be told from a stop', async () => {
    const world = await createWorld()
    process.kill(await startOk(world), 'SIGKILL')
    await world.waitForStatus(KEY, 'stopped')
    expect(world.lms.commands()).toEqual(['status', 'start', 'status'])
  })

  it('has crashed, if its status cannot be had, and is started again', async () => {
    const world = await createWorld({ entry: { restart: { policy: 'on-failure', initialDelaySeconds: 0 } } })
    const first = await startOk(world)
    world.lms.steer('status', 'LM Studio is updating')
    process.kill(first, 'SIGKILL')
    await waitFor(() => world.see().status === 'running' && world.see().health === 'ok' && world.see().pid !== first, {
      what: 'the next one',
    })
    expect(world.see()).toMatchObject({ origin: 'spawned', lastExit: { code: null, signal: null } })
  })

  it('has crashed, if its status goes on saying that it runs, which is asked a few times', async () => {
    const world = await createWorld({ entry: never })
    const pid = await startOk(world)
    world.lms.steer('status', `{"running":true,"port":${world.lms.port}}`)
    const asked = world.lms.commands().length
    process.kill(pid, 'SIGKILL')
    expect(await world.waitForStatus(KEY, 'failed')).toMatchObject({ problem: { code: 'crashed' } })
    expect(world.lms.commands().slice(asked)).toEqual(['status', 'status', 'status'])
  })

  it('is failing and nothing else, while it takes connections and does not answer', async () => {
    const world = await createWorld({ health: { timeoutSeconds: 0.3 } })
    const pid = await startOk(world)
    const commands = world.lms.commands()
    world.lms.steer('silent')
    await world.waitForHealth('failing')
    const seen = world.lms.requests().length
    await waitFor(() => world.lms.requests().length > seen + 5, { what: 'more probes' })
    expect(world.see()).toMatchObject({ status: 'running', pid })
    expect(world.lms.commands()).toEqual(commands)
    world.lms.unsteer('silent')
    await world.waitForHealth('ok')
  })

  it('is noticed to have ended also by a probe that is a command', async () => {
    const file = join(temporaryDirectory(), 'fine')
    writeFileSync(file, '')
    const health = { command: ['/usr/bin/test', '-e', file], failureThreshold: 1 }
    const world = await createWorld({ health })
    const pid = await startOk(world)
    const commands = world.lms.commands()
    // It fails while the server goes on: nothing has ended.
    rmSync(file)
    await world.waitForHealth('failing')
    expect(world.see()).toMatchObject({ status: 'running', pid })
    expect(world.lms.commands()).toEqual(commands)
    world.lms.run('server', 'stop')
    await world.waitForStatus(KEY, 'stopped')
  })

  it('is replaced by commands when it hangs, if that is wanted', async () => {
    const health = { timeoutSeconds: 0.3, failureThreshold: 1, onFailure: 'restart' }
    const world = await createWorld({ health, entry: { restart: { initialDelaySeconds: 0 } } })
    const first = await startOk(world)
    world.lms.steer('silent')
    await waitFor(() => world.lms.commands().includes('stop'), { what: 'the stop' })
    world.lms.unsteer('silent')
    await waitFor(() => world.see().health === 'ok' && world.see().pid !== first && world.see().pid !== null, {
      what: 'the next one',
    })
    expect(isAlive(first)).toBe(false)
  })
})

describe.runIf(process.platform !== 'win32')('a status that is wrong', () => {
  it('about a server that answers, does not count', async () => {
    const world = await createWorld()
    world.lms.run('server', 'start', '--port', String(world.lms.port))
    world.lms.steer('status', '{"running":false}')
    expect(await world.start()).toMatchObject({ success: true })
    await world.waitForHealth('ok')
    expect(world.see().origin).toBe('adopted')
    expect(await world.stop()).toMatchObject({ success: true })
    await waitUntilGone(await world.lms.server())
  })

  it('about a port that nobody listens on, does not count for a start and a stop', async () => {
    const world = await createWorld({ graceSeconds: 0.1 })
    world.lms.steer('status', `{"running":true,"port":${world.lms.port}}`)
    const pid = await startOk(world)
    expect(await world.stop()).toMatchObject({ success: true })
    expect(isAlive(pid)).toBe(false)
    expect(world.see()).toMatchObject({ status: 'stopped', problem: null })
  })

  it('is believed for a server that does not say who it is', async () => {
    const world = await createWorld()
    world.lms.run('server', 'start', '--port', String(world.lms.port))
    world.lms.steer('mute')
    // As the real one, it takes a server that wants a key for none.
    expect(await world.start()).toMatchObject({ success: false, failure: { code: 'port-taken' } })
    expect(world.see().status).toBe('external')
    world.lms.steer('status', `{"running":true,"port":${world.lms.port}}`)
    expect(await world.start()).toMatchObject({ success: true })
    await world.waitForHealth('ok')
    expect(world.see()).toMatchObject({ origin: 'adopted', healthDetail: expect.stringContaining('401') })
    world.lms.unsteer('mute')
    world.lms.unsteer('status')
  })

  it('is not waited for when it hangs, and ended', async () => {
    const world = await createWorld({ health: { timeoutSeconds: 0.4 } })
    world.lms.steer('status', 'hang')
    expect(await world.start()).toMatchObject({ success: true })
    await waitUntilGone(world.lms.helpers().helper ?? 0)
    await world.waitForHealth('ok')
    expect(await world.stop()).toMatchObject({ success: true })
  })
})

describe.runIf(process.platform !== 'win32')('a stop that does not succeed', () => {
  it('because the command hangs, is a problem; the command is ended, the server is not', async () => {
    const world = await createWorld({ graceSeconds: 0.2 })
    const pid = await startOk(world)
    world.lms.steer('stop', 'hang')
    const outcome = await world.stop()
    expect(outcome).toMatchObject({
      success: false,
      failure: { code: 'survived', details: ['Waking up LM Studio service...'] },
    })
    expect(outcome.message).toMatch(/"lms server stop" did not end within 3 s, and port \d+ still answers/)
    expect(world.see()).toMatchObject({ status: 'failed', problem: { code: 'survived' } })
    await waitUntilGone(world.lms.helpers().helper ?? 0)
    expect(isAlive(pid)).toBe(true)
    // Once it can be stopped, it is.
    world.lms.unsteer('stop')
    expect(await world.stop()).toMatchObject({ success: true })
    expect(world.see().status).toBe('stopped')
    await waitUntilGone(pid)
  })

  it('although the command says that all went well, is a problem', async () => {
    const world = await createWorld({ graceSeconds: 0.1 })
    const pid = await startOk(world)
    world.lms.steer('stop', 'nothing')
    const outcome = await world.stop()
    expect(outcome).toMatchObject({ success: false, failure: { code: 'survived' } })
    expect(outcome.message).toContain('its stop command said that all went well')
    expect(isAlive(pid)).toBe(true)
    world.lms.unsteer('stop')
    // A start finds it.
    expect(await world.start()).toMatchObject({ success: true })
    expect(world.see()).toMatchObject({ status: 'running', origin: 'adopted', pid })
  })

  it('because the command says that there is no server, is a problem with its words', async () => {
    const world = await createWorld({ graceSeconds: 0.1 })
    await startOk(world)
    world.lms.steer('stop', 'refuse')
    expect(await world.stop()).toMatchObject({
      success: false,
      failure: { code: 'survived', details: ['Error: The server is not running.'] },
    })
    world.lms.unsteer('stop')
  })

  it('is not waited for by somebody who forces it', async () => {
    const world = await createWorld({ graceSeconds: 600 })
    const pid = await startOk(world)
    world.lms.steer('stop', 'hang')
    const polite = world.stop()
    await waitFor(() => world.lms.helpers().daemon, { what: 'the hanging command' })
    expect(await world.stop(true)).toMatchObject({ success: false, failure: { code: 'survived' } })
    expect(await polite).toMatchObject({ success: false })
    expect(isAlive(pid)).toBe(true)
    world.lms.unsteer('stop')
  })

  it('leaves a restart undone, and says so', async () => {
    const world = await createWorld({ graceSeconds: 0.1 })
    const pid = await startOk(world)
    world.lms.steer('stop', 'nothing')
    expect(await world.manager.restart(KEY)).toMatchObject({ success: false, failure: { code: 'survived' } })
    expect(world.lms.pids()).toEqual([pid])
    world.lms.unsteer('stop')
  })
})
