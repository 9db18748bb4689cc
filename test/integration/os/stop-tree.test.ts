import { spawn } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { isProcessRunningCrossPlatform } from '../../../src-main/os/liveness.ts'
import { identify, processTable } from '../../../src-main/os/processes/identity.ts'
import type { ProcessTable } from '../../../src-main/os/processes/process-table.ts'
import { startProcessCrossPlatform } from '../../../src-main/os/spawn.ts'
import { describeSurvivors, stopProcessCrossPlatform, stopTree } from '../../../src-main/os/stop-tree.ts'
import { cleanUpProcesses, endLater, findLeftovers, fixture, isAlive, waitUntilGone } from '../../support/processes.ts'
import { type StartedTree, startTree, trees } from '../../support/tree.ts'
import { waitFor } from '../../support/wait-for.ts'

cleanUpProcesses()

/** Far above what is allowed, so that a loaded machine does not fail the test, and far below the fixtures' life. */
const SLACK_MS = 5_000
const ticker = { command: [process.execPath, fixture('ticker.ts')] as [string, string] }
const shapes = Object.entries(trees)

function expectGone({ pids }: StartedTree): void {
  const alive = [...pids].filter(([, pid]) => isAlive(pid)).map(([name]) => name)
  expect(alive).toEqual([])
}

