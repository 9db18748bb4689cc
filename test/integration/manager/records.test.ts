import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { identify } from '../../../src-main/os/processes/identity.ts'
import { RunRecordStore } from '../../../src-main/os/run-records.ts'
import { startProcessCrossPlatform } from '../../../src-main/os/spawn.ts'
import { createManager, tickerService } from '../../support/manager.ts'
import { cleanUpProcesses, endLater, fixture, isAlive, waitUntilGone } from '../../support/processes.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

cleanUpProcesses()

const KEY = 'test:one'

/** A process of somebody else that happens to have a pid that a record names. */
async function startStranger() {
  const { pid } = await startProcessCrossPlatform({ command: [process.execPath, fixture('ticker.ts'), '1'] })
  const identity = await identify(endLater(pid))
  if (identity === null) throw new Error('expected the stranger to live')
  return identity
}

/** A manager that finds this record when it recovers. */
async function recoverRecord(changes: { createdAt?: string; bootId?: string; key?: string; hasEnded?: boolean }) {
  const home = temporaryDirectory()
  const stranger = await startStranger()
  const identity = {
    ...stranger,
    createdAt: changes.createdAt ?? stranger.createdAt,
    bootId: changes.bootId ?? stranger.bootId,
  }
  new RunRecordStore(join(home, 'run')).writeRecord({
    key: changes.key ?? KEY,
    nonce: 'of-an-earlier-run',
    bootId: identity.bootId,
    command: ['ollama', 'serve'],
    startedAt: 1,
    identity,
  })
  if (changes.hasEnded) {
    process.kill(stranger.pid, 'SIGKILL')
    await waitUntilGone(stranger.pid)
  }
  const created = createManager(home)
  created.manager.setServices([tickerService()])
  const ranBeforeReboot = await created.manager.recover()
  return { ...created, stranger, ranBeforeReboot }
}

describe('a stale record', () => {
  it.each([
    ['of a process whose pid was given to another one', { createdAt: '12345' }, 'no process'],
    ['of an earlier boot of the machine', { bootId: 'of-an-earlier-boot' }, 'booted since'],
  ])('%s is removed with a warning, and nothing is signalled', async (_what, changes, why) => {
    const { manager, snapshot, warnings, records, stranger } = await recoverRecord(changes)
    expect(snapshot(KEY)).toMatchObject({ status: 'stopped', pid: null })
    expect(records()).toEqual([])
    expect(warnings).toEqual([expect.stringContaining('test%3Aone.pid: stale record of test:one removed')])
    expect(warnings[0]).toContain(why)
    expect(warnings[0]).toContain('nothing was signalled')
    expect(await manager.stopProcess(KEY, { force: true })).toMatchObject({ success: true })
    expect(isAlive(stranger.pid)).toBe(true)
  })

  it('of an earlier boot tells what ran when the machine went down; another one does not', async () => {
    expect((await recoverRecord({ bootId: 'of-an-earlier-boot' })).ranBeforeReboot).toEqual([KEY])
    expect((await recoverRecord({ createdAt: '12345' })).ranBeforeReboot).toEqual([])
  })

  it('of a process that has ended is removed with a warning', async () => {
    const { snapshot, warnings, records } = await recoverRecord({ hasEnded: true })
    expect(snapshot(KEY).status).toBe('stopped')
    expect(warnings).toEqual([expect.stringContaining('no process')])
    expect(records()).toEqual([])
  })

  it('does not keep the service from being started', async () => {
    const { manager, pid, stranger } = await recoverRecord({ createdAt: '1' })
    expect(await manager.start(KEY)).toMatchObject({ success: true })
    expect(pid(KEY)).not.toBe(stranger.pid)
  })
})

