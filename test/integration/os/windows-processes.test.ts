import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { recoverRuns } from '../../../src-main/manager/recover.ts'
import { RUN_MARKER } from '../../../src-main/manager/run.ts'
import { watchExit } from '../../../src-main/os/exit-watch.ts'
import { hasBegun } from '../../../src-main/os/has-begun.ts'
import { loadNativeProcesses } from '../../../src-main/os/native/win32/native.ts'
import { jobName } from '../../../src-main/os/native/win32/run-jobs.ts'
import { loadWin32Suspender } from '../../../src-main/os/native/win32/suspend.ts'
import { identify, processTable } from '../../../src-main/os/processes/identity.ts'
import type { Identity } from '../../../src-main/os/processes/process-table.ts'
import { RunRecordStore } from '../../../src-main/os/run-records.ts'
import { startProcessCrossPlatform } from '../../../src-main/os/spawn.ts'
import type { StartOptions } from '../../../src-main/os/started-process.ts'
import { stopTree } from '../../../src-main/os/stop-tree.ts'
import { cleanUpProcesses, closeLater, endLater, fixture, isAlive, waitUntilGone } from '../../support/processes.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import { waitFor } from '../../support/wait-for.ts'

// What only Windows has: jobs, consoles, exit codes of strangers, batch files.

cleanUpProcesses()

const native = await loadNativeProcesses()
const node = process.execPath
/** Longer than any test may take: what waits for it fails. */
const FOREVER_MS = 600_000
const PRINT_ARGUMENTS = fixture('print-arguments.ts')

function loaded() {
  if (native === null) throw new Error('expected native calls')
  return native
}

interface Started {
  readonly pid: number
  readonly exited: Promise<{ readonly code: number | null; readonly signal: string | null }>
  readonly output: () => string
}

/** Starts a program whose output goes into a file. */
async function start(command: readonly [string, ...string[]], options: Partial<StartOptions> = {}): Promise<Started> {
  const folder = temporaryDirectory()
  const paths = { stdout: join(folder, 'out.log'), stderr: join(folder, 'err.log') }
  const [stdout, stderr] = [openSync(paths.stdout, 'a'), openSync(paths.stderr, 'a')]
  const handle = await startProcessCrossPlatform({ command, captureOutput: { stdout, stderr, paths }, ...options })
  closeSync(stdout)
  closeSync(stderr)
  endLater(handle.pid)
  return { pid: handle.pid, exited: handle.exited, output: () => readFileSync(paths.stdout, 'utf8') }
}

const script = (text: string): readonly [string, ...string[]] => [node, '-e', text]
const newMarker = () => ({ name: RUN_MARKER, value: `test-${process.pid}-${Math.random().toString(36).slice(2)}` })
const waits = 'setTimeout(() => undefined, 60_000)'

async function identityOf(pid: number): Promise<Identity> {
  const identity = await identify(pid)
  if (identity === null) throw new Error(`expected process ${pid} to live`)
  return identity
}

async function marked(marker: { readonly name: string; readonly value: string }): Promise<ReadonlySet<number>> {
  const pids = (await processTable().list()).map((entry) => entry.pid)
  return processTable().withEnvironment(pids, marker.name, marker.value)
}

/** A root that starts a child with no console of its own console, says its pid, and ends politely with 5 on Ctrl+C. */
const politeRoot = (child: string) => `
  const { spawn } = require('node:child_process')
  const child = spawn(process.execPath, ['-e', ${JSON.stringify(child)}], { detached: true, stdio: 'ignore' })
  process.on('SIGINT', () => { console.log('asked'); process.exit(5) })
  console.log(child.pid)
  ${waits}`

async function firstLine({ output }: Started): Promise<number> {
  const text = await waitFor(() => output().includes('\n') && output(), { what: 'a pid' })
  return endLater(Number.parseInt(text, 10))
}

