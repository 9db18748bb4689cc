import { describe, expect, it, vi } from 'vitest'
import { isProcessRunningCrossPlatform } from '../../src-main/os/liveness.ts'
import { findByIdentity, identify, processTable } from '../../src-main/os/processes/identity.ts'
import { stopProcessCrossPlatform, stopTree } from '../../src-main/os/stop-tree.ts'
import { startFixture, waitForLine } from '../support/fixture-process.ts'
import { cleanUpProcesses, isAlive } from '../support/processes.ts'
import { waitFor } from '../support/wait-for.ts'
import { isWindows } from './systems.ts'

cleanUpProcesses()

const NO_PIDS = [0, -1, -4711, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31, 2 ** 53]

describe('the process table', () => {
  it('has this process with its parent, in the list as by itself', async () => {
    const table = processTable()
    const self = await table.find(process.pid)
    expect(self).toMatchObject({ pid: process.pid, parentPid: process.ppid, name: expect.stringMatching(/node/i) })
    expect((await table.list()).filter(({ pid }) => pid === process.pid)).toEqual([self])
  })

  it('has a child with its parent and group', async () => {
    const { pid } = await startFixture('ticker.ts')
    const entry = await processTable().find(pid)
    expect(entry).toMatchObject({ pid, parentPid: process.pid, groupId: isWindows ? 0 : pid })
    expect((await processTable().list()).find((other) => other.pid === pid)).toEqual(entry)
  })

  it('lists every pid once, and nothing without a creation time', async () => {
    const entries = await processTable().list()
    expect(new Set(entries.map(({ pid }) => pid)).size).toBe(entries.length)
    expect(entries.filter(({ createdAt }) => !/\d/.test(createdAt))).toEqual([])
  })

  it('lists what was created since a process, and that one', async () => {
    const older = await startFixture('ticker.ts')
    const { createdAt } = await older.identity()
    const younger = await startFixture('ticker.ts')
    const pids = (await processTable().list({ createdSince: createdAt })).map(({ pid }) => pid)
    expect(pids).toContain(older.pid)
    expect(pids).toContain(younger.pid)
  })

  it('has nothing for what is no pid', async () => {
    for (const pid of NO_PIDS) expect(await processTable().find(pid)).toBeNull()
  })
})

describe('an identity', () => {
  it('stays the same while the process lives, and ends with it', async () => {
    const { pid, exited } = await startFixture('ticker.ts')
    const identity = await identify(pid)
    expect(identity).toMatchObject({ pid, createdAt: expect.stringMatching(/\d/), bootId: expect.stringMatching(/./) })
    if (identity === null) return
    for (let time = 0; time < 20; time += 1) expect(await identify(pid)).toEqual(identity)
    expect(await findByIdentity(identity)).toMatchObject({ pid, parentPid: process.pid })
    process.kill(pid, 'SIGKILL')
    await exited
    expect(await findByIdentity(identity)).toBeNull()
    expect(await identify(pid)).toBeNull()
  })

  it('is the same for another process that looks', async () => {
    const started = await startFixture('ticker.ts')
    const adopter = await startFixture('adopter.ts', [JSON.stringify(await started.identity())])
    await waitForLine(adopter, 'adopted')
  })

  it('is not that of another owner of the pid, nor of an earlier boot', async () => {
    const self = await identify(process.pid)
    const other = await (await startFixture('ticker.ts')).identity()
    if (self === null) throw new Error('expected this process')
    expect(other.bootId).toBe(self.bootId)
    expect(other.createdAt).not.toBe(self.createdAt)
    expect(await findByIdentity({ ...self, createdAt: other.createdAt })).toBeNull()
    expect(await findByIdentity({ ...other, pid: process.pid })).toBeNull()
    expect(await findByIdentity({ ...self, bootId: 'of an earlier boot' })).toBeNull()
  })

  it('of an adopted process ends, and the adopter notices', async () => {
    const started = await startFixture('ticker.ts')
    const adopter = await startFixture('adopter.ts', [JSON.stringify(await started.identity())])
    await waitForLine(adopter, 'adopted')
    expect(isAlive(adopter.pid)).toBe(true)
    process.kill(started.pid, 'SIGKILL')
    await waitForLine(adopter, 'ended')
    expect(await adopter.exited).toMatchObject({ code: 0 })
  })

  it('that was forged is a stranger’s to an adopter', async () => {
    const started = await startFixture('ticker.ts')
    const forged = { ...(await started.identity()), createdAt: '1' }
    const adopter = await startFixture('adopter.ts', [JSON.stringify(forged)])
    await waitForLine(adopter, 'stranger')
    expect(isAlive(started.pid)).toBe(true)
  })
})

describe('isProcessRunningCrossPlatform', () => {
  it('is true for this process and a child, and false once the child has ended', async () => {
    expect(await isProcessRunningCrossPlatform(process.pid)).toBe(true)
    const { pid, exited } = await startFixture('ticker.ts')
    expect(await isProcessRunningCrossPlatform(pid)).toBe(true)
    process.kill(pid, 'SIGKILL')
    await exited
    expect(await isProcessRunningCrossPlatform(pid)).toBe(false)
  })

  it.each(NO_PIDS)('is false for %s', async (pid) => {
    expect(await isProcessRunningCrossPlatform(pid)).toBe(false)
  })
})

describe('what is never ended', () => {
  it.each([0, 1, -1, -4711, 1.5, Number.NaN, process.pid])('is refused as a pid: %s', async (pid) => {
    await expect(stopProcessCrossPlatform(pid)).rejects.toMatchObject({ name: 'ProcessError', code: 'not-a-pid' })
  })

  it('is this process, and the first one, whatever a record says', async () => {
    const bootId = await processTable().bootId()
    const self = await identify(process.pid)
    const first = (await identify(1)) ?? { pid: 1, createdAt: '1', bootId }
    if (self === null) throw new Error('expected this process')
    const signals = vi.spyOn(process, 'kill').mockReturnValue(true)
    for (const root of [self, first, { ...self, pid: 0 }, { ...self, pid: -1 }]) {
      expect(await stopTree(root, { graceMs: 0, force: true })).toEqual([])
    }
    // 0 only asks whether there is such a process.
    expect(signals.mock.calls.filter(([, signal]) => signal !== 0)).toEqual([])
  })

  it('is a process that only has the pid of an earlier one', async () => {
    const stranger = await startFixture('ticker.ts')
    const identity = await stranger.identity()
    for (const root of [
      { ...identity, createdAt: '1' },
      { ...identity, bootId: 'of an earlier boot' },
    ]) {
      const marker = { name: 'TREE_MARKER', value: 'of nobody' }
      expect(await stopTree(root, { graceMs: 0, force: true, marker })).toEqual([])
    }
    const before = stranger.output().length
    await waitFor(() => stranger.output().length > before, { what: 'more ticks' })
  })
})
