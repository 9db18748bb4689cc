import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createManager, tickerService } from '../../support/manager.ts'
import { cleanUpProcesses, isAlive } from '../../support/processes.ts'
import { makeService } from '../../support/service-definition.ts'
import { canMount, smallDisk } from '../../support/small-disk.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import { waitFor } from '../../support/wait-for.ts'

cleanUpProcesses()

const KEY = 'test:one'
const two = tickerService({ key: 'test:two', name: 'Two' })
const RECORD = 'test%3Aone.pid'
const INTENT = 'test%3Aone.intent'

describe.runIf(canMount)('with no space for records', () => {
  it('what runs goes on, a start is refused and says why, and works when there is space', async () => {
    const disk = smallDisk()
    const { manager, pid, snapshot } = createManager(temporaryDirectory(), {
      runDir: disk.directory,
    })
    manager.setServices([tickerService(), two])
    await manager.start(KEY)
    const running = pid(KEY)
    const before = readPidFileOf(disk.directory)
    disk.fill()
    expect(await manager.start('test:two')).toMatchObject({ success: false, failure: { code: 'disk-full' } })
    expect(isAlive(running)).toBe(true)
    expect(snapshot(KEY).status).toBe('running')
    expect(readPidFileOf(disk.directory)).toBe(before)
    expect(readdirSync(disk.directory).sort()).toEqual(['filler', RECORD])
    disk.free()
    expect(await manager.start('test:two')).toMatchObject({ success: true })
  })

  it('an instance whose PID file did not fit is recorded as soon as there is space', async () => {
    const disk = smallDisk()
    const { manager, pid, warnings } = createManager(temporaryDirectory(), { runDir: disk.directory })
    manager.setServices([tickerService()])
    disk.fill(1) // Enough for the intent.
    expect(await manager.start(KEY)).toMatchObject({ success: true })
    expect(warnings).toEqual([expect.stringContaining('disk is full')])
    expect(readdirSync(disk.directory).sort()).toEqual(['filler', INTENT])
    disk.free()
    await waitFor(() => existsSync(join(disk.directory, RECORD)), { what: 'the PID file' })
    expect(readPidFileOf(disk.directory).split('\n')[0]).toBe(String(pid(KEY)))
    await waitFor(() => !existsSync(join(disk.directory, INTENT)), { what: 'the end of the intent' })
    expect(warnings).toHaveLength(1)
  })

  it('an instance without a PID file is adopted, others too, and recorded later', async () => {
    const disk = smallDisk()
    const first = createManager(temporaryDirectory(), { runDir: disk.directory })
    first.manager.setServices([tickerService(), two])
    await first.manager.start('test:two')
    disk.fill(1)
    await first.manager.start(KEY)
    const pids = [first.pid(KEY), first.pid('test:two')]
    first.manager.dispose()
    const second = createManager(temporaryDirectory(), { runDir: disk.directory })
    second.manager.setServices([tickerService(), two])
    await second.manager.recover()
    expect([second.pid(KEY), second.pid('test:two')]).toEqual(pids)
    expect(second.warnings).toEqual([
      expect.stringContaining('no lock could be written'),
      expect.stringContaining('could not be written yet'),
    ])
    expect(readdirSync(disk.directory)).toContain(INTENT)
    disk.free()
    await waitFor(() => !existsSync(join(disk.directory, INTENT)), { what: 'the PID file' })
    expect(readPidFileOf(disk.directory).split('\n')[0]).toBe(String(pids[0]))
  })
})

describe.runIf(canMount)('with no space for logs', () => {
  it('services go on, the manager says so once, and later lines are whole', async () => {
    const disk = smallDisk()
    const { manager, pid, warnings } = createManager(temporaryDirectory(), { logDir: disk.directory })
    const script = 'n=0; while :; do echo "line $n"; n=$((n+1)); sleep 0.02; done'
    manager.setServices([makeService({ binName: '/bin/sh', args: ['-c', script], graceSeconds: 0.3 }), two])
    await manager.recover()
    await manager.start(KEY)
    const log = join(disk.directory, 'test%3Aone', 'stdout.log')
    await waitFor(() => existsSync(log) && readFileSync(log).length > 0, { what: 'the first line' })
    disk.fill()
    await waitFor(() => warnings.length > 0, { what: 'the warning' })
    expect(warnings).toEqual([expect.stringMatching(/disk .* is full/)])
    expect(isAlive(pid(KEY))).toBe(true)
    disk.free()
    const size = readFileSync(log).length
    await waitFor(() => readFileSync(log).length > size + 100, { what: 'further lines' })
    await waitFor(() => warnings.length > 1, { what: 'that there is space again' })
    expect(warnings[1]).toContain('space again')
    expect(await manager.stopProcess(KEY)).toMatchObject({ success: true })
  })
})

describe('a PID file that could not be written', () => {
  it('for whatever reason is written later, but not after its instance has ended', async () => {
    const { manager, home, warnings, records, pid } = createManager()
    const obstacle = join(home, 'run', RECORD)
    mkdirSync(join(obstacle, 'not empty'), { recursive: true })
    manager.setServices([tickerService()])
    expect(await manager.start(KEY)).toMatchObject({ success: true })
    expect(warnings).toHaveLength(1)
    expect(records()).toEqual([INTENT, RECORD])
    rmdirSync(join(obstacle, 'not empty'))
    rmdirSync(obstacle)
    await waitFor(() => records().join() === RECORD, { what: 'the PID file' })
    expect(readFileSync(obstacle, 'utf8').split('\n')[0]).toBe(String(pid(KEY)))
    await manager.stopProcess(KEY)
    expect(records()).toEqual([])
  })
})

const readPidFileOf = (directory: string) => readFileSync(join(directory, RECORD), 'utf8')
