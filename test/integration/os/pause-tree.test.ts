import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it, vi } from 'vitest'
import type { PausedTree } from '../../../src-main/os/pause.ts'
import { type PauseTreeOptions, pauseTree } from '../../../src-main/os/pause-tree.ts'
import { identify, processTable } from '../../../src-main/os/processes/identity.ts'
import type { Identity, ProcessTable } from '../../../src-main/os/processes/process-table.ts'
import { startProcessCrossPlatform } from '../../../src-main/os/spawn.ts'
import {
  cleanUpProcesses,
  closeLater,
  endLater,
  findLeftovers,
  fixture,
  waitUntilGone,
} from '../../support/processes.ts'
import { startTree, trees } from '../../support/tree.ts'
import { waitFor } from '../../support/wait-for.ts'

cleanUpProcesses()

/** State letters of all threads. */
function states(pid: number): string[] {
  return readdirSync(`/proc/${pid}/task`).map((thread) => {
    const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'latin1')
    return stat.charAt(stat.lastIndexOf(')') + 2)
  })
}

const standsStill = (pid: number) => states(pid).every((state) => state === 'T')
const moves = (pid: number) => states(pid).every((state) => state !== 'T')

/** Pids of the processes that would let these go on. */
function guardsOf(pids: Iterable<number>): number[] {
  const wanted = [...pids].map(String)
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0')
        return command[2]?.includes('kill -CONT') === true && command.slice(4).some((pid) => wanted.includes(pid))
      } catch {
        return false // No process, or it has ended.
      }
    })
}

async function paused(root: Identity, options?: PauseTreeOptions): Promise<PausedTree> {
  const tree = await pauseTree(root, options)
  closeLater(() => tree.resume())
  return tree
}

async function startTicker(): Promise<Identity> {
  const { pid } = await startProcessCrossPlatform({ command: [process.execPath, fixture('ticker.ts')] })
  endLater(pid)
  const root = await identify(pid)
  if (root === null) throw new Error('expected the ticker to live')
  return root
}

