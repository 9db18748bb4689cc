import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { returnCodes } from '../../support/exits.ts'
import { createManager, serverService, tickerService } from '../../support/manager.ts'
import { freePort } from '../../support/ports.ts'
import { cleanUpProcesses, endLater, findByVariable, isAlive } from '../../support/processes.ts'
import { makeService } from '../../support/service-definition.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import { commandFor, readPids, trees } from '../../support/tree.ts'
import { waitFor } from '../../support/wait-for.ts'

cleanUpProcesses()

const nonEmpty = <T>(list: readonly T[]) => (list.length > 0 ? list : null)
const KEY = 'test:one'

describe('a service', () => {
  it('starts, tells about itself while it runs, and stops', async () => {
    const { manager, pid, records, readPidFile } = createManager()
    manager.setServices([serverService({ codeOnTerm: 0 })])
    expect(manager.isProcessRunning(KEY)).toBe(false)
    expect(manager.getProcessInfo(KEY)).toMatchObject({ pid: null, returncode: null, state: 'stopped' })

    const before = Date.now()
    const started = await manager.start(KEY)
    expect(started).toEqual({ success: true, message: `One is running (pid ${pid(KEY)}).` })
    expect(isAlive(pid(KEY))).toBe(true)
    expect(manager.isProcessRunning(KEY)).toBe(true)
    const info = manager.getProcessInfo(KEY)
    expect(info).toMatchObject({ pid: pid(KEY), returncode: null, state: 'running', health: 'ok' })
    expect(info?.command).toContain('server.ts')
    expect(info?.startedAt).toBeGreaterThanOrEqual(before)
    const summary = manager.listAllProcesses()[KEY]
    expect(summary).toMatchObject({ pid: pid(KEY), running: true, command: info?.command })
    expect(summary?.uptimeSeconds).toBeGreaterThanOrEqual(0)
    expect(records()).toEqual(['test%3Aone.pid'])
    expect(readPidFile(KEY).split('\n')[0]).toBe(String(pid(KEY)))

    const runningPid = pid(KEY)
    await waitFor(() => manager.getProcessOutput(KEY), { what: 'its output' })
    expect(await manager.stopProcess(KEY)).toEqual({ success: true, message: 'One has stopped.' })
    expect(isAlive(runningPid)).toBe(false)
    expect(records()).toEqual([])
    expect(manager.getProcessInfo(KEY)).toMatchObject({ pid: null, startedAt: null, state: 'stopped' })
    expect(manager.listAllProcesses()[KEY]).toMatchObject({ pid: null, running: false, uptimeSeconds: null })
  })

  it('tells the return code as Python does: the exit code, or minus the signal', async () => {
    const { manager, waitForStatus } = createManager()
    const startsFile = join(temporaryDirectory(), 'starts')
    manager.setServices([serverService({ crashes: 1, exitCode: 7, startsFile }), tickerService({ key: 'test:two' })])
    await manager.start(KEY)
    await waitForStatus(KEY, 'failed')
    expect(manager.getProcessInfo(KEY)?.returncode).toBe(7)
    await manager.start('test:two')
    expect(manager.getProcessInfo('test:two')?.returncode).toBeNull()
    await manager.stopProcess('test:two')
    expect(manager.getProcessInfo('test:two')?.returncode).toBe(returnCodes.polite)
    await manager.start('test:two')
    await manager.stopProcess('test:two', { force: true })
    expect(manager.getProcessInfo('test:two')?.returncode).toBe(returnCodes.forced)
  })

  it('is healthy once it answers on its port', async () => {
    const { manager, snapshot } = createManager()
    const port = await freePort()
    manager.setServices([serverService({ port }, { health: { type: 'http', path: '/health' } })])
    await manager.start(KEY)
    expect(snapshot(KEY).url).toBe(`http://127.0.0.1:${port}`)
    await waitFor(() => snapshot(KEY).health === 'ok', { what: 'its health' })
    expect(snapshot(KEY).healthDetail).toContain('200')
  })

  it('gets its environment, its folder and its markers', async () => {
    const { manager, pid, home } = createManager()
    manager.setServices([tickerService({ env: { FIXTURE_MARKER: 'a b=c' }, cwd: home })])
    await manager.start(KEY)
    // A process that is just being executed shows no environment yet.
    const marked = await waitFor(() => nonEmpty(findByVariable('FIXTURE_MARKER', 'a b=c')), { what: 'its environment' })
    expect(marked.map((found) => found.pid)).toEqual([pid(KEY)])
    expect(findByVariable('AGENTOS_SERVICE', KEY).map((found) => found.pid)).toContain(pid(KEY))
  })

  it('keeps secrets in its arguments out of what is shown and recorded', async () => {
    const { manager, snapshot, readPidFile } = createManager()
    const { args } = tickerService()
    manager.setServices([tickerService({ args: [...args, '--api-key', 'hunter2'] })])
    await manager.start(KEY)
    expect(`${readPidFile(KEY)}${snapshot(KEY).commandLine}`).not.toContain('hunter2')
    expect(snapshot(KEY).commandLine).toContain('--api-key •••')
  })

  it('restarts under a new pid', async () => {
    const { manager, pid } = createManager()
    manager.setServices([tickerService()])
    await manager.start(KEY)
    const first = pid(KEY)
    expect(await manager.restart(KEY)).toMatchObject({ success: true })
    expect(pid(KEY)).not.toBe(first)
    expect(isAlive(first)).toBe(false)
  })

  it('that ignores SIGTERM is stopped by force after its grace period, with all it started', async () => {
    for (const [name, tree] of Object.entries(trees)) {
      const { manager, home } = createManager()
      const pidFile = join(home, 'pids')
      const [binName, ...args] = commandFor(tree, pidFile)
      manager.setServices([makeService({ binName, args, graceSeconds: 0.2 })])
      await manager.start(KEY)
      const pids = await waitFor(() => readPids(pidFile, tree), { what: `tree ${name}` })
      for (const member of pids.values()) endLater(member)
      expect(await manager.stopProcess(KEY)).toMatchObject({ success: true })
      expect([...pids].filter(([, member]) => isAlive(member))).toEqual([])
    }
  })
})

