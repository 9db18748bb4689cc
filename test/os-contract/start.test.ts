import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { startProcessCrossPlatform } from '../../src-main/os/spawn.ts'
import type { StartReport } from '../fixtures/report-start.ts'
import { startFixture, startIntoFiles } from '../support/fixture-process.ts'
import { longFolder, oddFolder } from '../support/odd-folder.ts'
import { cleanUpProcesses, fixture } from '../support/processes.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import {
  hasNativeCalls,
  isWindows,
  makeUnexecutable,
  neededVariables,
  placeProgram,
  startsInLongFolders,
} from './systems.ts'

cleanUpProcesses()

const node = process.execPath

interface Start {
  readonly program?: string
  readonly script?: string
  readonly args?: readonly string[]
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}

/** How a program that was started so says that it was started. */
async function reportOf(start: Start): Promise<StartReport> {
  const file = join(temporaryDirectory(), 'report.json')
  const { program = node, script = fixture('report-start.ts'), args = [], cwd, env = { ...process.env } } = start
  const started = await startIntoFiles([program, script, ...args], {
    env: { ...env, REPORT_FILE: file },
    ...(cwd === undefined ? {} : { cwd }),
  })
  const exit = await started.exited
  expect({ errors: started.errors(), ...exit }).toMatchObject({ errors: '', code: 0, signal: null })
  return JSON.parse(readFileSync(file, 'utf8'))
}

describe('a started program', () => {
  it.each([
    [
      'shell words',
      ['$(touch oops)', '`id`', '; exit 9', '*', '~', '| cat', '> x', '&', '%PATH%', '!x!', '^', '$HOME'],
    ],
    ['quotes', ['"', "'", '"a b"', 'a"b', '""', 'it"s', "it's", '"', 'a" "b']],
    [
      'backslashes',
      ['\\', '\\\\', 'a\\', 'a\\"', 'a b\\', '\\"\\\\"', 'C:\\Program Files\\x\\', '\\\\server\\share\\'],
    ],
    ['spaces and nothing', ['', ' ', '', 'a  b', ' a', 'a ', 'a\tb', 'a\nb', '']],
    ['Unicode', ['ü💥', '模型', 'é', 'e\u0301', '\u202Eabc', '😀 😀']],
    ['long ones', ['x'.repeat(8_000), 'a b "c" '.repeat(300)]],
    ['many', Array.from({ length: 300 }, (_, index) => `--option-${index}`)],
  ])('gets its arguments as they are: %s', async (_what, args) => {
    expect((await reportOf({ args })).args).toEqual(args)
  })

  it('gets exactly the environment it is given', async () => {
    process.env.NOT_FOR_OTHERS = 'secret'
    try {
      const env = { ...neededVariables(), A: 'a=b "c"', EMPTY: '', UNICODE: 'ü💥 模型', LONG: 'x'.repeat(20_000) }
      const report = await reportOf({ env })
      expect(report.env).toMatchObject(env)
      expect(report.env).not.toHaveProperty('NOT_FOR_OTHERS')
      expect(report.env).not.toHaveProperty('HOME')
    } finally {
      delete process.env.NOT_FOR_OTHERS
    }
  })

  it('gets the environment of this process if none is given', async () => {
    process.env.FOR_CHILDREN = 'yes'
    try {
      const file = join(temporaryDirectory(), 'report.json')
      process.env.REPORT_FILE = file
      await (await startFixture('report-start.ts')).exited
      expect(JSON.parse(readFileSync(file, 'utf8')).env).toMatchObject({ FOR_CHILDREN: 'yes' })
    } finally {
      delete process.env.FOR_CHILDREN
      delete process.env.REPORT_FILE
    }
  })

  it('is a child of this process, in the working directory it is given', async () => {
    const cwd = oddFolder()
    expect(await reportOf({ cwd })).toMatchObject({ cwd, parentPid: process.pid })
  })

  it('gets this process’s working directory if none is given', async () => {
    expect((await reportOf({})).cwd).toBe(process.cwd())
  })

  it('may lie in a folder with spaces and Unicode', async () => {
    const program = join(oddFolder(), isWindows ? 'my server.exe' : 'my server')
    placeProgram(program)
    expect((await reportOf({ program, args: ['a b'] })).args).toEqual(['a b'])
  })

  it('gets paths of more than 300 characters', async () => {
    const script = join(longFolder(), 'report-start.ts')
    copyFileSync(fixture('report-start.ts'), script)
    expect((await reportOf({ script, args: [script] })).args).toEqual([script])
  })

  it.runIf(startsInLongFolders)('may lie in such a folder, and work there', async () => {
    const cwd = longFolder()
    const program = join(cwd, 'my server')
    placeProgram(program)
    expect((await reportOf({ program, cwd })).cwd).toBe(cwd)
  })

  it('has no input', async () => {
    const script = join(temporaryDirectory(), 'read-input.mjs')
    writeFileSync(script, "import { readFileSync } from 'node:fs'\nconsole.log('bytes:', readFileSync(0).length)")
    const started = await startIntoFiles([node, script])
    expect(await started.exited).toMatchObject({ code: 0 })
    expect(started.output()).toBe('bytes: 0\n')
  })

  it.runIf(isWindows && hasNativeCalls)('has a console for its own programs, and no window', async () => {
    const started = await startFixture('console-window.ts')
    expect(await started.exited).toMatchObject({ code: 0 })
    expect(JSON.parse(started.output())).toEqual({ hasConsole: true, hasWindow: false })
  })
})

