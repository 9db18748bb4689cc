import { chmodSync, closeSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { startProcessCrossPlatform } from '../../../src-main/os/spawn.ts'
import { cleanUpProcesses, endLater, fixture, isAlive, statFields } from '../../support/processes.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import { waitFor } from '../../support/wait-for.ts'

cleanUpProcesses()

const node = process.execPath
const printer = fixture('print-arguments.ts')
const isPosix = process.platform !== 'win32'

const textOf = (stream: Readable | null) => (stream === null ? '' : text(stream))

async function run(...command: [string, ...string[]]) {
  const { exited } = await startProcessCrossPlatform({ command })
  return exited
}

describe('a started program', () => {
  it('gets its arguments as they are: no shell sees them', async () => {
    const args = [
      '$(touch oops)',
      '`id`',
      '; exit 9',
      '*',
      '~',
      '"',
      "'",
      '\\',
      'a  b',
      '',
      '%PATH%',
      'a\nb',
      '| cat',
      '> x',
      '&',
      'ü💥',
    ]
    const { stdout, exited } = await startProcessCrossPlatform({
      command: [node, printer, ...args],
      captureOutput: true,
    })
    expect(JSON.parse(await textOf(stdout))).toMatchObject({ args })
    expect(await exited).toMatchObject({ code: 0, signal: null })
  })

  it('gets the working directory and exactly the environment it is given', async () => {
    const cwd = temporaryDirectory()
    const env = { FIXTURE_MARKER: 'a=b "c"', PATH: undefined }
    const started = await startProcessCrossPlatform({ command: [node, printer], cwd, env, captureOutput: true })
    expect(JSON.parse(await textOf(started.stdout))).toEqual({ args: [], cwd, marker: 'a=b "c"' })
  })

  it('writes straight into open files, also after they were closed here', async () => {
    const file = join(temporaryDirectory(), 'out.log')
    writeFileSync(file, 'before\n')
    const descriptor = openSync(file, 'a')
    const script = 'setTimeout(() => { console.log("out"); console.error("err") }, 100)'
    const { stdout, exited } = await startProcessCrossPlatform({
      command: [node, '-e', script],
      captureOutput: { stdout: descriptor, stderr: descriptor },
    })
    closeSync(descriptor)
    expect(stdout).toBeNull()
    await exited
    expect(readFileSync(file, 'utf8')).toBe('before\nout\nerr\n')
  })

  it('without captured output does not keep the handle’s streams', async () => {
    const handle = await startProcessCrossPlatform({ command: [node, '-e', 'console.log("x")'] })
    expect(handle).toMatchObject({ stdout: null, stderr: null })
    expect((await handle.exited).code).toBe(0)
  })

  it('tells its exit code, or the signal that ended it', async () => {
    expect(await run(node, '-e', 'process.exit(7)')).toMatchObject({ code: 7, signal: null })
    expect(await run(node, '-e', 'process.kill(process.pid, "SIGKILL")')).toMatchObject({
      code: isPosix ? null : 1,
      signal: 'SIGKILL',
    })
    const before = Date.now()
    const { at } = await run(node, '-e', '')
    expect(at).toBeGreaterThanOrEqual(before)
  })

  it.runIf(process.platform === 'linux')('leads a group and a session of its own', async () => {
    const { pid } = await startProcessCrossPlatform({ command: [node, fixture('ticker.ts')] })
    const [, parent, group, session] = statFields(endLater(pid))
    expect([parent, group, session]).toEqual([process.pid, pid, pid].map(String))
  })

  it.runIf(isPosix)('survives the death of who started it, and loses no line of its output', async () => {
    const file = join(temporaryDirectory(), 'ticks.log')
    const starter = await startProcessCrossPlatform({
      command: [node, fixture('starter.ts'), file],
      captureOutput: true,
    })
    endLater(starter.pid)
    let output = ''
    starter.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString('latin1')
    })
    const pid = Number(await waitFor(() => output.endsWith('\n') && output, { what: 'the ticker’s pid' }))
    const lines = () => readFileSync(file, 'latin1').split('\n').slice(0, -1)
    await waitFor(() => lines().length > 5, { what: 'the first ticks' })
    process.kill(starter.pid, 'SIGKILL')
    expect((await starter.exited).signal).toBe('SIGKILL')
    const atDeath = lines().length
    await waitFor(() => lines().length > atDeath + 50, { what: 'ticks after the death of the starter' })
    expect(isAlive(endLater(pid))).toBe(true)
    const ticks = lines()
    expect(ticks).toEqual(ticks.map((_line, index) => `tick ${index}`))
  })
})

describe('a program that cannot be started', () => {
  const start = (command: [string, ...string[]], cwd?: string) =>
    startProcessCrossPlatform({ command, ...(cwd === undefined ? {} : { cwd }) })

  it('because it is not there is an error that says where it was looked for', async () => {
    await expect(start(['/nowhere/llama-server', '--port'])).rejects.toMatchObject({
      name: 'ProcessError',
      code: 'program-not-found',
      message: expect.stringContaining('"/nowhere/llama-server"'),
      hint: expect.stringContaining('installed'),
    })
  })

  it('because its folder is not there is an error that names the folder', async () => {
    await expect(start([node], '/no/such/folder')).rejects.toMatchObject({
      code: 'program-not-found',
      message: expect.stringContaining('"/no/such/folder"'),
    })
  })

  it.runIf(isPosix)('because it is not executable is an error that says so', async () => {
    const file = join(temporaryDirectory(), 'server')
    writeFileSync(file, '#!/bin/sh\n')
    chmodSync(file, 0o644)
    await expect(start([file])).rejects.toMatchObject({ code: 'program-not-executable' })
    await expect(start([temporaryDirectory()])).rejects.toMatchObject({ code: 'program-not-executable' })
  })

  it('because of a NUL character is an error, not an exception elsewhere', async () => {
    await expect(start([node, 'a\0b'])).rejects.toMatchObject({ name: 'ProcessError', code: 'spawn-failed' })
    await expect(start(['a\0b'])).rejects.toMatchObject({ name: 'ProcessError', code: 'spawn-failed' })
  })

  it.runIf(isPosix)('because its command line is too long is an error that says so', async () => {
    await expect(start([node, 'x'.repeat(4_000_000)])).rejects.toMatchObject({ code: 'command-too-long' })
  })
})
