import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createManager, tickerService } from '../../support/manager.ts'
import { ManagerProcess } from '../../support/manager-process.ts'
import { cleanUpProcesses, endLater, isAlive } from '../../support/processes.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

cleanUpProcesses()

const KEY = 'test:one'

describe('two copies of the app in one directory', () => {
  it('are never: the second is refused, told the pid of the first, and does nothing', async () => {
    const home = temporaryDirectory()
    const first = new ManagerProcess(home)
    await first.call('setServices', [tickerService()])
    await first.call('recover')
    await first.call('start', KEY)
    const pid = endLater((await first.call('getProcessInfo', KEY))?.pid ?? 0)

    const { manager, warnings, snapshot } = createManager(home)
    manager.setServices([tickerService()])
    const held = { code: 'already-managed', message: expect.stringContaining(`(pid ${first.pid})`) }
    await expect(manager.recover()).rejects.toMatchObject(held)
    expect(await manager.start(KEY)).toMatchObject({ success: false, failure: held })
    expect(await manager.stopProcess(KEY)).toMatchObject({ success: false, failure: held })
    expect(await manager.restart(KEY)).toMatchObject({ success: false, failure: held })
    expect(await manager.startAll()).toMatchObject({ success: false, failure: held })
    expect(await manager.startProcess('test:two', process.execPath)).toMatchObject({ success: false, failure: held })
    expect(snapshot(KEY)).toMatchObject({ status: 'stopped', pid: null })
    expect(warnings).toEqual([])
    expect(isAlive(pid)).toBe(true)
    expect(await first.call('stopProcess', KEY)).toMatchObject({ success: true })
  })

  it('follow each other when the first was killed', async () => {
    const home = temporaryDirectory()
    const first = new ManagerProcess(home)
    await first.call('setServices', [tickerService()])
    await first.call('recover')
    await first.call('start', KEY)
    const pid = endLater((await first.call('getProcessInfo', KEY))?.pid ?? 0)
    await first.kill()

    const { manager, warnings, snapshot } = createManager(home)
    manager.setServices([tickerService()])
    await manager.recover()
    expect(snapshot(KEY)).toMatchObject({ status: 'running', pid, origin: 'adopted' })
    expect(warnings).toEqual([])
  })

  it('follow each other when the first let go', async () => {
    const home = temporaryDirectory()
    const { manager: first } = createManager(home)
    await first.recover()
    first.dispose()
    const { manager: second } = createManager(home)
    await second.recover()
    expect(await second.stopAll()).toMatchObject({ success: true })
  })

  it('that start at the same moment, beside the lock of a dead one, end as one', async () => {
    const home = temporaryDirectory()
    mkdirSync(join(home, 'run'))
    writeFileSync(join(home, 'run', 'manager-4.lock'), '4711\n{"version":1,"pid":4711,"createdAt":"1","bootId":"x"}')
    const copies = [1, 2, 3, 4].map(() => new ManagerProcess(home))
    await Promise.all(copies.map((copy) => copy.call('setServices', [])))
    const answers = await Promise.allSettled(copies.map((copy) => copy.call('recover')))
    const winners = copies.filter((_copy, n) => answers[n]?.status === 'fulfilled')
    expect(winners).toHaveLength(1)
    const reasons = answers.filter((answer) => answer.status === 'rejected').map(({ reason }) => reason)
    const held = { code: 'already-managed', message: expect.stringContaining(`(pid ${winners[0]?.pid})`) }
    expect(reasons).toMatchObject([held, held, held])
  })

  it('are not kept from starting by a lock that is noise', async () => {
    const home = temporaryDirectory()
    mkdirSync(join(home, 'run'))
    writeFileSync(join(home, 'run', 'manager-1.lock'), 'noise')
    const { manager, warnings } = createManager(home)
    await manager.recover()
    expect(warnings).toEqual([expect.stringContaining('moved to')])
  })
})
