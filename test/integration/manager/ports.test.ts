import { createServer } from 'node:http'
import { describe, expect, it } from 'vitest'
import { startProcessCrossPlatform } from '../../../src-main/os/spawn.ts'
import { createManager, serverService, tickerService } from '../../support/manager.ts'
import { freePort } from '../../support/ports.ts'
import { cleanUpProcesses, closeLater, endLater, fixture, isAlive } from '../../support/processes.ts'
import { makeService } from '../../support/service-definition.ts'
import { waitFor } from '../../support/wait-for.ts'

cleanUpProcesses()

const ONE = 'test:one'
const TWO = 'test:two'
const answers = async (port: number) => (await fetch(`http://127.0.0.1:${port}/`).catch(() => null))?.status === 200

/** A server that this app did not start. */
async function startForeignServer(port: number): Promise<number> {
  const { pid } = await startProcessCrossPlatform({
    command: [process.execPath, fixture('server.ts'), JSON.stringify({ port })],
  })
  endLater(pid)
  await waitFor(() => answers(port), { what: 'the foreign server' })
  return pid
}

describe('a taken port', () => {
  it('is refused with the pid and the name of the program that holds it', async () => {
    const { manager, snapshot } = createManager()
    const port = await freePort()
    const foreign = await startForeignServer(port)
    manager.setServices([serverService({ port })])
    const outcome = await manager.start(ONE)
    expect(outcome).toMatchObject({ success: false, failure: { code: 'port-taken' } })
    expect(outcome.message).toMatch(new RegExp(`^Port ${port} is already in use by \\S+ \\(pid ${foreign}\\)\\. `))
    expect(snapshot(ONE)).toMatchObject({ status: 'external', pid: foreign, problem: { code: 'port-taken' } })
    expect(isAlive(foreign)).toBe(true)
  })

  it('held by this very process is refused too', async () => {
    const { manager } = createManager()
    const port = await freePort()
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    closeLater(() => server.close())
    manager.setServices([serverService({ port })])
    expect((await manager.start(ONE)).message).toContain(`(pid ${process.pid})`)
  })

  it('held by another of our services names the service, which is not shown as a stranger', async () => {
    const { manager, pid, snapshot } = createManager()
    const port = await freePort()
    manager.setServices([serverService({ port }), serverService({ port }, { key: TWO, name: 'Two' })])
    await manager.start(ONE)
    await waitFor(() => answers(port), { what: 'the first service' })
    const outcome = await manager.start(TWO)
    expect(outcome.message).toContain(`in use by the service One (pid ${pid(ONE)})`)
    expect(snapshot(TWO).status).toBe('failed')
    expect(await manager.stopProcess(ONE)).toMatchObject({ success: true })
    expect(await manager.start(TWO)).toMatchObject({ success: true })
  })

  it('held by a process that another of our services started names that service', async () => {
    const { manager, snapshot } = createManager()
    const port = await freePort()
    // A wrapper script: the server is a child of what was started.
    const script = `require('child_process').spawn(process.execPath, process.argv.slice(1), { stdio: 'inherit' })`
    const args = ['-e', script, fixture('server.ts'), JSON.stringify({ port })]
    manager.setServices([makeService({ args, port }), serverService({ port }, { key: TWO, name: 'Two' })])
    await manager.start(ONE)
    await waitFor(() => answers(port), { what: 'the wrapped server' })
    expect((await manager.start(TWO)).message).toContain('in use by the service One')
    expect(snapshot(TWO).status).toBe('failed')
  })

  it('does not matter to a start that is told not to look', async () => {
    const { manager } = createManager()
    const port = await freePort()
    await startForeignServer(port)
    manager.setServices([tickerService({ port, health: { type: 'none' } })])
    expect(await manager.start(ONE, { checkPort: false })).toMatchObject({ success: true })
  })

  it('of two services started at once goes to one, and the other says so or fails to listen', async () => {
    const { manager } = createManager()
    const port = await freePort()
    manager.setServices([serverService({ port }), serverService({ port }, { key: TWO, name: 'Two' })])
    const outcomes = await Promise.all([manager.start(ONE), manager.start(TWO)])
    expect(outcomes.some((outcome) => outcome.success)).toBe(true)
    await waitFor(() => [ONE, TWO].filter((key) => manager.isProcessRunning(key)).length === 1, { what: 'one of them' })
    expect(await answers(port).then((ok) => ok || waitFor(() => answers(port), { what: 'the winner' }))).toBe(true)
  })
})