describe('requests that change nothing', () => {
  it('succeed: starting what runs, stopping what does not', async () => {
    const { manager, pid } = createManager()
    manager.setServices([tickerService()])
    expect(await manager.stopProcess(KEY)).toEqual({ success: true, message: 'One is not running.' })
    await manager.start(KEY)
    const running = pid(KEY)
    expect(await manager.start(KEY)).toEqual({ success: true, message: `One is already running (pid ${running}).` })
    expect(pid(KEY)).toBe(running)
    await Promise.all([manager.stopProcess(KEY), manager.stopProcess(KEY)])
    expect(await manager.stopProcess(KEY)).toMatchObject({ success: true })
    expect(isAlive(running)).toBe(false)
  })

  it('for a service that does not exist fail with its key', async () => {
    const { manager } = createManager()
    for (const answer of [manager.start('no:pe'), manager.stopProcess('no:pe'), manager.restart('no:pe')]) {
      expect(await answer).toMatchObject({ success: false, failure: { code: 'unknown-service' } })
    }
    expect(manager.isProcessRunning('no:pe')).toBe(false)
    expect(manager.getProcessInfo('no:pe')).toBeNull()
    expect(await manager.getProcessOutput('no:pe')).toEqual([])
  })

  it('of all services succeed even if there are none', async () => {
    const { manager } = createManager()
    expect(await manager.startAll()).toMatchObject({ success: true })
    expect(await manager.stopAll()).toMatchObject({ success: true })
  })
})

