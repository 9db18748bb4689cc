import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { defaultStop, type StopConfig } from '../../../src-main/core/service-config.ts'
import type { StopListenerOptions } from '../../fixtures/stop-listener.ts'
import { createManager } from '../../support/manager.ts'
import { freePort } from '../../support/ports.ts'
import { cleanUpProcesses, endLater, fixture, isAlive, waitUntilGone } from '../../support/processes.ts'
import { makeService } from '../../support/service-definition.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import { waitFor } from '../../support/wait-for.ts'

cleanUpProcesses()

const KEY = 'test:one'
/** Long enough that nothing but what is tested ends the service. */
const LONG = 600

async function startListener(
  server: Omit<StopListenerOptions, 'file'>,
  stop: Partial<StopConfig>,
  graceSeconds = LONG,
) {
  const created = createManager()
  const file = join(created.home, 'asked')
  const told = () => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [])
  const args = [fixture('stop-listener.ts'), JSON.stringify({ ...server, file })]
  const { port = null } = server
  const service = makeService({ args, port, graceSeconds, stop: { ...defaultStop, ...stop }, health: { type: 'none' } })
  created.manager.setServices([service])
  await created.manager.start(KEY)
  await waitFor(() => told().includes('ready'), { what: 'the server' })
  return { ...created, pid: created.pid(KEY), told: () => told().slice(1) }
}

describe.runIf(process.platform !== 'win32')('a service is stopped', () => {
  it.each(['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP'] as const)('by its own signal, %s', async (signal) => {
    const { manager, pid, told } = await startListener({ endsAt: { signal, count: 1 } }, { signal })
    expect(await manager.stopProcess(KEY)).toMatchObject({ success: true })
    expect(isAlive(pid)).toBe(false)
    expect(told()).toEqual([signal])
  })

  it('by a second signal within the grace period, where it waits for that', async () => {
    const ends = { endsAt: { signal: 'SIGTERM', count: 2 } }
    const { manager, pid, told } = await startListener(ends, { secondSignalAfterSeconds: 0.2 })
    expect(await manager.stopProcess(KEY)).toMatchObject({ success: true })
    expect(isAlive(pid)).toBe(false)
    expect(told()).toEqual(['SIGTERM', 'SIGTERM'])
    expect(manager.getProcessInfo(KEY)).toMatchObject({ returncode: 0 })
  })

  it('by an HTTP request instead of a signal', async () => {
    const port = await freePort()
    const { manager, pid, told, warnings } = await startListener(
      { port },
      { http: { method: 'POST', path: '/shutdown' } },
    )
    expect(await manager.stopProcess(KEY)).toMatchObject({ success: true })
    expect(isAlive(pid)).toBe(false)
    expect(told()).toEqual(['POST /shutdown'])
    expect(warnings).toEqual([])
  })

  it('by a command instead of a signal', async () => {
    const port = await freePort()
    const script = `fetch('http://127.0.0.1:${port}/shutdown', { method: 'POST' })`
    const { manager, pid, told, warnings } = await startListener(
      { port },
      { command: [process.execPath, '-e', script] },
    )
    expect(await manager.stopProcess(KEY)).toMatchObject({ success: true })
    expect(isAlive(pid)).toBe(false)
    expect(told()).toEqual(['POST /shutdown'])
    expect(warnings).toEqual([])
  })

  it.each([
    ['an HTTP request that is refused', { http: { method: 'POST', path: '/other' } }, 'HTTP 404 from /other'],
    ['a command that fails', { command: ['/bin/sh', '-c', 'exit 3'] }, '/bin/sh ended with 3'],
    ['a command that does not exist', { command: ['/no/such/program'] }, 'found none'],
  ])('by the signal after %s, with a warning', async (_what, stop, reason) => {
    const port = await freePort()
    const ends = { port, endsAt: { signal: 'SIGTERM', count: 1 } }
    const { manager, pid, told, warnings } = await startListener(ends, stop)
    expect(await manager.stopProcess(KEY)).toMatchObject({ success: true })
    expect(isAlive(pid)).toBe(false)
    expect(told().at(-1)).toBe('SIGTERM')
    expect(warnings).toEqual([expect.stringContaining(reason)])
  })

  it('by the signal when its own way has not helped by the time of the second one', async () => {
    const { manager, pid, told } = await startListener(
      { endsAt: { signal: 'SIGINT', count: 1 } },
      { command: ['/bin/true'], signal: 'SIGINT', secondSignalAfterSeconds: 0.2 },
    )
    expect(await manager.stopProcess(KEY)).toMatchObject({ success: true })
    expect(isAlive(pid)).toBe(false)
    expect(told()).toEqual(['SIGINT'])
  })

  it('by force after its grace period, although a command hangs, which is ended too', async () => {
    const pidFile = join(temporaryDirectory(), 'pid')
    const command = ['/bin/sh', '-c', 'echo $$ > "$0"; exec sleep 60', pidFile]
    const { manager, pid, told } = await startListener({}, { command }, 1)
    expect(await manager.stopProcess(KEY)).toMatchObject({ success: true })
    expect(isAlive(pid)).toBe(false)
    expect(told()).toEqual([])
    await waitUntilGone(endLater(Number(readFileSync(pidFile, 'utf8'))))
  })

  it('by force at once if that is asked for, whatever its own way', async () => {
    const { manager, pid, told } = await startListener({}, { command: ['/bin/sh', '-c', 'exit 0'] })
    expect(await manager.stopProcess(KEY, { force: true })).toMatchObject({ success: true })
    expect(isAlive(pid)).toBe(false)
    expect(told()).toEqual([])
  })
})
