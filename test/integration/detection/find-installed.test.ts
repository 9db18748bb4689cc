import { chmodSync, existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findInstalled } from '../../../src-main/services/detection/find-installed.ts'
import { ProgramVersions } from '../../../src-main/services/detection/program-version.ts'
import type { ProgramSources } from '../../../src-main/services/find-binary.ts'
import { presets } from '../../../src-main/services/presets/presets.ts'
import { cleanUpProcesses, endLater, isAlive } from '../../support/processes.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

cleanUpProcesses()

/** A machine with nothing but what a test installs; `log` says what was run. */
function makeMachine() {
  const root = temporaryDirectory()
  const bin = join(root, 'bin')
  mkdirSync(bin)
  const log = join(root, 'log')
  const sources: ProgramSources = {
    home: join(root, 'home'),
    // Usual places on this machine are no part of it.
    isProgram: (file) => file.startsWith(root) && existsSync(file),
    env: { ...process.env, PATH: `${bin}:/usr/bin:/bin`, LOG: log },
  }
  return {
    sources,
    install(name: string, script: string): string {
      const file = join(bin, name)
      writeFileSync(file, `#!/bin/sh\necho "$0 $*" >> "$LOG"\n${script}\n`)
      chmodSync(file, 0o755)
      return file
    },
    pids: () => readFileSync(join(root, 'pids'), 'utf8').trim().split('\n').map(Number).map(endLater),
    pidFile: join(root, 'pids'),
    runs: () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []),
  }
}

const find = (sources: ProgramSources, timeoutMs = 20_000, versions = new ProgramVersions({ timeoutMs })) =>
  findInstalled(presets, sources, versions)

describe.skipIf(process.platform === 'win32')('what is installed', () => {
  it('is nothing on an empty machine', async () => {
    expect(await find(makeMachine().sources)).toEqual([])
  })

  it('is each program that is found, with the version it tells', async () => {
    const { sources, install, runs } = makeMachine()
    const ollama = install('ollama', 'echo "ollama version is 0.12.3"')
    const llama = install('llama-server', 'printf "version: 5904 (8f22dc0a)\\nbuilt with cc\\n" >&2')
    const vllm = install('vllm', 'echo 1.0.0')
    expect(await find(sources)).toEqual([
      { preset: 'ollama', program: ollama, version: '0.12.3' },
      { preset: 'llamacpp', program: llama, version: 'b5904' },
      { preset: 'vllm', program: vllm, version: null },
    ])
    expect(runs().sort()).toEqual([`${llama} --version`, `${ollama} --version`])
  })

  it('is what is part of the app', async () => {
    const { sources, runs } = makeMachine()
    const program = { command: process.execPath, args: ['--demo'] }
    expect(await find({ ...sources, builtIn: { 'agentos-demo-server': program } })).toEqual([
      { preset: 'demo', program: process.execPath, version: null },
    ])
    expect(runs()).toEqual([])
  })

  it.each([
    ['says something else', 'echo "no number here"'],
    ['prints what is no text', "printf '\\377\\000\\033[31m\\376'"],
    ['fails', 'echo "ollama version is 0.12.3"; exit 1'],
    ['says nothing', ''],
    ['ends by a signal', 'echo "ollama version is 0.12.3"; kill -9 $$'],
  ])('has no version if the program %s', async (_what, script) => {
    const { sources, install } = makeMachine()
    const program = install('ollama', script)
    expect(await find(sources)).toEqual([{ preset: 'ollama', program, version: null }])
  })

  it('has no version if it is a program of another system', async () => {
    const { sources, install } = makeMachine()
    const program = install('ollama', '')
    writeFileSync(program, Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0xff, 0xff, 0, 0, 0, 0]))
    expect(await find(sources)).toEqual([{ preset: 'ollama', program, version: null }])
  })

  it('has no version if the program hangs, which is ended with its children', async () => {
    const { sources, install, pidFile, pids } = makeMachine()
    const program = install('ollama', `sleep 50 & echo $! > ${pidFile}; echo $$ >> ${pidFile}; wait`)
    expect(await find(sources, 500)).toEqual([{ preset: 'ollama', program, version: null }])
    expect(pids()).toHaveLength(2)
    expect(pids().filter(isAlive)).toEqual([])
  })

  it('has a version although a child of the program stays, which is ended', async () => {
    const { sources, install, pidFile, pids } = makeMachine()
    const program = install('ollama', `sleep 50 & echo $! > ${pidFile}; echo "ollama version is 0.12.3"`)
    expect(await find(sources)).toEqual([{ preset: 'ollama', program, version: '0.12.3' }])
    expect(pids()).toHaveLength(1)
    expect(pids().filter(isAlive)).toEqual([])
  })

  it('asks no server on another machine', async () => {
    const { sources, install } = makeMachine()
    install('ollama', 'echo "version is 1.0 $OLLAMA_HOST" | sed s/:/./g')
    const env = { ...sources.env, OLLAMA_HOST: 'http://192.0.2.7:80' }
    install('llama-server', '[ "$OLLAMA_HOST" = http://192.0.2.7:80 ] && echo version 1.2.3')
    const [ollama, llamacpp] = await find({ ...sources, env })
    expect(llamacpp?.version).toBe('1.2.3')
    install('ollama', '[ "$OLLAMA_HOST" = 127.0.0.1:11434 ] && echo "ollama version is 3.2.1"')
    expect(ollama?.version).toBe('1.0')
    expect((await find({ ...sources, env }))[0]?.version).toBe('3.2.1')
  })

  it('is asked once, and again when the file is another one', async () => {
    const { sources, install, runs } = makeMachine()
    const versions = new ProgramVersions()
    const versionOf = async () => (await find(sources, 0, versions))[0]?.version
    const program = install('ollama', 'echo "ollama version is 0.12.3"')
    expect(await Promise.all([versionOf(), versionOf()])).toEqual(['0.12.3', '0.12.3'])
    expect(await versionOf()).toBe('0.12.3')
    expect(runs()).toHaveLength(1)
    // As long as before, at another time.
    install('ollama', 'echo "ollama version is 0.12.4"')
    utimesSync(program, new Date(2020, 1, 1), new Date(2020, 1, 1))
    expect(await versionOf()).toBe('0.12.4')
    expect(runs()).toHaveLength(2)
  })
})