describe.runIf(process.platform !== 'win32')('the whole tree', () => {
  it.each(shapes)('%s is ended, the grandchild included', async (_name, shape) => {
    const tree = await startTree(shape)
    const graceMs = 300
    const begin = Date.now()
    expect(await stopTree(tree.root, { graceMs, marker: tree.marker })).toEqual([])
    expectGone(tree)
    // The grandchild ignores SIGTERM, so the grace period is waited for, and no longer than that.
    const took = Date.now() - begin
    expect(took).toBeGreaterThanOrEqual(graceMs - 5)
    expect(took).toBeLessThan(graceMs + SLACK_MS)
    expect(findLeftovers()).toEqual([])
  })

  it.each(shapes)('%s is ended at once by force', async (_name, shape) => {
    const tree = await startTree(shape)
    expect(await stopTree(tree.root, { graceMs: 60_000, force: true, marker: tree.marker })).toEqual([])
    expectGone(tree)
  })

  it.each(shapes)('%s is swept after its root was killed', async (_name, shape) => {
    const tree = await startTree(shape)
    process.kill(tree.root.pid, 'SIGKILL')
    await tree.handle.exited
    expect(isAlive(tree.pids.get('grandchild') ?? 0)).toBe(true)
    expect(await stopTree(tree.root, { graceMs: 100, marker: tree.marker })).toEqual([])
    expectGone(tree)
  })

  it('is swept after a crash even where workers hide their environment, as those that set their title do', async () => {
    const worker = { name: 'worker', bareEnvironment: true, children: [{ name: 'helper', stubborn: true }] }
    const tree = await startTree({ name: 'root', children: [worker] })
    process.kill(tree.root.pid, 'SIGKILL')
    await tree.handle.exited
    const options = { graceMs: 100, marker: tree.marker, watchedToItsEnd: true }
    expect(await stopTree(tree.root, options)).toEqual([])
    expectGone(tree)
  })

  it('is not the group of the same number if nobody watched the root to its end', async () => {
    const tree = await startTree({ name: 'root', children: [{ name: 'worker', bareEnvironment: true }] })
    process.kill(tree.root.pid, 'SIGKILL')
    await tree.handle.exited
    expect(await stopTree(tree.root, { graceMs: 0, marker: tree.marker })).toEqual([])
    expect(isAlive(tree.pids.get('worker') ?? 0)).toBe(true)
  })

  it('is only its group, where that is what is meant: what left it goes on', async () => {
    const member = { name: 'child', stubborn: true }
    const daemon = { name: 'daemon', setsid: true, children: [{ name: 'worker' }] }
    const tree = await startTree({ name: 'root', children: [member, daemon] })
    expect(await stopTree(tree.root, { graceMs: 100, groupOnly: true })).toEqual([])
    const alive = [...tree.pids].filter(([, pid]) => isAlive(pid)).map(([name]) => name)
    expect(alive.sort()).toEqual(['daemon', 'worker'])
  })

  it('does not include who is to be spared, be it the root', async () => {
    const tree = await startTree({ name: 'root', children: [{ name: 'child' }, { name: 'other' }] })
    const pidOf = (name: string) => tree.pids.get(name) ?? 0
    const spared = new Set([pidOf('child')])
    expect(await stopTree(tree.root, { graceMs: 100, spared })).toEqual([])
    expect([isAlive(tree.root.pid), isAlive(pidOf('child')), isAlive(pidOf('other'))]).toEqual([false, true, false])
    const alone = await startTree({ name: 'root' })
    expect(await stopTree(alone.root, { graceMs: 100, force: true, spared: new Set([alone.root.pid]) })).toEqual([])
    expect(isAlive(alone.root.pid)).toBe(true)
  })

  it('is ended politely and quickly if it obeys', async () => {
    const tree = await startTree({ name: 'root', children: [{ name: 'child', children: [{ name: 'grandchild' }] }] })
    const begin = Date.now()
    expect(await stopTree(tree.root, { graceMs: 30_000 })).toEqual([])
    expectGone(tree)
    expect(Date.now() - begin).toBeLessThan(SLACK_MS)
    expect(await tree.handle.exited).toMatchObject({ signal: 'SIGTERM' })
  })

  it('is ended at once when somebody will not wait any longer', async () => {
    const tree = await startTree({ name: 'root', stubborn: true })
    const hurry = new AbortController()
    const stopping = stopTree(tree.root, { graceMs: 60_000, hurry: hurry.signal })
    hurry.abort()
    expect(await stopping).toEqual([])
    expectGone(tree)
  })

  it('is ended although it starts new processes all the while', async () => {
    const forker = await startProcessCrossPlatform({
      command: [process.execPath, fixture('forker.ts')],
      captureOutput: true,
    })
    endLater(forker.pid)
    let output = ''
    forker.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString('latin1')
    })
    await waitFor(() => output.includes('forking'), { what: 'the forker' })
    const root = await identify(forker.pid)
    if (root === null) throw new Error('expected the forker to live')
    const marker = { name: 'AGENTOS_TEST', value: process.env.AGENTOS_TEST ?? '' }
    expect(await stopTree(root, { graceMs: 200, marker })).toEqual([])
    expect(findLeftovers()).toEqual([])
  })

  it('of somebody else is never touched', async () => {
    const bystander = await startProcessCrossPlatform(ticker)
    endLater(bystander.pid)
    const tree = await startTree({ name: 'root', children: [{ name: 'child' }] })
    expect(await stopTree(tree.root, { graceMs: 100, force: true, marker: tree.marker })).toEqual([])
    expectGone(tree)
    expect(isAlive(bystander.pid)).toBe(true)
  })

  it('does not include a process that only reuses the pid of the root', async () => {
    const stranger = await startTree({ name: 'root', children: [{ name: 'child' }] })
    const earlier = [
      { ...stranger.root, createdAt: '1' },
      { ...stranger.root, bootId: 'of an earlier boot' },
    ]
    for (const root of earlier) {
      expect(
        await stopTree(root, { graceMs: 0, force: true, marker: { name: 'TREE_MARKER', value: 'other' } }),
      ).toEqual([])
    }
    expect([...stranger.pids.values()].every(isAlive)).toBe(true)
  })

  it('never includes this process, even if it carries the marker', async () => {
    const tree = await startTree({ name: 'root' })
    const real = processTable()
    // As if this process had been started by the service that it stops.
    const table: ProcessTable = {
      ...real,
      withEnvironment: async (pids) => new Set(pids.filter((pid) => pid === process.pid || pid === tree.root.pid)),
    }
    expect(await stopTree(tree.root, { graceMs: 100, marker: tree.marker, table })).toEqual([])
    expectGone(tree)
  })

  it('is looked at once more when it seems gone, since what is just being executed shows no environment', async () => {
    const tree = await startTree({
      name: 'root',
      children: [{ name: 'child', setsid: true, exitCode: 0, children: [{ name: 'grandchild' }] }],
    })
    process.kill(tree.root.pid, 'SIGKILL')
    await tree.handle.exited
    const real = processTable()
    let asked = 0
    const table: ProcessTable = {
      ...real,
      withEnvironment: async (...question) => {
        asked += 1
        return asked === 1 ? new Set() : await real.withEnvironment(...question)
      },
    }
    expect(await stopTree(tree.root, { graceMs: 100, marker: tree.marker, table })).toEqual([])
    expectGone(tree)
  })

  it('that cannot be ended is told by pid and name', async () => {
    const tree = await startTree({ name: 'root' })
    const real = processTable()
    const immortal = { pid: 2 ** 30, parentPid: tree.root.pid, groupId: 0, createdAt: '1', name: 'stuck' }
    const table: ProcessTable = { ...real, list: async () => [...(await real.list()), immortal] }
    const survivors = await stopTree(tree.root, { graceMs: 50, table })
    expect(survivors).toEqual([{ pid: immortal.pid, name: 'stuck' }])
    expect(describeSurvivors(survivors)).toBe(`stuck (${immortal.pid})`)
    expectGone(tree)
  })

  it('stopped twice at the same time is ended once, and both are told', async () => {
    const tree = await startTree(trees['A (all ignore SIGTERM)'] ?? { name: 'root' })
    const stops = [1, 2].map(() => stopTree(tree.root, { graceMs: 200, marker: tree.marker }))
    expect(await Promise.all(stops)).toEqual([[], []])
    expectGone(tree)
  })
})