describe('a start that cannot succeed', () => {
  it('says what was not found, and where', async () => {
    const { manager, snapshot, records } = createManager()
    manager.setServices([
      makeService({ binName: 'no-such-model-server' }),
      makeService({ key: 'test:two', binName: '/no/such/file' }),
    ])
    expect(await manager.start(KEY)).toMatchObject({
      success: false,
      message: expect.stringMatching(/^The program "no-such-model-server" was not found in PATH .*\. /),
      failure: { code: 'binary-not-found' },
    })
    expect(snapshot(KEY)).toMatchObject({ status: 'failed', problem: { code: 'binary-not-found' } })
    expect((await manager.start('test:two')).message).toContain('"/no/such/file"')
    expect(records()).toEqual([])
  })

  it('because its folder is missing names the folder', async () => {
    const { manager, home, records } = createManager()
    manager.setServices([tickerService({ cwd: join(home, 'missing') })])
    expect((await manager.start(KEY)).message).toContain(join(home, 'missing'))
    expect(records()).toEqual([])
  })

  it('because its records cannot be written is an answer, and nothing is started', async () => {
    const { manager, home } = createManager()
    manager.setServices([tickerService()])
    const file = join(home, 'no-folder')
    writeFileSync(file, '')
    const blocked = createManager(home, { runDir: join(file, 'run') })
    blocked.manager.setServices([tickerService()])
    expect(await blocked.manager.start(KEY)).toMatchObject({ success: false, failure: { code: 'start-failed' } })
    expect(findByVariable('AGENTOS_SERVICE', KEY)).toEqual([])
  })

  it('does not keep it from being started once the reason is gone', async () => {
    const { manager } = createManager()
    manager.setServices([makeService({ binName: '/no/such/file' })])
    await manager.start(KEY)
    manager.setServices([tickerService()])
    expect(await manager.start(KEY)).toMatchObject({ success: true })
  })
})

describe('the output of a service', () => {
  it('lies in its log files, of all its runs', async () => {
    const { manager, home } = createManager()
    manager.setServices([serverService({ lines: 3, errorText: 'an error\n' })])
    for (let run = 1; run <= 2; run += 1) {
      await manager.start(KEY)
      await waitFor(async () => (await manager.getProcessOutput(KEY, { stream: 'stderr' })).length === run, {
        what: 'it',
      })
      await manager.stopProcess(KEY)
    }
    const folder = join(home, 'log', 'test%3Aone')
    expect(readFileSync(join(folder, 'stdout.log'), 'utf8')).toBe('line 0\nline 1\nline 2\n'.repeat(2))
    expect(readFileSync(join(folder, 'stderr.log'), 'utf8')).toBe('an error\n'.repeat(2))
    expect(existsSync(join(home, 'run', 'test%3Aone.pid'))).toBe(false)
  })

  it('is given by its last lines, at least a thousand of them', async () => {
    const { manager } = createManager()
    manager.setServices([serverService({ lines: 5000, errorText: 'last words\n' })])
    await manager.start(KEY)
    await waitFor(async () => (await manager.getProcessOutput(KEY, { stream: 'stderr' })).length === 1, {
      what: 'the last words',
    })
    const all = Array.from({ length: 5000 }, (_, line) => `line ${line}`)
    expect(await manager.getProcessOutput(KEY)).toEqual(all.slice(-100))
    expect(await manager.getProcessOutput(KEY, { lines: 1000, stream: 'stdout' })).toEqual(all.slice(-1000))
    expect(await manager.getProcessOutput(KEY, { lines: 100_000 })).toEqual(all)
  })

  it('of a line of 4 MB and of bytes that are no UTF-8 is kept', async () => {
    const { manager } = createManager()
    const script = `process.stdout.write('x'.repeat(4194304) + '\\n'); process.stdout.write(Buffer.from([97, 255, 10, 122, 10]))`
    manager.setServices([makeService({ args: ['-e', script] })])
    await manager.start(KEY)
    const lines = await waitFor(
      async () => {
        const last = await manager.getProcessOutput(KEY)
        return last.length === 3 ? last : null
      },
      { what: 'its output' },
    )
    expect(lines.map((line) => line.length)).toEqual([4 * 1024 * 1024, 2, 1])
    expect(lines.slice(1)).toEqual(['a\ufffd', 'z'])
  })
})
