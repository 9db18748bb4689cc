import { spawn } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { identify, processTable } from '../../../src-main/os/processes/identity.ts'
import type { ProcessTable } from '../../../src-main/os/processes/process-table.ts'
import { startProcessCrossPlatform } from '../../../src-main/os/spawn.ts'
import { describeSurvivors, stopProcessCrossPlatform, stopTree } from '../../../src-main/os/stop-tree.ts'
import { cleanUpProcesses, endLater, findLeftovers, fixture, isAlive } from '../../support/processes.ts'
import { type StartedTree, startTree, trees } from '../../support/tree.ts'
import { waitFor } from '../../support/wait-for.ts'

cleanUpProcesses()

/** Far above what is allowed, so that a loaded machine does not fail the test, and far below the fixtures' life. */
const SLACK_MS = 5_000
const stubbornTree = trees['A (all ignore SIGTERM)'] ?? { name: 'root' }

function expectGone({ pids }: StartedTree): void {
  const alive = [...pids].filter(([, pid]) => isAlive(pid)).map(([name]) => name)
  expect(alive).toEqual([])
}

describe.runIf(process.platform !== 'win32')('the whole tree', () => {
  it('is given the grace period, and no longer', async () => {
    const tree = await startTree(stubbornTree)
    const graceMs = 300
    const begin = Date.now()
    expect(await stopTree(tree.root, { graceMs, marker: tree.marker })).toEqual([])
    expectGone(tree)
    const took = Date.now() - begin
    expect(took).toBeGreaterThanOrEqual(graceMs - 5)
    expect(took).toBeLessThan(graceMs + SLACK_MS)
    expect(findLeftovers()).toEqual([])
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
})

describe('stopProcessCrossPlatform', () => {
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