describe.runIf(native !== null)('arguments on Windows', () => {
  it('reach a real program as they are, whatever they are', async () => {
    const argument = fc.oneof(
      fc.string({ unit: fc.constantFrom('\\', '"', ' ', '\t', 'a', '%', '&', '\n', 'ü', '💥'), maxLength: 12 }),
      fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => text.replaceAll('\0', '')),
    )
    const args = fc.sample(argument, 400)
    const started = await start([node, PRINT_ARGUMENTS, ...args])
    expect(await started.exited).toMatchObject({ code: 0 })
    expect(JSON.parse(started.output()).args).toEqual(args)
  })

  it('reach the program behind a batch file, and can start nothing else', async () => {
    const folder = temporaryDirectory()
    const file = join(folder, 'run it.cmd')
    writeFileSync(file, `@"${node}" "${PRINT_ARGUMENTS}" %*\r\n`)
    const args = ['--port', '8080', 'a b', '', '&echo', '|more', '(x)', '<in', '>out', '--x=1', 'C:\\a b\\', 'ü']
    const started = await start([file, ...args])
    expect(await started.exited).toMatchObject({ code: 0 })
    expect(JSON.parse(started.output()).args).toEqual(args)
    expect(existsSync(join(folder, 'out'))).toBe(false)
    await expect(start([file, '"&calc'])).rejects.toMatchObject({ name: 'ProcessError', code: 'command-not-safe' })
    await expect(startProcessCrossPlatform({ command: [file, '%X%'], captureOutput: true })).rejects.toMatchObject({
      code: 'command-not-safe',
    })
  })

  it('of an environment with names in several cases and of all of Unicode arrive once each', async () => {
    const text =
      'JSON.stringify([process.env.path_x, process.env.Ü, Object.keys(process.env).filter((n) => /^path_x$/i.test(n))])'
    const env = { ...process.env, Path_X: 'old', PATH_X: 'new', ü: '💥' }
    const started = await start(script(`console.log(${text})`), { env })
    await started.exited
    expect(JSON.parse(started.output())).toEqual(['new', '💥', ['PATH_X']])
  })
})

describe.runIf(native !== null)('a started process on Windows', () => {
  it('inherits nothing but its streams and its own job', async () => {
    const { jobs, handles } = loaded()
    const name = `Local\\agentos-test-${process.pid}-${Date.now()}`
    const job = jobs.create(name, { allowLeaving: false })
    const open = jobs.inheritableHandle(job)
    const { pid } = await start(script(waits))
    handles.close(open)
    handles.close(job)
    await waitFor(() => jobs.open(name) === null, { what: 'the end of a job that nobody has a handle of' })
    expect(isAlive(pid)).toBe(true)
  })

  it('keeps its job findable by its marker, with all that it starts, whoever has let go of it', async () => {
    const marker = newMarker()
    const started = await start(script(politeRoot(waits)), { marker })
    const child = await firstLine(started)
    expect([...(await marked(marker))]).toEqual(expect.arrayContaining([started.pid, child]))
    expect(await marked(newMarker())).toEqual(new Set())
    expect(await stopTree(await identityOf(started.pid), { graceMs: 0, force: true, marker })).toEqual([])
    expect([started.pid, child].some(isAlive)).toBe(false)
  })

  it('that has ended lets go of everything: a hundred starts leave no handle open', { timeout: 120_000 }, async () => {
    const { handles, files } = loaded()
    // Handles have the lowest free number: a leak makes those of later ones higher.
    const next = () => {
      const handle = files.openNowhere()
      handles.close(handle)
      return Number(handle)
    }
    const marker = newMarker()
    const quick = join(process.env.SystemRoot ?? 'C:\\Windows', 'System32', 'hostname.exe')
    const run = async (times: number, runMarker = marker) => {
      for (let time = 0; time < times; time += 1) {
        const { exited } = await startProcessCrossPlatform({ command: [quick], marker: runMarker })
        expect(await exited).toMatchObject({ code: 0 })
      }
    }
    await run(5)
    const [countBefore, nextBefore] = [handles.ownHandleCount(), next()]
    await run(100)
    expect(handles.ownHandleCount()).toBeLessThan(countBefore + 30)
    expect(next()).toBeLessThan(nextBefore + 30 * 4)
    // What was left of the last one, its console, is let go of at a later start.
    const isForgotten = async () => {
      await run(1, newMarker())
      const job = loaded().jobs.open(jobName(marker))
      if (job !== null) handles.close(job)
      return job === null
    }
    await waitFor(isForgotten, { what: 'the end of its job' })
  })

  it('tells the code with which Windows ended it, in its own words elsewhere', async () => {
    const { exited } = await start(script('process.exit(-1073741819)'))
    expect(await exited).toMatchObject({ code: 0xc0000005, signal: null })
  })
})

