import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { delimiter, join } from 'node:path'
import { vi } from 'vitest'
import type { ServiceDefinition } from '../../../src-main/core/service-config.ts'
import { parseServices } from '../../../src-main/services/parse-services.ts'
import { presets } from '../../../src-main/services/presets/presets.ts'
import type { ModelServerKind } from '../../fixtures/model-servers/kind.ts'
import { kinds } from '../../fixtures/model-servers/kinds.ts'
import type { ModelServerOptions } from '../../fixtures/model-servers/model-server.ts'
import type { Member } from '../../fixtures/tree-member.ts'
import { createManager } from '../../support/manager.ts'
import { freePort } from '../../support/ports.ts'
import { endLater, fixture } from '../../support/processes.ts'
import { waitFor } from '../../support/wait-for.ts'

export const KEY = 'test:one'

/** Only ends a failing test: what is to happen happens long before. */
const LONG = 600

export interface PresetSetup extends Omit<ModelServerOptions, 'folder'> {
  /** Added to the entry of services.json. */
  readonly entry?: object
  readonly health?: object
  readonly graceSeconds?: number
}

export function kindOf(id: string): ModelServerKind {
  const kind = kinds[id]
  if (kind === undefined) throw new Error(`there is no fixture for the preset ${id}`)
  return kind
}

/** A program named like the real one that runs the fixture in its place. */
function install(folder: string, id: string): string {
  mkdirSync(folder)
  const program = join(folder, kindOf(id).program)
  const server = fixture('model-servers/model-server.ts')
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${server}' '${id}' "$@"\n`, { mode: 0o755 })
  return program
}

const isDetail = (detail: string, wanted: string | RegExp) =>
  typeof wanted === 'string' ? detail === wanted : wanted.test(detail)

function readEntry(entry: object): ServiceDefinition {
  const parsed = parseServices(JSON.stringify({ version: 1, services: [entry] }), 'services.json', presets)
  if (!parsed.ok) throw new Error(parsed.problems.map(({ message }) => message).join('\n'))
  const [definition] = parsed.definitions
  if (definition === undefined) throw new Error('there is no service')
  return definition
}

/**
 * A manager with one service, as a person would write it into services.json for this preset; the program it finds is a
 * fixture. Nothing is started yet.
 */
export async function makePreset(id: string, { entry, health, graceSeconds = 20, ...options }: PresetSetup = {}) {
  // What whoever runs the tests has set must not do the work of a preset.
  vi.stubEnv('PYTHONUNBUFFERED', undefined)
  const test = createManager()
  const port = await freePort()
  const kind = kindOf(id)
  const folder = join(test.home, 'server')
  const cwd = join(test.home, 'cwd')
  for (const directory of [folder, cwd]) mkdirSync(directory)
  if (kind.file !== undefined) writeFileSync(join(cwd, kind.file), '')
  const bin = join(test.home, 'bin')
  const program = install(bin, id)
  // A preset that knows its program finds it in PATH; else the entry names it, and where it has to run.
  const own = presets[id]?.needs === undefined ? {} : { binName: program }
  const path = [bin, process.env.PATH].join(delimiter)
  const definition = readEntry({
    key: KEY,
    name: 'One',
    preset: id,
    ...own,
    cwd,
    args: { port, extraArgs: kind.model },
    env: { PATH: path, MODEL_SERVER: JSON.stringify({ folder, ...options } satisfies ModelServerOptions) },
    restart: { policy: 'no' },
    health: { intervalSeconds: 0.1, timeoutSeconds: 10, startGraceSeconds: LONG, ...health },
    stop: { graceSeconds },
    ...entry,
  })
  test.manager.setServices([definition])
  const lines = (file: string) => {
    const name = join(folder, file)
    return existsSync(name) ? readFileSync(name, 'utf8').split('\n').slice(0, -1) : []
  }
  return {
    ...test,
    port,
    kind,
    definition,
    /** Makes a file that steers the server. */
    tell: (file: 'bind' | 'loaded' | 'hang' | 'unavailable') => writeFileSync(join(folder, file), ''),
    untell: (file: 'hang' | 'unavailable') => rmSync(join(folder, file)),
    /** Signals the server got so far. */
    signals: () => lines('signals'),
    /** Pids of the servers that listened so far, and of what they started. */
    pids: () => lines('pids').map((line) => endLater(Number(line.split(' ')[1]))),
    start: () => test.manager.start(KEY),
    waitForHealth: (wanted: string) =>
      waitFor(() => test.snapshot(KEY).health === wanted, { what: `health ${wanted} of ${id}` }),
    waitForDetail: (wanted: string | RegExp) =>
      waitFor(() => isDetail(test.snapshot(KEY).healthDetail ?? '', wanted), { what: `"${wanted}" of ${id}` }),
  }
}

/** As `makePreset`, started and ok. */
export async function startPreset(id: string, setup: PresetSetup = {}) {
  const made = await makePreset(id, setup)
  const outcome = await made.start()
  if (!outcome.success) throw new Error(outcome.message)
  made.pid(KEY)
  await made.waitForHealth('ok')
  return made
}

/** A worker that stays when its parent ends, and leads a session of its own, with a child. */
export const workers: readonly [Member] = [{ name: 'worker', setsid: true, children: [{ name: 'helper' }] }]

/** Whether a connection to this address is accepted. */
export function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    socket.once('connect', () => resolve(true))
    socket.once('error', () => resolve(false))
    socket.once('close', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}
