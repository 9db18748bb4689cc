import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { setPauseGuard } from '../../../src-main/os/pause-guard-client.ts'
import { pauseTree } from '../../../src-main/os/pause-tree.ts'
import { identify, processTable } from '../../../src-main/os/processes/identity.ts'
import type { Identity } from '../../../src-main/os/processes/process-table.ts'
import { cleanUpProcesses, endLater, fixture, isAlive, waitUntilGone } from '../../support/processes.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import { waitFor } from '../../support/wait-for.ts'
import { usePauseGuard } from '../../support/windows-guard.ts'

cleanUpProcesses()
vi.setConfig({ testTimeout: 60_000 })

const folder = temporaryDirectory

interface Ticker {
  readonly root: Identity
  /** How many lines it has written. */
  lines(): number
}

/** Starts a fixture whose output goes into a file; done when it has written something. */
async function startInto(file: string, args: readonly string[]): Promise<Ticker> {
  const output = openSync(file, 'a')
  const { pid = 0 } = spawn(process.execPath, [...args], { stdio: ['ignore', output, 'inherit'] })
  closeSync(output)
  endLater(pid)
  const lines = () => readFileSync(file, 'latin1').split('\n').length - 1
  await waitFor(() => lines() > 0, { what: 'the first line' })
  const root = await identify(pid)
  if (root === null) throw new Error('expected it to live')
  return { root, lines }
}

const startTicker = () => startInto(join(folder(), 'ticks'), [fixture('ticker.ts')])

/** How many lines the first writes while the second writes fifty. */
async function linesMeanwhile(first: Ticker, second: Ticker): Promise<number> {
  const [before, other] = [first.lines(), second.lines()]
  await waitFor(() => second.lines() >= other + 50, { what: 'fifty lines' })
  return first.lines() - before
}

async function guardPids(): Promise<number[]> {
  const children = (await processTable().list()).filter(({ parentPid, name }) => {
    return parentPid === process.pid && name === 'node.exe'
  })
  return children.map(({ pid }) => pid)
}

describe.runIf(process.platform === 'win32')('a tree on Windows', () => {
  it('stands still, and goes on, as often as it is told to', async () => {
    usePauseGuard()
    const [paused, other] = [await startTicker(), await startTicker()]
    for (let round = 0; round < 3; round += 1) {
      const pause = await pauseTree(paused.root)
      expect(pause.pids).toEqual([paused.root.pid])
      expect(await linesMeanwhile(paused, other)).toBe(0)
      await pause.resume()
      await pause.resume()
      const before = paused.lines()
      await waitFor(() => paused.lines() > before, { what: 'it to go on' })
    }
  })

  it('two at a time, each for itself', async () => {
    usePauseGuard()
    const [first, second, other] = [await startTicker(), await startTicker(), await startTicker()]
    const [pauseOfFirst, pauseOfSecond] = await Promise.all([pauseTree(first.root), pauseTree(second.root)])
    await pauseOfFirst.resume()
    expect(await linesMeanwhile(second, other)).toBe(0)
    const before = first.lines()
    await waitFor(() => first.lines() > before, { what: 'the first to go on' })
    await pauseOfSecond.resume()
  })

  it('is nothing if nobody is left', async () => {
    usePauseGuard()
    const { root } = await startTicker()
    process.kill(root.pid, 'SIGKILL')
    await waitUntilGone(root.pid)
    const pause = await pauseTree(root)
    expect(pause.pids).toEqual([])
    await pause.resume()
  })

  it('is not one that only has the pid of another', async () => {
    usePauseGuard()
    const [ticker, other] = [await startTicker(), await startTicker()]
    const real = processTable()
    // As if its pid had been given to another process between the look and the suspension.
    const table = {
      ...real,
      find: async () => ({ pid: ticker.root.pid, parentPid: 0, groupId: 0, createdAt: '1', name: 'old' }),
      list: async () => [{ pid: ticker.root.pid, parentPid: 0, groupId: 0, createdAt: '1', name: 'old' }],
    }
    const pause = await pauseTree({ ...ticker.root, createdAt: '1' }, { table })
    expect(pause.pids).toEqual([])
    expect(await linesMeanwhile(ticker, other)).toBeGreaterThan(0)
    await pause.resume()
  })

  it('goes on if its pauser is killed', async () => {
    const ticker = await startTicker()
    const pauser = await startInto(join(folder(), 'pauser'), [fixture('pauser.ts'), String(ticker.root.pid)])
    const before = ticker.lines()
    process.kill(pauser.root.pid, 'SIGKILL')
    await waitUntilGone(pauser.root.pid)
    await waitFor(() => ticker.lines() > before, { what: 'it to go on' })
  })

  it('goes on if its guard is killed, and can be paused again', async () => {
    usePauseGuard()
    const before = new Set(await guardPids())
    const [ticker, other] = [await startTicker(), await startTicker()]
    const pause = await pauseTree(ticker.root)
    const guards = (await guardPids()).filter((pid) => pid !== ticker.root.pid && pid !== other.root.pid)
    const guard = guards.find((pid) => !before.has(pid)) ?? guards[0]
    if (guard === undefined) throw new Error('expected a guard')
    process.kill(guard, 'SIGKILL')
    const lines = ticker.lines()
    await waitFor(() => ticker.lines() > lines, { what: 'it to go on' })
    await pause.resume()
    const again = await pauseTree(ticker.root)
    expect(await linesMeanwhile(ticker, other)).toBe(0)
    await again.resume()
  })

  it('cannot be paused as long as nobody has said how to start a guard', async () => {
    setPauseGuard(null)
    const { root } = await startTicker()
    await expect(pauseTree(root)).rejects.toMatchObject({ name: 'ProcessError', code: 'not-supported' })
    expect(isAlive(root.pid)).toBe(true)
  })
})