describe.runIf(native !== null)('a polite stop on Windows', () => {
  it('by Ctrl+C is heard by the root; what does not hear it is ended after the grace period', async () => {
    const marker = newMarker()
    const started = await start(script(politeRoot(waits)), { marker, consoleEvent: 'ctrl-c' })
    const child = await firstLine(started)
    const options = { graceMs: 500, marker, consoleEvent: 'ctrl-c' } as const
    expect(await stopTree(await identityOf(started.pid), options)).toEqual([])
    expect(await started.exited).toMatchObject({ code: 5, signal: null })
    expect(started.output()).toContain('asked')
    expect(isAlive(child)).toBe(false)
  })

  it('by Ctrl+C ends a whole tree that obeys without waiting for the grace period', async () => {
    const started = await start(
      script(`require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(waits)}], { stdio: 'ignore' })
        process.on('SIGINT', () => process.exit(0)); console.log(process.pid); ${waits}`),
      { marker: newMarker(), consoleEvent: 'ctrl-c' },
    )
    await firstLine(started)
    const identity = await identityOf(started.pid)
    expect(await stopTree(identity, { graceMs: FOREVER_MS, consoleEvent: 'ctrl-c' })).toEqual([])
    expect(await started.exited).toMatchObject({ code: 0, signal: null })
  })

  it('by Ctrl+Break is heard by the root, and by nobody else', async () => {
    const asked = `process.on('SIGBREAK', () => { console.log('asked'); process.exit(5) })`
    const started = await start(script(`${asked}; console.log(process.pid); ${waits}`), { marker: newMarker() })
    const bystander = await start(script(`${asked}; console.log(process.pid); ${waits}`), { marker: newMarker() })
    await Promise.all([started, bystander].map(firstLine))
    expect(await stopTree(await identityOf(started.pid), { graceMs: FOREVER_MS })).toEqual([])
    expect(await started.exited).toMatchObject({ code: 5, signal: null })
    expect(started.output()).toContain('asked')
    expect(isAlive(bystander.pid)).toBe(true)
    expect(bystander.output()).not.toContain('asked')
  })

  it('without an answer is a forced end, which counts as SIGKILL', async () => {
    const started = await start(script(`process.on('SIGINT', () => console.log('no')); console.log(1); ${waits}`), {
      marker: newMarker(),
      consoleEvent: 'ctrl-c',
    })
    await waitFor(() => started.output() !== '', { what: 'its first words' })
    const identity = await identityOf(started.pid)
    expect(await stopTree(identity, { graceMs: 300, consoleEvent: 'ctrl-c' })).toEqual([])
    expect(await started.exited).toMatchObject({ code: null, signal: 'SIGKILL' })
    expect(started.output()).toBe('1\nno\n')
  })

  it('never reaches others on a console: they are not asked, and live on', async () => {
    const neighbour = `process.on('SIGINT', () => console.log('asked')); console.log(process.pid); ${waits}`
    // Two processes of one console; only one of them is to be stopped, as one of another program in a terminal.
    const terminal = await start(
      script(`const child = require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(waits)}], { stdio: 'ignore' })
        console.log(child.pid); ${neighbour}`),
      { consoleEvent: 'ctrl-c' },
    )
    const guest = await firstLine(terminal)
    await waitFor(() => terminal.output().split('\n').length > 2, { what: 'the neighbour' })
    expect(await stopTree(await identityOf(guest), { graceMs: FOREVER_MS, consoleEvent: 'ctrl-c' })).toEqual([])
    expect(isAlive(guest)).toBe(false)
    expect(isAlive(terminal.pid)).toBe(true)
    expect(terminal.output()).not.toContain('asked')
  })
})

