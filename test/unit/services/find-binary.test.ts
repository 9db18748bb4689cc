import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ProgramSources, resolveProgram } from '../../../src-main/services/find-binary.ts'
import { firstRunEntries } from '../../../src-main/services/first-run.ts'
import { presets } from '../../../src-main/services/presets/presets.ts'
import { temporaryDirectory } from './config-fixture.ts'

let temporary: ReturnType<typeof temporaryDirectory>

beforeEach(() => {
  temporary = temporaryDirectory()
})

afterEach(() => temporary.remove())

const inTemporary = (...names: string[]) => join(temporary.path, ...names)

/** Creates a file that may be executed. */
function program(...names: string[]): string {
  const file = inTemporary(...names)
  mkdirSync(join(file, '..'), { recursive: true })
  writeFileSync(file, '#!/bin/sh\n')
  chmodSync(file, 0o755)
  return file
}

const commandOf = async (name: string, sources: ProgramSources, preset?: string) => {
  const result = await resolveProgram(name, preset === undefined ? undefined : presets[preset], sources)
  return result.ok ? result.program.command : result.failure
}

describe.skipIf(process.platform === 'win32')('on POSIX systems', () => {
  const sources = (...path: string[]): ProgramSources => ({
    platform: 'linux',
    home: inTemporary('home'),
    env: { PATH: path.join(delimiter) },
  })

  it('takes the first in PATH that may be executed', async () => {
    mkdirSync(inTemporary('a'))
    writeFileSync(inTemporary('a', 'server'), 'not executable', { mode: 0o644 })
    mkdirSync(inTemporary('b', 'server'), { recursive: true })
    const expected = program('c', 'server')
    program('d', 'server')
    const path = ['a', 'b', 'c', 'd'].map((name) => inTemporary(name))
    expect(await commandOf('server', sources(...path))).toBe(expected)
  })

  it('never looks into the current directory', async () => {
    expect(await commandOf('package.json', { ...sources('', '.', 'src'), isProgram: async () => true })).toEqual({
      code: 'binary-not-found',
      message: 'the program "package.json" was not found in PATH (it is empty)',
      hint: 'Install it, or give its absolute path as "binName" in services.json.',
    })
  })

  it('looks where installers put it after PATH, for the program of the preset only', async () => {
    const expected = program('home', '.local', 'bin', 'llama-server')
    const only = { ...sources(inTemporary('bin')), isProgram: async (file: string) => file === expected }
    expect(await commandOf('llama-server', only, 'llamacpp')).toBe(expected)
    expect(await commandOf('llama-server', only, 'custom')).toMatchObject({ code: 'binary-not-found' })
    const inPath = program('bin', 'llama-server')
    expect(await commandOf('llama-server', sources(inTemporary('bin')), 'llamacpp')).toBe(inPath)
  })

  it('takes an absolute path as it is', async () => {
    const expected = program('my server', 'run')
    expect(await commandOf(expected, sources())).toBe(expected)
    expect(await commandOf(`${expected}-gone`, sources())).toEqual({
      code: 'binary-not-found',
      message: `expected an executable file at "${expected}-gone", found none`,
      hint: 'Correct "binName" in services.json, or make it executable (chmod +x).',
    })
  })

  it.each(['./server', 'bin/server', '~/server', '..'.concat('/server')])('does not accept %s', async (name) => {
    expect(await commandOf(name, sources(temporary.path))).toEqual({
      code: 'binary-not-found',
      message: `expected the name of a program or an absolute path, got "${name}"`,
      hint: 'Write the whole path as "binName"; neither ~ nor a relative path is understood.',
    })
  })

  it('says where it looked and what to do', async () => {
    expect(
      await commandOf(
        'ollama',
        { ...sources('/one', '/two', '/one'), home: '/home/me', isProgram: async () => false },
        'ollama',
      ),
    ).toEqual({
      code: 'binary-not-found',
      message:
        'the program "ollama" was not found in PATH (/one, /two) and at /usr/local/bin/ollama, /usr/bin/ollama, ' +
        '/home/me/.local/bin/ollama',
      hint: 'Install Ollama (https://docs.ollama.com/), or give its absolute path as "binName" in services.json.',
    })
    const many = Array.from({ length: 20 }, (_, index) => `/d${index}`)
    expect(await commandOf('x', { ...sources(...many), isProgram: async () => false })).toMatchObject({
      message: 'the program "x" was not found in PATH (/d0, /d1, /d2, /d3, /d4, /d5, /d6, /d7 and 12 more)',
    })
  })
})

