import { chmodSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkPort } from '../../../src-main/os/ports.ts'
import { startProcessCrossPlatform } from '../../../src-main/os/spawn.ts'
import { presets } from '../../../src-main/services/presets/presets.ts'
import { checkEntry } from '../../../src-main/shell/entry-check.ts'
import { editWorld } from '../../support/edit-world.ts'
import { createManager, serverService } from '../../support/manager.ts'
import { freePort } from '../../support/ports.ts'
import { cleanUpProcesses, closeLater, endLater, fixture } from '../../support/processes.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import { waitFor } from '../../support/wait-for.ts'

cleanUpProcesses()

const builtIn = { 'agentos-demo-server': { command: process.execPath, args: ['--demo'] } }

/** Checks entries among these services, some of which may run. */
async function checkWorld(...services: object[]) {
  const { store } = await editWorld(JSON.stringify({ version: 1, services }))
  const { manager } = createManager()
  const context = {
    presets,
    builtIn,
    serviceOfProcess: (pid: number) => manager.serviceOfProcess(pid),
    storage: { storage: 'none', detail: 'nothing' } as const,
  }
  return {
    manager,
    check: (entry: Record<string, unknown>, replaces: string | null = null) =>
      checkEntry(entry, replaces, store.state, context),
  }
}

const demo = (port: number, key = 'demo:new') => ({ key, preset: 'demo', args: { port } })

describe('the check of an entry', () => {
  it('tells what would run, by the name that people know, and that nothing is in the way', async () => {
    const port = await freePort()
    const { check } = await checkWorld()
    expect(await check(demo(port))).toEqual({
      problems: [],
      warnings: [],
      commandLine: `agentos-demo-server --host 127.0.0.1 --port ${port}`,
      program: 'agentos-demo-server',
      port: { port, state: 'free', by: null, nextFree: port },
    })
  })

  it('finds the program in the PATH that the service would have, and hides secrets in its arguments', async () => {
    const folder = temporaryDirectory()
    const program = join(folder, 'my-server')
    writeFileSync(program, '#!/bin/sh\n')
    chmodSync(program, 0o755)
    const { check } = await checkWorld()
    const extraArgs = ['--api-key', 'sk-secret', 'a b']
    const env = { PATH: [folder, '/usr/bin'].join(delimiter) }
    const checked = await check({ key: 'my:server', binName: 'my-server', args: { extraArgs }, env })
    expect(checked).toMatchObject({ problems: [], program, port: null })
    expect(checked.commandLine).toBe(`${program} --api-key ••• "a b"`)
    expect(JSON.stringify(checked)).not.toContain('sk-secret')
  })

  it('says where a program was looked for that is not there, and that a folder is missing', async () => {
    const { check } = await checkWorld()
    const checked = await check({ key: 'my:server', binName: 'no-such-program', cwd: '/no/such/folder' })
    expect(checked).toMatchObject({ problems: [], program: null, commandLine: 'no-such-program' })
    expect(checked.warnings).toEqual([
      expect.stringMatching(
        /^The program "no-such-program" was not found in PATH \(.*\)\. Install it, or give its absolute path/,
      ),
      'There is no folder at /no/such/folder.',
    ])
  })

  it('shows as much as can be known of an entry that is not right yet', async () => {
    const port = await freePort()
    const { check } = await checkWorld()
    const checked = await check({ key: 'comfyui:main', preset: 'comfyui', args: { port } })
    expect(checked.problems.map(({ path }) => path)).toEqual([['cwd'], ['binName']])
    expect(checked).toMatchObject({ commandLine: null, program: null, port: { port, state: 'free' } })
    expect(await check({})).toMatchObject({ commandLine: null, program: null, port: null })
  })
})

describe('its port', () => {
  it('is ours if another entry has it', async () => {
    const port = await freePort()
    const { check } = await checkWorld({ ...demo(port, 'demo:one'), name: 'First' }, demo(port + 1, 'demo:two'))
    const { port: view } = await check(demo(port))
    expect(view).toMatchObject({ port, state: 'ours', by: 'the service First' })
    expect(view?.nextFree).toBeGreaterThan(port + 1)
    expect((await check({ key: 'demo:new', preset: 'demo', args: { port: port + 1 } })).port?.by).toBe(
      'the service demo:two',
    )
  })

  it('is free for the entry that has it', async () => {
    const port = await freePort()
    const { check } = await checkWorld(demo(port, 'demo:one'))
    expect((await check(demo(port, 'demo:one'), 'demo:one')).port).toMatchObject({ state: 'free', nextFree: port })
  })

  it('is taken if a stranger listens on it, who is named', async () => {
    const port = await freePort()
    const { pid } = await startProcessCrossPlatform({
      command: [process.execPath, fixture('server.ts'), JSON.stringify({ port })],
    })
    endLater(pid)
    await waitFor(async () => !(await checkPort('127.0.0.1', port)).free, { what: 'the stranger' })
    const { check } = await checkWorld()
    const { port: view } = await check(demo(port))
    expect(view).toMatchObject({ port, state: 'taken' })
    expect(view?.by).toContain(`(pid ${pid})`)
    expect(view?.nextFree).toBeGreaterThan(port)
  })

  it('is free for its own service while that runs, and ours for others, also where it is in no entry', async () => {
    const port = await freePort()
    const { check, manager } = await checkWorld(demo(port + 50, 'demo:one'))
    manager.setServices([serverService({ port }, { key: 'demo:one', name: 'First' })])
    closeLater(() => manager.stopProcess('demo:one', { force: true }))
    await manager.start('demo:one')
    await waitFor(async () => !(await checkPort('127.0.0.1', port)).free, { what: 'the service' })
    expect((await check(demo(port, 'demo:one'), 'demo:one')).port).toMatchObject({ state: 'free', by: null })
    const { pid } = manager.getProcessInfo('demo:one') ?? {}
    expect((await check(demo(port))).port).toMatchObject({ state: 'ours', by: `the service First (pid ${pid})` })
  })

  it.runIf(process.platform === 'linux' && process.getuid?.() !== 0)('is forbidden below 1024', async () => {
    const { check } = await checkWorld()
    const { port } = await check(demo(81))
    expect(port).toMatchObject({ state: 'forbidden', by: expect.stringContaining('may not listen') })
    expect(port?.nextFree).toBeGreaterThanOrEqual(1024)
  })

  it('cannot be tried on an address that this machine does not have now', async () => {
    const { check } = await checkWorld()
    const entry = { key: 'demo:new', preset: 'demo', args: { host: '192.0.2.1', port: 9000 } }
    const checked = await check(entry)
    expect(checked).toMatchObject({ problems: [], port: { state: 'free' } })
    expect(checked.warnings).toContain('This machine cannot listen on the address "192.0.2.1" at the moment.')
  })
})
