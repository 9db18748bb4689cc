import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CRASH_SIGNAL, endOfPoliteStop, wordsForEndBy } from '../../support/exits.ts'
import { createManager, serverService, tickerService } from '../../support/manager.ts'
import { cleanUpProcesses, endLater, isAlive } from '../../support/processes.ts'
import { makeService } from '../../support/service-definition.ts'
import { commandFor, readPids, trees } from '../../support/tree.ts'
import { waitFor } from '../../support/wait-for.ts'

cleanUpProcesses()

const KEY = 'test:one'
const startsIn = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [])

describe('a service that crashes', () => {
  it('is restarted after its delay, and runs again', async () => {
    const { manager, home, snapshot, waitForStatus, records } = createManager()
    const startsFile = join(home, 'starts')
    const restart = { policy: 'on-failure', initialDelaySeconds: 0.2 } as const
    manager.setServices([serverService({ crashes: 2, startsFile, exitCode: 3 }, { restart })])
    expect(await manager.start(KEY)).toMatchObject({ success: true })
    const waiting = await waitForStatus(KEY, 'backoff')
    expect(waiting).toMatchObject({ pid: null, problem: { code: 'crashed' }, lastExit: { code: 3, signal: null } })
    expect(waiting.retryAt).toBeGreaterThan(0)
    await waitFor(() => startsIn(startsFile).length === 3 && snapshot(KEY).status === 'running', {
      what: 'the third start',
    })
    expect(snapshot(KEY).pid).toBe(Number(startsIn(startsFile)[2]?.split(' ')[0]))
    const times = startsIn(startsFile).map((line) => Number(line.split(' ')[1]))
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(160)
    expect(records()).toEqual(['test%3Aone.pid'])
  })

  it('in a loop is given up with the reason, and can be started again by hand', async () => {
    const { manager, home, waitForStatus, records } = createManager()
    const startsFile = join(home, 'starts')
    const restart = { policy: 'always', initialDelaySeconds: 0.01, maxRetries: 3 } as const
    manager.setServices([serverService({ crashes: 5, startsFile, signal: 'SIGKILL' }, { restart })])
    await manager.start(KEY)
    const failed = await waitForStatus(KEY, 'failed')
    expect(failed.problem).toMatchObject({
      code: 'crash-loop',
      message: `It ended 4 times in a row, last with ${wordsForEndBy('SIGKILL')}.`,
    })
    expect(startsIn(startsFile)).toHaveLength(4)
    expect(records()).toEqual([])
    expect(await manager.start(KEY)).toMatchObject({ success: true })
    await waitFor(() => startsIn(startsFile).length === 6, { what: 'the start that does not crash' })
    await waitForStatus(KEY, 'running')
  })

  it('counts as stable again after a long enough run', async () => {
    const { manager, home } = createManager()
    const startsFile = join(home, 'starts')
    const restart = { policy: 'always', initialDelaySeconds: 0, maxRetries: 1, stableAfterSeconds: 0 } as const
    manager.setServices([serverService({ crashes: 5, startsFile }, { restart })])
    await manager.start(KEY)
    await waitFor(() => startsIn(startsFile).length === 6, { what: 'more restarts than are allowed in a row' })
  })

  it('is not restarted if its policy says so, and tells how it ended', async () => {
    const { manager, waitForStatus, pid } = createManager()
    manager.setServices([tickerService()])
    await manager.start(KEY)
    process.kill(pid(KEY), CRASH_SIGNAL)
    const { problem, lastExit } = await waitForStatus(KEY, 'failed')
    expect(problem?.message).toContain(wordsForEndBy(CRASH_SIGNAL))
    expect(lastExit?.words).toBe(wordsForEndBy(CRASH_SIGNAL))
  })

  it('tells the last lines of its own stderr, and nothing that an earlier run said', async () => {
    const { manager, home, waitForStatus } = createManager()
    const errorText = 'one\ntwo\nthree\nfour\n\u001b[31mfive\u001b[0m\n\nsix: out of memory'
    const starts = { crashes: 9, startsFile: join(home, 'starts'), lines: 3 }
    manager.setServices([serverService({ ...starts, errorText })])
    await manager.start(KEY)
    expect((await waitForStatus(KEY, 'failed')).problem).toMatchObject({
      code: 'crashed',
      details: ['two', 'three', 'four', 'five', 'six: out of memory'],
    })
    manager.setServices([serverService(starts)])
    await manager.start(KEY)
    await waitFor(() => startsIn(starts.startsFile).length === 2, { what: 'the second start' })
    const again = await waitForStatus(KEY, 'failed')
    // It wrote nothing to stderr this time, so it is stdout that may say why.
    expect(again.problem?.details).toEqual(['line 0', 'line 1', 'line 2'])
  })

  it.each(Object.entries(trees))('with a tree %s leaves nothing behind when it runs again', async (_name, tree) => {
    const { manager, home, snapshot, pid } = createManager()
    const pidFile = join(home, 'pids')
    const [binName, ...args] = commandFor(tree, pidFile)
    const restart = { policy: 'always', initialDelaySeconds: 0.01 } as const
    manager.setServices([makeService({ binName, args, graceSeconds: 0.1, restart })])
    await manager.start(KEY)
    const root = pid(KEY)
    const old = await waitFor(() => readPids(pidFile, tree), { what: 'the tree' })
    for (const member of old.values()) endLater(member)
    process.kill(root, 'SIGKILL')
    await waitFor(() => snapshot(KEY).status === 'running' && pid(KEY) !== root, { what: 'the restart' })
    expect([...old].filter(([, member]) => isAlive(member))).toEqual([])
    // The new tree has to be complete, or its members would be known too late to be ended.
    await waitFor(() => readPids(pidFile, tree)?.get('root') === pid(KEY), { what: 'the new tree' })
  })

  it('leaves no worker behind that hides its environment', async () => {
    const { manager, home, waitForStatus, pid } = createManager()
    const tree = { name: 'root', children: [{ name: 'worker', bareEnvironment: true }] }
    const pidFile = join(home, 'pids')
    const [binName, ...args] = commandFor(tree, pidFile)
    manager.setServices([makeService({ binName, args, graceSeconds: 0.1 })])
    await manager.start(KEY)
    const pids = await waitFor(() => readPids(pidFile, tree), { what: 'the tree' })
    const worker = endLater(pids.get('worker') ?? 0)
    process.kill(pid(KEY), 'SIGKILL')
    await waitForStatus(KEY, 'failed')
    expect(isAlive(worker)).toBe(false)
  })
})

describe('a stop', () => {
  it('wins over a restart that is waited for', async () => {
    const { manager, home, waitForStatus } = createManager()
    const startsFile = join(home, 'starts')
    const restart = { policy: 'always', initialDelaySeconds: 60, maxDelaySeconds: 60 } as const
    manager.setServices([serverService({ crashes: 9, startsFile }, { restart })])
    await manager.start(KEY)
    await waitForStatus(KEY, 'backoff')
    expect(await manager.stopProcess(KEY)).toMatchObject({ success: true })
    await waitForStatus(KEY, 'stopped')
    expect(startsIn(startsFile)).toHaveLength(1)
  })

  it('is no crash: the policy “always” does not start it again', async () => {
    const { manager, waitForStatus, records } = createManager()
    manager.setServices([tickerService({ restart: { policy: 'always', initialDelaySeconds: 0 } })])
    await manager.start(KEY)
    await manager.stopProcess(KEY)
    expect((await waitForStatus(KEY, 'stopped')).lastExit).toMatchObject(endOfPoliteStop)
    expect(records()).toEqual([])
  })
})