describe('a program that cannot be started', () => {
  const start = (command: readonly [string, ...string[]], cwd?: string) =>
    startIntoFiles(command, cwd === undefined ? {} : { cwd })

  it('because it is not there is an error that says where it was looked for', async () => {
    const missing = join(oddFolder(), 'llama-server')
    await expect(start([missing, '--port'])).rejects.toMatchObject({
      name: 'ProcessError',
      code: 'program-not-found',
      message: expect.stringContaining(`"${missing}"`),
      hint: expect.stringContaining('installed'),
    })
    await expect(start(['no-such-program-anywhere'])).rejects.toMatchObject({ code: 'program-not-found' })
  })

  it('because its folder is not there is an error that names the folder', async () => {
    const folder = join(temporaryDirectory(), 'no such folder')
    await expect(start([node], folder)).rejects.toMatchObject({
      code: 'program-not-found',
      message: expect.stringContaining(`"${folder}"`),
    })
  })

  it('because it is no program, or a folder, is an error that says so', async () => {
    const folder = temporaryDirectory()
    const file = join(folder, isWindows ? 'server.exe' : 'server')
    writeFileSync(file, 'not a program')
    makeUnexecutable(file)
    mkdirSync(join(folder, 'folder'))
    await expect(start([file])).rejects.toMatchObject({ code: 'program-not-executable' })
    await expect(start([join(folder, 'folder')])).rejects.toMatchObject({ code: 'program-not-executable' })
  })

  it('because of a NUL character is an error, not an exception elsewhere', async () => {
    const rejection = { name: 'ProcessError', code: 'spawn-failed' }
    await expect(start([node, 'a\0b'])).rejects.toMatchObject(rejection)
    await expect(start(['a\0b'])).rejects.toMatchObject(rejection)
    await expect(start([node], 'a\0b')).rejects.toMatchObject(rejection)
    await expect(startProcessCrossPlatform({ command: [node], env: { A: 'a\0b' } })).rejects.toMatchObject(rejection)
  })

  it('because its command line is too long is an error that says so', async () => {
    await expect(start([node, 'x'.repeat(4_000_000)])).rejects.toMatchObject({ code: 'command-too-long' })
  })

  it('leaves the output files as they were', async () => {
    const folder = temporaryDirectory()
    writeFileSync(join(folder, 'stdout.log'), 'before\n')
    await expect(startIntoFiles([join(folder, 'missing')], { folder })).rejects.toMatchObject({ name: 'ProcessError' })
    expect(readFileSync(join(folder, 'stdout.log'), 'utf8')).toBe('before\n')
  })
})
