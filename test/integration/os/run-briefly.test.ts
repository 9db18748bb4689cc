import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type BriefRun, runBriefly } from '../../../src-main/os/run-briefly.ts'
import { cleanUpProcesses, endLater, fixture, isAlive } from '../../support/processes.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

cleanUpProcesses()

/** Only ends a failing test. */
const LONG_MS = 20_000
/** Longer than a test may take: what waits for it fails. */
const NEVER_MS = 120_000
/** For programs that never end by themselves. */
const SHORT_MS = 300

function run(command: BriefRun['command'], rest: Partial<BriefRun> = {}) {
  return runBriefly({
    command,
    cwd: temporaryDirectory(),
    env: process.env,
    timeoutMs: LONG_MS,
    maxOutputBytes: 1000,
    ...rest,
  })
}

const shell = (script: string, rest: Partial<BriefRun> = {}) => run(['/bin/sh', '-c', script], rest)

/** Pids that a script wrote into this file of its folder, a line each. */
function pidsIn(folder: string): number[] {
  const file = join(folder, 'pids')
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => endLater(Number(line.split(' ').at(-1))))
}

describe.skipIf(process.platform === 'win32')('a program that is to end at once', () => {
  it('gives its output and how it ended', async () => {
    expect(await shell('echo out; echo err >&2; exit 3')).toMatchObject({
      exit: { code: 3, signal: null },
      stdout: 'out\n',
      stderr: 'err\n',
    })
  })

  it('gets no input, its folder and the variables given, and no others', async () => {
    const cwd = temporaryDirectory()
    const { exit, stdout } = await shell('cat; pwd; echo "$NAME $HOME"', { cwd, env: { NAME: 'value' } })
    expect(exit?.code).toBe(0)
    expect(stdout).toBe(`${cwd}\nvalue \n`)
  })

  it('sees its arguments as they are', async () => {
    const { stdout } = await run([process.execPath, fixture('print-arguments.ts'), '$HOME', '*', 'a b', '"'])
    for (const argument of ['$HOME', '*', 'a b']) expect(stdout).toContain(argument)
  })

  it('is ended when it takes too long', async () => {
    const cwd = temporaryDirectory()
    const result = await shell('echo begun; echo $$ > pids; exec sleep 50', { cwd, timeoutMs: SHORT_MS })
    expect(result).toMatchObject({ exit: null, stdout: 'begun\n' })
    const pids = pidsIn(cwd)
    expect(pids).toHaveLength(1)
    expect(pids.filter(isAlive)).toEqual([])
  })

  it('is ended with its children, wherever they are and whatever they ignore', async () => {
    const cwd = temporaryDirectory()
    const tree = { name: 'root', stubborn: true, children: [{ name: 'away', stubborn: true, setsid: true }] }
    const command = [process.execPath, fixture('tree-member.ts'), JSON.stringify(tree), join(cwd, 'pids')] as const
    const result = await run(command, { cwd, timeoutMs: 3_000 })
    expect(result.exit).toBeNull()
    const pids = pidsIn(cwd)
    expect(pids).toHaveLength(2)
    expect(pids.filter(isAlive)).toEqual([])
  })

  it('is not waited for by what it leaves behind, which is ended', async () => {
    const cwd = temporaryDirectory()
    const { exit, stdout } = await shell('sleep 50 & echo $! > pids; echo done', { cwd })
    expect({ code: exit?.code, stdout }).toEqual({ code: 0, stdout: 'done\n' })
    const pids = pidsIn(cwd)
    expect(pids).toHaveLength(1)
    expect(pids.filter(isAlive)).toEqual([])
  })

  it('is ended when it prints too much', async () => {
    const cwd = temporaryDirectory()
    const { exit, stdout } = await shell('echo $$ > pids; exec yes', { cwd, timeoutMs: NEVER_MS })
    expect(exit).toBeNull()
    expect(stdout).toHaveLength(1000)
    const pids = pidsIn(cwd)
    expect(pids).toHaveLength(1)
    expect(pids.filter(isAlive)).toEqual([])
  })

  it('is an error if there is none', async () => {
    await expect(run(['/nowhere/program'])).rejects.toMatchObject({ code: 'program-not-found' })
  })
})
