import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { RunMark } from '../../../src-main/core/timeline-entry.ts'
import { readTimeline } from '../../../src-main/logs/timeline/timeline-file.ts'
import { CRASH_SIGNAL, wordsForEndBy } from '../../support/exits.ts'
import { createManager, serverService, tickerService } from '../../support/manager.ts'
import { ManagerProcess } from '../../support/manager-process.ts'
import { cleanUpProcesses, endLater, fixture, isAlive } from '../../support/processes.ts'
import { makeService } from '../../support/service-definition.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import { waitFor } from '../../support/wait-for.ts'

cleanUpProcesses()

const KEY = 'test:one'
const MB = 1024 * 1024

async function marksIn(folder: string): Promise<RunMark[]> {
  return (await readTimeline(folder)).flatMap(({ mark }) => (mark === undefined ? [] : [mark]))
}

describe('the timeline of a service', () => {
  it('marks each start with its pid and each end with its reason', async () => {
    const { manager, pid, waitForStatus } = createManager()
    manager.setServices([tickerService({ restart: { policy: 'no' } })])
    await manager.start(KEY)
    const first = pid(KEY)
    await waitFor(async () => (await manager.getProcessOutput(KEY)).length > 0, { what: 'a line' })
    await manager.stopProcess(KEY)
    await manager.start(KEY)
    const second = pid(KEY)
    process.kill(second, CRASH_SIGNAL)
    await waitForStatus(KEY, 'failed')
    expect(await marksIn(manager.logs.folder(KEY))).toEqual([
      { kind: 'start', pid: first },
      { kind: 'end', reason: 'stopped' },
      { kind: 'start', pid: second },
      { kind: 'end', reason: `crashed with ${wordsForEndBy(CRASH_SIGNAL)}` },
    ])
  })

  it('tells a forced stop, an exit code and an unseen end apart', async () => {
    const { manager, waitForStatus } = createManager()
    manager.setServices([serverService({ crashes: 1, exitCode: 3 }, { restart: { policy: 'no' } })])
    await manager.start(KEY)
    await waitForStatus(KEY, 'failed')
    manager.setServices([tickerService()])
    await manager.start(KEY)
    await manager.stopProcess(KEY, { force: true })
    const reasons = (await marksIn(manager.logs.folder(KEY))).flatMap((mark) => ('reason' in mark ? [mark.reason] : []))
    expect(reasons).toEqual(['crashed with exit code 3', 'stopped by force'])
  })

  it('goes on when the app is killed: what was printed meanwhile has no time, and the adoption is marked', async () => {
    const home = temporaryDirectory()
    const first = new ManagerProcess(home)
    await first.call('setServices', [tickerService()])
    await first.call('start', KEY)
    endLater((await first.call('getProcessInfo', KEY))?.pid ?? 0)
    const folder = join(home, 'log', encodeURIComponent(KEY))
    const seen = await waitFor(async () => (await readTimeline(folder)).find(({ stdout }) => stdout > 0), {
      what: 'lines while the app runs',
    })
    await first.kill()
    const { manager, pid } = createManager(home)
    const path = manager.logs.path(KEY, 'stdout')
    const printed = await waitFor(() => manager.logs.offsets(KEY).stdout > seen.stdout && manager.logs.offsets(KEY), {
      what: `lines in ${path} while the app is dead`,
    })
    manager.setServices([tickerService()])
    await manager.recover()
    const timeline = await readTimeline(folder)
    const adoption = timeline.findIndex(({ mark }) => mark?.kind === 'adopted')
    expect(timeline[adoption]?.mark).toEqual({ kind: 'adopted', pid: pid(KEY) })
    const before = timeline[adoption - 1]
    expect(before).toMatchObject({ untimed: true })
    expect(before?.stdout).toBeGreaterThanOrEqual(printed.stdout)
    expect(timeline.slice(0, adoption - 1).every(({ untimed }) => untimed === undefined)).toBe(true)
  })
})

/** Writes so many bytes as fast as it can, and ends. */
const flood = (bytes: number, log: { maxFileBytes: number; maxTotalBytes: number }) =>
  makeService({ args: [fixture('write-bytes.ts'), String(bytes)], restart: { policy: 'no' }, log })

const archivesIn = (folder: string) => readdirSync(folder).filter((name) => /^stdout\.log\.\d+(\.gz)?$/.test(name))