describe('a record that was not written to its end', () => {
  it('because the app was killed leaves no file behind for ever', async () => {
    const home = temporaryDirectory()
    mkdirSync(join(home, 'run'))
    const own = ['.test%3Aone.pid.0123456789ab.tmp', '.test%3Atwo.intent.ba9876543210.tmp']
    const others = ['.editor.swp', '.app.lock.0123456789ab.tmp']
    for (const name of [...own, ...others]) writeFileSync(join(home, 'run', name), 'half a rec')
    const { manager, warnings, records } = createManager(home)
    manager.setServices([tickerService()])
    await manager.recover()
    expect(records()).toEqual(others.sort())
    expect(warnings).toEqual([])
  })
})

describe('a record that is no use', () => {
  it.each([
    ['noise', Buffer.from(Array.from({ length: 2048 }, (_, index) => (index * 37) % 256))],
    ['an empty file', Buffer.alloc(0)],
    ['a pid alone', Buffer.from(`${process.pid}\n`)],
    ['the pid of init', Buffer.from('1\n{}')],
    ['a negative pid', Buffer.from('-1\n{"pid":-1}')],
  ])('because it is %s is moved aside, reported, and stops nothing', async (_what, content) => {
    const home = temporaryDirectory()
    mkdirSync(join(home, 'run'))
    writeFileSync(join(home, 'run', 'test%3Aone.pid'), content)
    const { manager, warnings, records } = createManager(home)
    manager.setServices([tickerService()])
    await manager.recover()
    expect(warnings).toEqual([expect.stringMatching(/test%3Aone\.pid: .*moved to .*\.corrupt-\d+$/s)])
    expect(await manager.start(KEY)).toMatchObject({ success: true })
    expect(records()).toEqual(['test%3Aone.pid', expect.stringMatching(/^test%3Aone\.pid\.corrupt-\d+$/)])
    expect(await manager.stopProcess(KEY)).toMatchObject({ success: true })
    expect(records()).toHaveLength(1)
  })

  it('because its key is none is reported, and its process is left alone', async () => {
    const { manager, warnings, stranger } = await recoverRecord({ key: 'no key at all' })
    expect(warnings).toEqual([expect.stringContaining('left alone')])
    expect(manager.snapshot().services.map(({ key }) => key)).toEqual([KEY])
    expect(isAlive(stranger.pid)).toBe(true)
  })

  it('among good ones harms none of them', async () => {
    const home = temporaryDirectory()
    const first = createManager(home)
    const services = [tickerService(), tickerService({ key: 'test:two' })]
    first.manager.setServices(services)
    await first.manager.startAll()
    const pids = [first.pid(KEY), first.pid('test:two')]
    first.manager.dispose()
    writeFileSync(join(home, 'run', 'test%3Anoise.pid'), 'noise')
    writeFileSync(join(home, 'run', 'test%3Anoise.intent'), 'noise')
    const { manager, snapshot, warnings, records } = createManager(home)
    manager.setServices(services)
    await manager.recover()
    expect([snapshot(KEY).pid, snapshot('test:two').pid]).toEqual(pids)
    expect(warnings).toHaveLength(2)
    expect(records()).toHaveLength(4)
  })
})

describe('a file in the run directory that cannot be removed', () => {
  it('keeps no stop from its end', async () => {
    const { manager, home, warnings, snapshot, pid } = createManager()
    manager.setServices([tickerService()])
    await manager.start(KEY)
    const running = pid(KEY)
    const file = join(home, 'run', 'test%3Aone.pid')
    rmSync(file)
    mkdirSync(file)
    expect(await manager.stopProcess(KEY)).toMatchObject({ success: true })
    expect(snapshot(KEY).status).toBe('stopped')
    expect(isAlive(running)).toBe(false)
    expect(warnings).toEqual([expect.stringContaining('could not be removed')])
  })

  it('keeps no recovery from its end', async () => {
    const home = temporaryDirectory()
    mkdirSync(join(home, 'run', '.test%3Aone.pid.0123456789ab.tmp'), { recursive: true })
    const { manager, warnings } = createManager(home)
    manager.setServices([tickerService()])
    await manager.recover()
    expect(warnings).toEqual([expect.stringContaining('could not be removed')])
    expect(await manager.start(KEY)).toMatchObject({ success: true })
  })
})