describe('stopProcessCrossPlatform', () => {
  it('ends the process and what it started, and says that it did', async () => {
    const tree = await startTree({ name: 'root', children: [{ name: 'child', children: [{ name: 'grandchild' }] }] })
    expect(await stopProcessCrossPlatform(tree.root.pid)).toBe(true)
    expectGone(tree)
    expect(await isProcessRunningCrossPlatform(tree.root.pid)).toBe(false)
  })

  it('ends a stubborn tree by force after the timeout, or at once', async () => {
    for (const options of [{ timeout: 0.2 }, { timeout: 60, force: true }]) {
      const tree = await startTree(trees['A (all ignore SIGTERM)'] ?? { name: 'root' })
      expect(await stopProcessCrossPlatform(tree.root.pid, options)).toBe(true)
      expectGone(tree)
    }
  })

  it('says if there is no such process', async () => {
    const { pid } = await startProcessCrossPlatform(ticker)
    process.kill(endLater(pid), 'SIGKILL')
    await waitUntilGone(pid)
    expect(await stopProcessCrossPlatform(pid)).toBe(false)
    expect(await stopProcessCrossPlatform(2 ** 31 - 1)).toBe(false)
  })

  it.each([0, 1, -1, -4711, 1.5, Number.NaN, process.pid])('refuses %s', async (pid) => {
    await expect(stopProcessCrossPlatform(pid)).rejects.toMatchObject({ name: 'ProcessError', code: 'not-a-pid' })
  })

  it.runIf(process.getuid?.() === 0)('throws for another user’s process and names it', async () => {
    const { pid = 0 } = spawn('/bin/sleep', ['60'], { stdio: 'ignore', uid: 65534 })
    endLater(pid)
    process.seteuid?.(65533)
    try {
      await expect(stopProcessCrossPlatform(pid, { force: true })).rejects.toMatchObject({
        code: 'survived',
        message: expect.stringContaining(`(${pid})`),
      })
    } finally {
      process.seteuid?.(0)
    }
    expect(isAlive(pid)).toBe(true)
  })
})