describe('the log of a service that prints much', () => {
  it('is rotated while it runs, and no line is missing', async () => {
    const bytes = 24 * MB
    const { manager, waitForStatus, warnings } = createManager()
    manager.setServices([flood(bytes, { maxFileBytes: 2 * MB, maxTotalBytes: 1024 * MB })])
    await manager.start(KEY)
    await waitForStatus(KEY, 'stopped')
    const lines = await manager.getProcessOutput(KEY, { lines: 1e9 })
    expect(lines).toHaveLength(bytes / 64)
    expect(lines.findIndex((line, index) => !line.startsWith(`line ${index} `))).toBe(-1)
    expect(manager.logs.offsets(KEY).stdout).toBe(bytes)
    expect(warnings).toEqual([])
  })

  it('stays within its budget: the oldest go first, the newest stay', async () => {
    const bytes = 24 * MB
    const limits = { maxFileBytes: MB, maxTotalBytes: 3 * MB }
    const { manager, waitForStatus } = createManager()
    const folder = manager.logs.folder(KEY)
    manager.setServices([flood(bytes, limits)])
    await manager.start(KEY)
    await waitForStatus(KEY, 'stopped')
    // What was printed after the last look is archived when somebody looks again.
    manager.logs.keeper.look(KEY)
    await waitFor(() => archivesIn(folder).length > 0, { what: 'an archive' })
    const { first, end } = await manager.logs.bytes(KEY, 'stdout').extent()
    expect(end).toBe(bytes)
    expect(first).toBeGreaterThanOrEqual(0)
    expect(await manager.getProcessOutput(KEY, { lines: 1 })).toEqual([`line ${bytes / 64 - 1} `.padEnd(63, '.')])
  })

  it('is rotated at the next start if it has become too long, whether its service runs or not', async () => {
    const home = temporaryDirectory()
    const stopped = { ...flood(0, { maxFileBytes: MB, maxTotalBytes: 64 * MB }), key: 'test:stopped' }
    const running = tickerService({ log: { maxFileBytes: 2048, maxTotalBytes: MB } })
    const first = new ManagerProcess(home)
    await first.call('setServices', [running])
    await first.call('start', KEY)
    endLater((await first.call('getProcessInfo', KEY))?.pid ?? 0)
    await first.kill()
    const folderOf = (key: string) => join(home, 'log', encodeURIComponent(key))
    mkdirSync(folderOf(stopped.key), { recursive: true })
    writeFileSync(join(folderOf(stopped.key), 'stdout.log'), 'a line of yesterday\n'.repeat(100_000))
    await waitFor(() => statSync(join(folderOf(KEY), 'stdout.log')).size > 4096, { what: 'a long log' })
    const { manager } = createManager(home)
    manager.setServices([running, stopped])
    await manager.recover()
    for (const key of [KEY, stopped.key]) {
      await waitFor(() => archivesIn(folderOf(key)).length > 0, { what: `an archive of ${key}` })
    }
    expect(await manager.getProcessOutput(stopped.key, { lines: 1e9 })).toHaveLength(100_000)
    await waitFor(async () => (await manager.getProcessOutput(KEY)).length > 0, { what: 'lines after the rotation' })
    const lines = await manager.getProcessOutput(KEY, { lines: 1e9 })
    expect(lines).toEqual(lines.map((_, index) => `tick ${index}`))
  })

  it('can be cleared while it goes on', async () => {
    const { manager, pid } = createManager()
    manager.setServices([tickerService({ log: { maxFileBytes: 4096, maxTotalBytes: MB } })])
    await manager.start(KEY)
    const running = pid(KEY)
    const folder = manager.logs.folder(KEY)
    await waitFor(() => archivesIn(folder).length > 0, { what: 'an archive' })
    await manager.clearLog(KEY)
    const cleared = await manager.logs.bytes(KEY, 'stdout').extent()
    await waitFor(async () => (await manager.getProcessOutput(KEY)).length > 0, { what: 'a line after the clearing' })
    const [line = ''] = await manager.getProcessOutput(KEY, { lines: 1 })
    expect(Number(/\d+/.exec(line)?.[0])).toBeGreaterThan(100)
    expect(cleared.first).toBeGreaterThan(4096)
    expect(isAlive(running)).toBe(true)
    expect(existsSync(join(folder, 'stdout.log'))).toBe(true)
  })
})