describe('an address that is not this machine’s', () => {
  it('is refused with what to do', async () => {
    const { manager } = createManager()
    manager.setServices([tickerService({ host: '192.0.2.1', port: 8080 })])
    expect(await manager.start(ONE)).toMatchObject({
      success: false,
      message: expect.stringContaining('127.0.0.1'),
      failure: { code: 'no-such-address' },
    })
  })
})

describe('a server that somebody else started', () => {
  it('appears as external with its health, cannot be stopped here, and disappears', async () => {
    const { manager, snapshot, waitForStatus } = createManager()
    const port = await freePort()
    manager.setServices([serverService({ port })])
    await manager.recover()
    expect(snapshot(ONE).status).toBe('stopped')

    const foreign = await startForeignServer(port)
    const external = await waitForStatus(ONE, 'external')
    expect(external).toMatchObject({
      pid: foreign,
      holderName: expect.stringMatching(/./),
      origin: null,
      problem: null,
    })
    await waitFor(() => snapshot(ONE).health === 'ok', { what: 'its health' })
    expect(manager.isProcessRunning(ONE)).toBe(false)
    expect(await manager.stopProcess(ONE)).toMatchObject({ success: false, failure: { code: 'external' } })
    expect(await manager.stopAll({ force: true })).toMatchObject({ success: true })
    expect(isAlive(foreign)).toBe(true)

    process.kill(foreign, 'SIGKILL')
    await waitForStatus(ONE, 'stopped')
    expect(await manager.start(ONE)).toMatchObject({ success: true })
  })

  it('is ended when the person confirmed its pid, and no other process is', async () => {
    const { manager, waitForStatus } = createManager()
    const port = await freePort()
    manager.setServices([serverService({ port }), tickerService({ key: TWO })])
    await manager.recover()
    await manager.start(TWO)
    const foreign = await startForeignServer(port)
    await waitForStatus(ONE, 'external')
    const changed = { success: false, failure: { code: 'external-changed' } }
    // The pid of another process, of none, and of a service that is not external.
    expect(await manager.stopExternal(ONE, process.pid)).toMatchObject(changed)
    expect(await manager.stopExternal(ONE, 4_000_000)).toMatchObject(changed)
    expect(await manager.stopExternal(TWO, foreign)).toMatchObject(changed)
    expect(isAlive(foreign)).toBe(true)

    expect(await manager.stopExternal(ONE, foreign)).toMatchObject({ success: true })
    expect(isAlive(foreign)).toBe(false)
    await waitForStatus(ONE, 'stopped')
    expect(manager.isProcessRunning(TWO)).toBe(true)
    expect(await manager.stopExternal(ONE, foreign)).toMatchObject(changed)
  })

  it('is left alone by a start with another definition, which holds until the service is idle again', async () => {
    const { manager, snapshot, waitForStatus } = createManager()
    const [port, free] = [await freePort(), await freePort()]
    manager.setServices([serverService({ port })])
    await manager.recover()
    const foreign = await startForeignServer(port)
    await waitForStatus(ONE, 'external')
    expect(await manager.startAs(serverService({ port: free }))).toMatchObject({ success: true })
    expect(snapshot(ONE).port).toBe(free)
    await waitFor(() => answers(free), { what: 'the service beside it' })
    expect(isAlive(foreign)).toBe(true)
    await manager.stopProcess(ONE)
    expect(snapshot(ONE).port).toBe(port)
  })

  it('is not what a service of ours looks like that another service shares its port with', async () => {
    const { manager, snapshot } = createManager()
    const [port, other] = [await freePort(), await freePort()]
    manager.setServices([
      serverService({ port }),
      serverService({ port }, { key: TWO, name: 'Two' }),
      serverService({ port: other }, { key: 'test:three' }),
    ])
    await manager.start(ONE)
    await waitFor(() => answers(port), { what: 'the first service' })
    await manager.recover()
    // That the third is seen shows that the second was looked at as well.
    await startForeignServer(other)
    await waitFor(() => snapshot('test:three').status === 'external', { what: 'the foreign server to be seen' })
    expect(snapshot(TWO).status).toBe('stopped')
  })
})