describe.runIf(native !== null)('the next life of the app on Windows', () => {
  /** Starts a program by another process that is killed then. */
  async function startAndDie(options: StartOptions): Promise<Identity> {
    const file = join(temporaryDirectory(), 'identity')
    // In our own group: Wine sends to that of the sender what Windows sends to the whole console.
    const command = [node, fixture('windows-starter.ts'), JSON.stringify(options), file] as const
    const starter = await start(command, { consoleEvent: 'ctrl-c' })
    await waitFor(() => existsSync(file) && readFileSync(file, 'utf8').endsWith('\n'), { what: 'an identity' })
    process.kill(starter.pid, 'SIGKILL')
    await starter.exited
    const identity: Identity = JSON.parse(readFileSync(file, 'utf8'))
    endLater(identity.pid)
    return identity
  }

  it('sees how a process ends that an earlier one has started', async () => {
    const sign = join(temporaryDirectory(), 'end')
    const text = `setInterval(() => require('node:fs').existsSync(${JSON.stringify(sign)}) && process.exit(7), 20)`
    const identity = await startAndDie({ command: script(text) as [string, ...string[]], marker: newMarker() })
    const { exited, seen } = watchExit(identity)
    expect(isAlive(identity.pid)).toBe(true)
    expect(seen()).toBeNull()
    writeFileSync(sign, '')
    expect(await exited).toMatchObject({ code: 7, signal: null })
    expect(seen()).toMatchObject({ code: 7 })
    // A process of that identity is gone, whoever has its pid now.
    expect(await watchExit(identity).exited).toMatchObject({ code: null, signal: null })
  })

  it('lets go of a process without waiting for its end', async () => {
    const identity = await startAndDie({ command: script(waits) as [string, ...string[]] })
    const watch = watchExit(identity)
    watch.close()
    watch.close()
    expect(isAlive(identity.pid)).toBe(true)
  })

  it('finds by its intent what was started in the instant before the app was killed, and adopts it', async () => {
    const marker = newMarker()
    const identity = await startAndDie({ command: script(waits) as [string, ...string[]], marker })
    const records = new RunRecordStore(join(temporaryDirectory(), 'run'))
    const { bootId } = identity
    records.writeIntent({ key: 'x:y', nonce: marker.value, bootId, command: ['x'], startedAt: Date.now() })
    const { runs } = await recoverRuns(records)
    expect(runs.map(({ key, hasEnded, run }) => ({ key, hasEnded, pid: run.identity.pid }))).toEqual([
      { key: 'x:y', hasEnded: false, pid: identity.pid },
    ])
    const [found] = runs
    process.kill(identity.pid, 'SIGKILL')
    expect(await found?.run.exited).toMatchObject({ code: 1 })
    await waitUntilGone(identity.pid)
  })

  it('removes what it was killed in the middle of making, since that would stand still for ever', async () => {
    const { makeUnbegun } = await import('../../support/windows-unbegun.ts')
    const marker = newMarker()
    const { pid, release } = makeUnbegun(node, `"${node}" -e "${waits}"`, jobName(marker))
    endLater(pid)
    closeLater(release)
    const identity = await identityOf(pid)
    expect(await hasBegun(identity)).toBe(false)
    const records = new RunRecordStore(join(temporaryDirectory(), 'run'))
    const { bootId } = identity
    records.writeIntent({ key: 'x:y', nonce: marker.value, bootId, command: ['x'], startedAt: Date.now() })
    const { runs, warnings } = await recoverRuns(records)
    expect(runs).toEqual([])
    expect(warnings).toEqual([expect.stringContaining(`process ${pid} had not begun`)])
    expect(isAlive(pid)).toBe(false)
    expect(records.readAll()).toMatchObject({ records: [], intents: [] })
  })

  it('does not take a process that somebody has suspended for one that has never begun', async () => {
    const { pid, output } = await start(script(`console.log('up'); ${waits}`))
    await waitFor(() => output().startsWith('up'), { what: 'its first words' })
    const identity = await identityOf(pid)
    const suspender = await loadWin32Suspender()
    const found = suspender?.open(pid, identity.createdAt)
    if (typeof found !== 'object') throw new Error('expected it to be opened')
    closeLater(() => found.close())
    expect(found.suspend()).toBe(true)
    expect(await hasBegun(identity)).toBe(true)
    found.resume()
    expect(await hasBegun(identity)).toBe(true)
  })

  it('ends the whole tree, also what left it, though another process has started it', async () => {
    const marker = newMarker()
    const paths = { stdout: join(temporaryDirectory(), 'out.log'), stderr: join(temporaryDirectory(), 'err.log') }
    const identity = await startAndDie({
      command: script(politeRoot(waits)) as [string, ...string[]],
      captureOutput: { stdout: -1, stderr: -1, paths },
      marker,
      consoleEvent: 'ctrl-c',
    })
    const child = await waitFor(
      () =>
        existsSync(paths.stdout) &&
        readFileSync(paths.stdout, 'utf8').includes('\n') &&
        Number.parseInt(readFileSync(paths.stdout, 'utf8'), 10),
      { what: 'the child' },
    )
    endLater(child)
    expect(await stopTree(identity, { graceMs: 300, marker, consoleEvent: 'ctrl-c' })).toEqual([])
    expect([identity.pid, child].some(isAlive)).toBe(false)
    expect(readFileSync(paths.stdout, 'utf8')).toContain('asked')
  })
})
