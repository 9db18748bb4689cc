import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isProcessRunningCrossPlatform } from '../../src-main/os/liveness.ts'
import type { Identity } from '../../src-main/os/processes/process-table.ts'
import type { StopTreeOptions } from '../../src-main/os/stop-options.ts'
import { stopProcessCrossPlatform, stopTree } from '../../src-main/os/stop-tree.ts'
import type { Member } from '../fixtures/tree-member.ts'
import { startFixture, waitForLine } from '../support/fixture-process.ts'
import { cleanUpProcesses, findLeftovers, isAlive } from '../support/processes.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { type StartedTree, startTree, treeOptions, trees, waitForTree } from '../support/tree.ts'
import { waitFor } from '../support/wait-for.ts'
import { politeEvent } from '../support/wine.ts'
import { hasWholeTrees, isWindows, membersSurviveTheirParent, wasForced } from './systems.ts'

cleanUpProcesses()

/** Longer than any test may take: what waits for it fails. */
const FOREVER_MS = 600_000
const shapes = Object.entries(trees)
const politeTree: Member = { name: 'root', children: [{ name: 'child', children: [{ name: 'grandchild' }] }] }
const stubbornTree = trees['A (all ignore SIGTERM)'] ?? politeTree

const stop = (root: Identity, options: StopTreeOptions) => stopTree(root, { consoleEvent: politeEvent, ...options })

function expectGone({ pids }: Pick<StartedTree, 'pids'>): void {
  const alive = [...pids].filter(([, pid]) => isAlive(pid)).map(([name]) => name)
  expect(alive).toEqual([])
  expect(findLeftovers()).toEqual([])
}

/** As a crash, or the person who ends it by hand. */
async function killRoot({ root, handle }: StartedTree): Promise<void> {
  process.kill(root.pid, 'SIGKILL')
  expect(wasForced(await handle.exited)).toBe(true)
}

describe.runIf(hasWholeTrees)('a polite stop', () => {
  it('is heard by the program, which ends as it likes and takes the time it needs', async () => {
    const started = await startFixture('polite.ts', ['7', '300'])
    await waitForLine(started, 'ready')
    expect(await stop(await started.identity(), { graceMs: FOREVER_MS })).toEqual([])
    expect(await started.exited).toMatchObject({ code: 7, signal: null })
    expect(started.output()).toBe('ready\nasked\ndone\n')
  })

  it('is heard by a program in the words that it knows', async () => {
    const started = await startFixture('polite.ts')
    await waitForLine(started, 'ready')
    expect(await stop(await started.identity(), { graceMs: FOREVER_MS, signal: 'SIGINT' })).toEqual([])
    expect(await started.exited).toMatchObject({ code: 0, signal: null })
    expect(started.output()).toBe('ready\nasked\ndone\n')
  })

  it('ends a whole tree that obeys, without waiting for the grace period', async () => {
    const tree = await startTree(politeTree)
    expect(await stop(tree.root, { graceMs: FOREVER_MS, marker: tree.marker })).toEqual([])
    expectGone(tree)
  })

  it('is left to the server’s own way, where there is one', async () => {
    const started = await startFixture('polite.ts')
    await waitForLine(started, 'ready')
    const ask = async () => {
      process.kill(started.pid, 'SIGKILL')
    }
    expect(await stop(await started.identity(), { graceMs: FOREVER_MS, ask })).toEqual([])
    expect(wasForced(await started.exited)).toBe(true)
    expect(started.output()).toBe('ready\n')
  })

  it('becomes a forced one when somebody will not wait any longer', async () => {
    const tree = await startTree(stubbornTree)
    const hurry = new AbortController()
    const options = { graceMs: FOREVER_MS, marker: tree.marker, hurry: hurry.signal }
    const stopping = stop(tree.root, options)
    hurry.abort()
    expect(await stopping).toEqual([])
    expectGone(tree)
  })
})