describe.runIf(process.platform === 'linux')('a paused tree', () => {
  it.each(Object.entries(trees))('%s stands still, all threads of all members, and goes on', async (_name, shape) => {
    const { root, marker, pids } = await startTree(shape)
    const living = [...pids].filter(([name]) => name === 'root' || name === 'grandchild').map(([, pid]) => pid)
    const tree = await paused(root, { marker })
    expect(living.map(standsStill)).toEqual(living.map(() => true))
    expect(guardsOf(living)).not.toEqual([])
    await tree.resume()
    expect(living.map(moves)).toEqual(living.map(() => true))
    await waitFor(() => guardsOf(living).length === 0, { what: 'the end of the guard' })
    await tree.resume()
    expect(living.map(moves)).toEqual(living.map(() => true))
  })

  it('holds what the root left behind when it ended', async () => {
    const { root, marker, pids, handle } = await startTree({ name: 'root', children: [{ name: 'child' }] })
    process.kill(root.pid, 'SIGKILL')
    await handle.exited
    const child = pids.get('child') ?? 0
    const tree = await paused(root, { marker })
    expect(standsStill(child)).toBe(true)
    expect(tree.pids).toEqual([child])
    await tree.resume()
    expect(moves(child)).toBe(true)
  })

  it('is nothing if nobody is left', async () => {
    const root = await startTicker()
    process.kill(root.pid, 'SIGKILL')
    await waitUntilGone(root.pid)
    const tree = await paused(root)
    expect(tree.pids).toEqual([])
    await tree.resume()
  })

  it('stays as it was where somebody had stopped it before', async () => {
    const { root, pids } = await startTree({ name: 'root', children: [{ name: 'child' }] })
    const child = pids.get('child') ?? 0
    process.kill(child, 'SIGSTOP')
    await waitFor(() => standsStill(child), { what: 'the child to stand still' })
    const tree = await paused(root)
    expect(standsStill(root.pid)).toBe(true)
    expect(tree.pids).toEqual([root.pid])
    await tree.resume()
    expect(moves(root.pid)).toBe(true)
    expect(standsStill(child)).toBe(true)
    process.kill(child, 'SIGCONT')
  })

  it('is all of it, although it starts new processes all the while', async () => {
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
    const tree = await paused(root, { marker })
    const all = findLeftovers().map(({ pid }) => pid)
    expect(all).toContain(root.pid)
    expect(all.filter((pid) => !standsStill(pid))).toEqual([])
    for (const pid of all) endLater(pid)
    await tree.resume()
    expect(all.map((pid) => moves(pid))).toEqual(all.map(() => true))
    process.kill(root.pid, 'SIGKILL')
    // What it started since then is gone with the next look or the one after.
    await waitFor(
      () => {
        const left = findLeftovers()
        for (const { pid } of left) process.kill(endLater(pid), 'SIGKILL')
        return left.length === 0
      },
      { what: 'the end of all' },
    )
  })

  it('goes on within seconds if its pauser is killed', async () => {
    const { root, pids } = await startTree({ name: 'root', children: [{ name: 'child' }] })
    const child = pids.get('child') ?? 0
    const pauser = spawn(process.execPath, [fixture('pauser.ts'), String(root.pid)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const { pid = 0 } = pauser
    endLater(pid)
    let output = ''
    pauser.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString('latin1')
    })
    await waitFor(() => output === 'paused\n', { what: 'the pause' })
    process.kill(pid, 'SIGKILL')
    await waitUntilGone(pid)
    expect([root.pid, child].map(standsStill)).toEqual([true, true])
    const begin = Date.now()
    await waitFor(() => moves(root.pid) && moves(child), { what: 'the tree to go on' })
    expect(Date.now() - begin).toBeLessThan(10_000)
    await waitFor(() => guardsOf(pids.values()).length === 0, { what: 'the end of the guard' })
  })

  it('does not let go on what only has the pid of a member', async () => {
    const root = await startTicker()
    const real = processTable()
    let isReused = false
    const table: ProcessTable = {
      ...real,
      find: async (pid) => {
        const entry = await real.find(pid)
        return isReused && entry !== null ? { ...entry, createdAt: 'later' } : entry
      },
    }
    const tree = await pauseTree(root, { table })
    isReused = true
    await tree.resume()
    expect(standsStill(root.pid)).toBe(true)
    process.kill(root.pid, 'SIGCONT')
  })

  it.runIf(process.getuid?.() === 0)('is none if one member cannot be stopped: all go on', async () => {
    const start = (uid: number) => endLater(spawn('/bin/sleep', ['60'], { stdio: 'ignore', uid }).pid ?? 0)
    const [ours, other] = [start(65534), start(65533)]
    const root = await identify(ours)
    if (root === null) throw new Error('expected it to live')
    const real = processTable()
    // As if the other user's process were a child, found last.
    const table: ProcessTable = {
      ...real,
      async list() {
        const entries = await real.list()
        const found = entries.find(({ pid }) => pid === other)
        if (found === undefined) throw new Error('expected the other one to live')
        return [...entries.filter(({ pid }) => pid !== other), { ...found, parentPid: ours }]
      },
    }
    const signals = vi.spyOn(process, 'kill')
    process.seteuid?.(65534)
    try {
      await expect(pauseTree(root, { table })).rejects.toMatchObject({
        name: 'ProcessError',
        code: 'not-paused',
        message: expect.stringContaining(`sleep (${other})`),
      })
    } finally {
      process.seteuid?.(0)
    }
    expect(signals).toHaveBeenCalledWith(ours, 'SIGSTOP')
    expect(moves(ours)).toBe(true)
    await waitFor(() => guardsOf([ours]).length === 0, { what: 'the end of the guard' })
  })
})

describe('on Windows', () => {
  it('pausing is refused', async () => {
    const platform = Object.getOwnPropertyDescriptor(process, 'platform')
    if (platform === undefined) throw new Error('expected a platform')
    Object.defineProperty(process, 'platform', { ...platform, value: 'win32' })
    try {
      const root = { pid: 4711, createdAt: '1', bootId: 'boot' }
      await expect(pauseTree(root)).rejects.toMatchObject({ name: 'ProcessError', code: 'not-supported' })
    } finally {
      Object.defineProperty(process, 'platform', platform)
    }
  })
})
