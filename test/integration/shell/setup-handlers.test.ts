import { readFileSync } from 'node:fs'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { dispatch, type Handlers } from '../../../src-main/shell/ipc-dispatch.ts'
import type { Page } from '../../../src-main/shell/page.ts'
import { createSetupHandlers } from '../../../src-main/shell/setup-handlers.ts'
import type { RequestChannel, RequestInput, RequestOutput } from '../../../src-preload/contract/contract.ts'
import type { Problem, Reply } from '../../../src-preload/contract/result.ts'
import { editWorld } from '../../support/edit-world.ts'
import { createManager } from '../../support/manager.ts'
import { freePort } from '../../support/ports.ts'
import { cleanUpProcesses, closeLater, fixture, isAlive } from '../../support/processes.ts'
import { waitFor } from '../../support/wait-for.ts'

/** The system's dialogs: the only thing of Electron that these handlers touch. */
const electron = vi.hoisted(() => ({
  focused: null as object | null,
  asked: [] as unknown[],
  filePaths: [] as string[],
}))
vi.mock('electron', () => ({
  BrowserWindow: { getFocusedWindow: () => electron.focused },
  dialog: {
    showOpenDialog: async (...args: unknown[]) => {
      electron.asked.push(args)
      return { canceled: electron.filePaths.length === 0, filePaths: electron.filePaths }
    },
  },
}))

cleanUpProcesses()

beforeEach(() => {
  Object.assign(electron, { focused: null, asked: [], filePaths: [] })
})

/** The app without a window: its handlers, asked as a window asks. */
async function setupWorld(...services: object[]) {
  const world = await editWorld(JSON.stringify({ version: 1, services }, null, 2))
  const { secrets, store: config, warnings } = world
  const managed = createManager(undefined, { secretsOf: (key, names) => secrets.valuesOf(key, names) })
  const { manager } = managed
  manager.setServices(config.state.definitions)
  const watching = config.watch((state) => manager.setServices(state.definitions))
  closeLater(() => watching.dispose())
  const warn = (message: string) => warnings.push(message)
  const context = { manager, config, secrets, builtIn: {}, ready: Promise.resolve(), warn }
  const handlers = createSetupHandlers(context) as unknown as Handlers
  const bugs: unknown[] = []
  const ask = async <C extends RequestChannel>(channel: C, input: RequestInput<C>) => {
    const reply = await dispatch(channel, {} as Page, input, { handlers, onBug: (_channel, error) => bugs.push(error) })
    expect(bugs).toEqual([])
    return reply as Reply<RequestOutput<C>>
  }
  const get = async <C extends RequestChannel>(channel: C, input: RequestInput<C>): Promise<RequestOutput<C>> => {
    const reply = await ask(channel, input)
    if (!reply.ok) throw new Error(`${reply.error.code}: ${reply.error.message}`)
    return reply.value
  }
  const refused = async <C extends RequestChannel>(channel: C, input: RequestInput<C>): Promise<Problem> => {
    const reply = await ask(channel, input)
    if (reply.ok) throw new Error(`expected ${channel} to be refused`)
    return reply.error
  }
  return { ...world, ...managed, get, refused }
}

/** As it is after its way to the window and back. */
const asInput = (entry: object) => JSON.parse(JSON.stringify(entry)) as RequestInput<'config.add'>['entry']