describe.runIf(hasWholeTrees)('a whole tree', () => {
  it.each(shapes)('%s is ended after the grace period, the grandchild included', async (_name, shape) => {
    const tree = await startTree(shape)
    expect(await stop(tree.root, { graceMs: 200, marker: tree.marker })).toEqual([])
    expectGone(tree)
  })

  it.each(shapes)('%s is ended at once by force', async (_name, shape) => {
    const tree = await startTree(shape)
    expect(await stop(tree.root, { graceMs: FOREVER_MS, force: true, marker: tree.marker })).toEqual([])
    expectGone(tree)
  })

  it.each(shapes)('%s is swept after its root has crashed', async (_name, shape) => {
    const tree = await startTree(shape)
    await killRoot(tree)
    if (membersSurviveTheirParent) expect(isAlive(tree.pids.get('grandchild') ?? 0)).toBe(true)
    const options = { graceMs: 100, marker: tree.marker, watchedToItsEnd: true }
    expect(await stop(tree.root, options)).toEqual([])
    expectGone(tree)
  })

  it.each(shapes)('%s is ended also by another than who started it', async (_name, shape) => {
    const pidFile = join(temporaryDirectory(), 'pids')
    const options = treeOptions(shape, pidFile)
    const starter = await startFixture('tree-starter.ts', [JSON.stringify(options)])
    const pids = await waitForTree(shape, pidFile)
    const root: Identity = JSON.parse(
      await waitFor(() => starter.output().endsWith('\n') && starter.output(), { what: 'the root' }),
    )
    // As if the app had been killed: this is its next life.
    process.kill(starter.pid, 'SIGKILL')
    expect(wasForced(await starter.exited)).toBe(true)
    expect([...pids.values()].some(isAlive)).toBe(true)
    expect(await stop(root, { graceMs: 100, marker: options.marker })).toEqual([])
    expectGone({ pids })
  })

  it('stopped twice at the same time is ended once, and both are told', async () => {
    const tree = await startTree(stubbornTree)
    const stops = [1, 2].map(() => stop(tree.root, { graceMs: 200, marker: tree.marker }))
    expect(await Promise.all(stops)).toEqual([[], []])
    expectGone(tree)
  })

  it('stopped again when nothing is left is none', async () => {
    const tree = await startTree(politeTree)
    for (let time = 0; time < 2; time += 1) {
      expect(await stop(tree.root, { graceMs: 200, force: true, marker: tree.marker })).toEqual([])
    }
    expectGone(tree)
  })

  it('of somebody else is never touched', async () => {
    const bystander = await startFixture('ticker.ts')
    const neighbour = await startTree(politeTree)
    const tree = await startTree(politeTree)
    expect(await stop(tree.root, { graceMs: 100, force: true, marker: tree.marker })).toEqual([])
    expect([...tree.pids.values()].some(isAlive)).toBe(false)
    expect(isAlive(bystander.pid)).toBe(true)
    expect([...neighbour.pids.values()].every(isAlive)).toBe(true)
  })

  it('does not include who is to be spared', async () => {
    const tree = await startTree({ name: 'root' })
    const spared = new Set([tree.root.pid])
    expect(await stop(tree.root, { graceMs: 100, force: true, spared })).toEqual([])
    expect(isAlive(tree.root.pid)).toBe(true)
  })

  it('is only the root and its group, where that is what is meant: what left it goes on', async () => {
    const tree = await startTree({ name: 'root', children: [{ name: 'daemon', setsid: true }] })
    expect(await stop(tree.root, { graceMs: 100, groupOnly: true })).toEqual([])
    expect(isAlive(tree.root.pid)).toBe(false)
    expect(isAlive(tree.pids.get('daemon') ?? 0)).toBe(true)
  })
})

describe('stopProcessCrossPlatform', () => {
  it('ends the process and what it started, and says that it did', async () => {
    const tree = await startTree(politeTree)
    expect(await stopProcessCrossPlatform(tree.root.pid)).toBe(true)
    expectGone(tree)
    expect(await isProcessRunningCrossPlatform(tree.root.pid)).toBe(false)
  })

  it('ends a stubborn tree by force after the timeout, or at once', async () => {
    for (const options of [{ timeout: 0.2 }, { timeout: FOREVER_MS / 1000, force: true }]) {
      const tree = await startTree(stubbornTree)
      expect(await stopProcessCrossPlatform(tree.root.pid, options)).toBe(true)
      expectGone(tree)
    }
  })

  it('says if there is no such process', async () => {
    const { pid, exited } = await startFixture('ticker.ts')
    process.kill(pid, 'SIGKILL')
    await exited
    expect(await stopProcessCrossPlatform(pid)).toBe(false)
    expect(await stopProcessCrossPlatform(2 ** 31 - (isWindows ? 4 : 1))).toBe(false)
  })
})