describe('on Windows', () => {
  const windows = (files: string[], env: Record<string, string> = {}): ProgramSources => ({
    platform: 'win32',
    home: 'C:\\Users\\me',
    env: { Path: '"C:\\Program Files\\tools";relative;C:\\bin', PATHEXT: '.COM;.EXE;.BAT;.CMD;.VBS;.JS', ...env },
    isProgram: async (file) => files.some((name) => name.toLowerCase() === file.toLowerCase()),
  })

  it('adds what the system can run by itself', async () => {
    expect(await commandOf('server', windows(['C:\\bin\\server.vbs', 'C:\\bin\\server.EXE']))).toBe(
      'C:\\bin\\server.exe',
    )
    expect(await commandOf('server', windows(['C:\\Program Files\\tools\\server.cmd']))).toBe(
      'C:\\Program Files\\tools\\server.cmd',
    )
    expect(await commandOf('server.exe', windows(['C:\\bin\\server.exe']))).toBe('C:\\bin\\server.exe')
    expect(await commandOf('server', windows(['C:\\bin\\server']))).toMatchObject({ code: 'binary-not-found' })
    expect(await commandOf('llama-b1.2', windows(['C:\\bin\\llama-b1.2.exe']))).toBe('C:\\bin\\llama-b1.2.exe')
  })

  it('expands variables in usual locations and leaves out those that are not set', async () => {
    const file = 'D:\\Local\\Programs\\Ollama\\ollama.exe'
    expect(await commandOf('ollama', windows([file], { LocalAppData: 'D:\\Local' }), 'ollama')).toBe(file)
    expect(await commandOf('ollama', windows([file]), 'ollama')).toMatchObject({
      message: 'the program "ollama" was not found in PATH (C:\\Program Files\\tools, C:\\bin)',
    })
  })

  it.each(['.\\server', 'bin\\server', 'C:server', '\\server'])('does not accept %s', async (name) => {
    expect(await commandOf(name, windows([]))).toMatchObject({
      message: expect.stringContaining('or an absolute path'),
    })
  })
})

describe('built-in programs', () => {
  const own = { command: '/app/agentos', args: ['--agentos-demo-server'] }

  it('come before anything on disk', async () => {
    const result = await resolveProgram('agentos-demo-server', presets.demo, {
      builtIn: { 'agentos-demo-server': own },
      isProgram: async () => true,
    })
    expect(result).toEqual({ ok: true, program: own })
  })

  it('are not found by a name that every object has', async () => {
    expect(await commandOf('constructor', { builtIn: {}, isProgram: async () => false })).toMatchObject({
      code: 'binary-not-found',
    })
  })
})

describe.skipIf(process.platform === 'win32')('the entries of the first run', () => {
  const builtIn = { 'agentos-demo-server': { command: '/app/agentos', args: [] } }
  const sources = (): ProgramSources => ({
    builtIn,
    platform: 'linux',
    home: inTemporary('home'),
    env: { PATH: inTemporary('bin') },
    isProgram: async (file) => file.startsWith(temporary.path) && (await commandOf(file, {})) === file,
  })
  const demoEntry = { key: 'demo:server', name: 'Demo server', preset: 'demo', args: { port: 11_555 } }

  it('are the demo server alone on an empty machine', async () => {
    expect(await firstRunEntries(sources())).toEqual([demoEntry])
  })

  it('are the demo server and what is installed', async () => {
    program('bin', 'ollama')
    program('home', '.local', 'bin', 'llama-server')
    expect(await firstRunEntries(sources())).toEqual([
      demoEntry,
      { key: 'ollama:main', name: 'Ollama', preset: 'ollama', args: { port: 11_434 } },
      { key: 'llamacpp:router', name: 'llama.cpp', preset: 'llamacpp', args: { port: 9931 } },
    ])
  })
})