describe('setting a service up', () => {
  it('goes from a suggestion to a running service with a secret, and back', async () => {
    const { get, manager, pid, snapshot, text } = await setupWorld()
    const { entry } = await get('setup.suggest', { preset: 'custom' })
    expect(entry).toEqual({ key: 'custom:server' })
    expect((await get('setup.check', { entry: asInput(entry), replaces: null })).problems).not.toEqual([])

    const port = await freePort()
    const args = { port, extraArgs: [fixture('server.ts'), JSON.stringify({ port })] }
    const full = asInput({ ...entry, binName: process.execPath, args, secrets: ['TOKEN'], stop: { graceSeconds: 1 } })
    expect(await get('setup.check', { entry: full, replaces: null })).toMatchObject({
      problems: [],
      warnings: [],
      program: process.execPath,
      port: { state: 'free' },
    })
    const stored = await get('config.add', { entry: full, secrets: { TOKEN: 'very-secret' } })
    expect(stored).toMatchObject({ entry: full, storedSecrets: ['TOKEN'] })
    expect(text()).not.toContain('very-secret')
    // The manager knows it by now.
    expect(await manager.start('custom:server')).toMatchObject({ success: true })
    const running = pid('custom:server')
    await waitFor(() => snapshot('custom:server').health === 'ok', { what: 'its health' })
    if (process.platform === 'linux') {
      expect(readFileSync(`/proc/${running}/environ`, 'utf8')).toContain('TOKEN=very-secret')
    }
    expect((await get('setup.check', { entry: full, replaces: 'custom:server' })).port?.state).toBe('free')
    expect((await get('setup.check', { entry: { ...full, key: 'custom:new' }, replaces: null })).port).toMatchObject({
      state: 'ours',
      by: 'the service custom:server',
    })

    const copy = await get('config.duplicate', { key: 'custom:server' })
    expect(copy).toMatchObject({ entry: { key: 'custom:server-2' }, storedSecrets: ['TOKEN'] })
    await get('config.move', { key: 'custom:server-2', before: 'custom:server' })
    expect(manager.snapshot().services.map(({ key }) => key)).toEqual(['custom:server-2', 'custom:server'])

    const { undo } = await get('config.delete', { key: 'custom:server' })
    expect(isAlive(running)).toBe(false)
    expect(manager.snapshot().services.map(({ key }) => key)).toEqual(['custom:server-2'])
    expect(await get('config.undoDelete', { undo })).toEqual({ key: 'custom:server' })
    expect(await get('config.entry', { key: 'custom:server' })).toEqual(stored)
  })

  it('changes an entry, unless somebody else has', async () => {
    const { get, refused, save, snapshot } = await setupWorld({ key: 'demo:one', preset: 'demo' })
    const { entry, revision } = await get('config.entry', { key: 'demo:one' })
    const change = { key: 'demo:one', entry: asInput({ ...entry, name: 'Mine' }), secrets: {} }
    const changed = await get('config.change', { ...change, revision })
    expect(snapshot('demo:one').name).toBe('Mine')
    expect((await refused('config.change', { ...change, revision })).code).toBe('config-changed')
    save('{')
    expect((await refused('config.change', { ...change, revision: changed.revision })).code).toBe('config-broken')
  })

  it('names every field that is wrong', async () => {
    const { refused } = await setupWorld()
    const problem = await refused('config.add', {
      entry: { key: 'a:b', preset: 'demo', cwd: 'x' },
      secrets: { A: 'x' },
    })
    expect(problem).toMatchObject({ code: 'bad-entry', fields: [{ path: ['secrets', 'A'] }] })
    const { fields } = await refused('config.add', { entry: { key: 'a:b', preset: 'demo', cwd: 'x' }, secrets: {} })
    expect(fields).toEqual([{ path: ['cwd'], message: expect.stringContaining('absolute path') }])
  })

  it('deletes the entry of a server that somebody else runs, and leaves that alone', async () => {
    const port = await freePort()
    const { get, manager, waitForStatus, services } = await setupWorld({
      key: 'demo:one',
      binName: process.execPath,
      args: { port },
    })
    const other = createManager()
    const args = { port, extraArgs: [fixture('server.ts'), JSON.stringify({ port })] }
    await other.manager.startProcess('test:stranger', process.execPath, args)
    const stranger = other.pid('test:stranger')
    await waitFor(() => other.snapshot('test:stranger').health === 'ok', { what: 'the stranger' })
    expect(await manager.start('demo:one')).toMatchObject({ success: false })
    await waitForStatus('demo:one', 'external')
    await get('config.delete', { key: 'demo:one' })
    expect(services()).toEqual([])
    expect(isAlive(stranger)).toBe(true)
  })

  it('tells of presets, entries and deletions that are not there', async () => {
    const { refused } = await setupWorld()
    for (const preset of ['none', 'toString']) {
      expect((await refused('setup.suggest', { preset })).code).toBe('unknown-preset')
    }
    expect((await refused('config.entry', { key: 'a:b' })).code).toBe('no-such-entry')
    expect((await refused('config.delete', { key: 'a:b' })).code).toBe('no-such-entry')
    expect((await refused('config.undoDelete', { undo: 7 })).code).toBe('no-undo')
  })

  it('says where secrets are kept', async () => {
    const { get, cipher } = await setupWorld()
    expect(await get('secrets.info', {})).toEqual({ storage: 'system', detail: 'Test Keyring' })
    cipher.storage = 'none'
    expect(await get('secrets.info', {})).toEqual({ storage: 'none', detail: 'there is no keyring' })
  })
})

describe('the dialog for a path', () => {
  it('comes in front of the window that asks', async () => {
    const { get } = await setupWorld()
    electron.focused = { name: 'window' }
    electron.filePaths = ['/venv/bin/python']
    expect(await get('setup.choosePath', { kind: 'program' })).toBe('/venv/bin/python')
    expect(electron.asked).toEqual([
      [
        { name: 'window' },
        expect.objectContaining({ properties: ['openFile', 'showHiddenFiles', 'noResolveAliases'] }),
      ],
    ])
  })

  it('gives nothing if the person changes their mind', async () => {
    const { get } = await setupWorld()
    expect(await get('setup.choosePath', { kind: 'folder' })).toBeNull()
    expect(electron.asked).toEqual([
      [expect.objectContaining({ properties: ['openDirectory', 'showHiddenFiles', 'createDirectory'] })],
    ])
  })
})
