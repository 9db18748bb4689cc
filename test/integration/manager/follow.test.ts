import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { endBy } from '../../support/exits.ts'
import { createManager } from '../../support/manager.ts'
import { ManagerProcess } from '../../support/manager-process.ts'
import { freePort } from '../../support/ports.ts'
import { cleanUpProcesses, endLater, fixture, isAlive, waitUntilGone } from '../../support/processes.ts'
import { makeService, type ServiceOverrides } from '../../support/service-definition.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import { waitFor } from '../../support/wait-for.ts'

cleanUpProcesses()

const KEY = 'test:one'

async function restartingService(home: string, overrides: ServiceOverrides = {}) {
  const port = await freePort()
  const startsFile = join(home, 'starts')
  const args = [fixture('restarting-server.ts'), String(port), startsFile]
  const ask = async (path: string) => void (await fetch(`http://127.0.0.1:${port}${path}`).catch(() => undefined))
  return {
    service: makeService({ args, port, followsRestart: true, graceSeconds: 0.3, ...overrides }),
    /** Pids of all starts so far. */
    starts: () => readFileSync(startsFile, 'utf8').split('\n').slice(0, -1).map(Number).map(endLater),
    ask,
  }
}

describe('a server that restarts itself under a new pid', () => {
  it('goes on as the same run, twice, and is stopped as any other', async () => {
    const { manager, snapshot, waitForStatus, readPidFile, records, home } = createManager()
    const { service, starts, ask } = await restartingService(home, { restart: { policy: 'always' } })
    manager.setServices([service])
    await manager.start(KEY)
    const { startedAt } = snapshot(KEY)
    for (const count of [2, 3]) {
      await waitFor(() => snapshot(KEY).health === 'ok', { what: 'its health' })
      const before = snapshot(KEY).pid ?? 0
      await ask('/restart')
      await waitFor(() => snapshot(KEY).pid !== before && snapshot(KEY).health === 'ok', { what: 'its new process' })
      expect(isAlive(before)).toBe(false)
      expect(starts()).toHaveLength(count)
      expect(snapshot(KEY)).toMatchObject({ status: 'running', origin: 'followed', pid: starts().at(-1), startedAt })
      expect(readPidFile(KEY).split('\n')[0]).toBe(String(starts().at(-1)))
    }
    expect(await manager.stopProcess(KEY)).toMatchObject({ success: true })
    await waitForStatus(KEY, 'stopped')
    expect(starts().filter(isAlive)).toEqual([])
    expect(records()).toEqual([])
  })

  it('is not followed unless its definition says so: what is left is ended, and it starts anew', async () => {
    const { manager, snapshot, pid, home } = createManager()
    const { service, starts, ask } = await restartingService(home, {
      followsRestart: false,
      restart: { policy: 'always', initialDelaySeconds: 0 },
    })
    manager.setServices([service])
    await manager.start(KEY)
    await waitFor(() => snapshot(KEY).health === 'ok', { what: 'its health' })
    const before = pid(KEY)
    await ask('/restart')
    await waitFor(() => snapshot(KEY).pid !== before && snapshot(KEY).health === 'ok', { what: 'its restart' })
    expect(snapshot(KEY)).toMatchObject({ origin: 'spawned' })
    expect(starts().filter(isAlive)).toEqual([pid(KEY)])
  })

  it('has crashed if what it left does not listen, and that is ended before the restart', async () => {
    const { manager, snapshot, pid, home } = createManager()
    const { service, starts, ask } = await restartingService(home, {
      restart: { policy: 'always', initialDelaySeconds: 0 },
      health: { startGraceSeconds: 0.3 },
    })
    manager.setServices([service])
    await manager.start(KEY)
    await waitFor(() => snapshot(KEY).health === 'ok', { what: 'its health' })
    const before = pid(KEY)
    await ask('/crash')
    await waitFor(() => snapshot(KEY).pid !== before && snapshot(KEY).health === 'ok', { what: 'its restart' })
    expect(snapshot(KEY)).toMatchObject({ origin: 'spawned', lastExit: { code: 1 } })
    expect(starts().filter(isAlive)).toEqual([pid(KEY)])
  })

  it('has crashed if it was killed, as any other', async () => {
    const { manager, snapshot, pid, waitForStatus, home } = createManager()
    const { service } = await restartingService(home)
    manager.setServices([service])
    await manager.start(KEY)
    process.kill(pid(KEY), 'SIGKILL')
    await waitForStatus(KEY, 'failed')
    expect(snapshot(KEY)).toMatchObject({ lastExit: endBy('SIGKILL') })
  })

  it('is stopped also while its new process does not listen yet', async () => {
    const { manager, snapshot, home } = createManager()
    const { service, starts, ask } = await restartingService(home)
    manager.setServices([service])
    await manager.start(KEY)
    await waitFor(() => snapshot(KEY).health === 'ok', { what: 'its health' })
    const before = snapshot(KEY).pid ?? 0
    await ask('/crash')
    await waitUntilGone(before)
    expect(await manager.stopProcess(KEY)).toMatchObject({ success: true })
    expect(starts().filter(isAlive)).toEqual([])
  })

  it('is adopted although that happened while the app was dead', async () => {
    const home = temporaryDirectory()
    const { service, starts, ask } = await restartingService(home)
    const first = new ManagerProcess(home)
    await first.call('setServices', [service])
    await first.call('start', KEY)
    await waitFor(async () => (await first.call('getProcessInfo', KEY))?.health === 'ok', { what: 'its health' })
    await first.kill()
    await ask('/restart')
    const { manager, snapshot, readPidFile } = createManager(home)
    await waitFor(() => starts().length === 2, { what: 'the new process' })
    manager.setServices([service])
    await manager.recover()
    await waitFor(() => snapshot(KEY).pid === starts()[1], { what: 'the new process to be found' })
    expect(snapshot(KEY)).toMatchObject({ status: 'running', origin: 'followed' })
    expect(readPidFile(KEY).split('\n')[0]).toBe(String(starts()[1]))
  })
})
