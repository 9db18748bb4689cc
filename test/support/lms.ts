import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { ServiceDefinition } from '../../src-main/core/service-config.ts'
import { parseServices } from '../../src-main/services/parse-services.ts'
import { presets } from '../../src-main/services/presets/presets.ts'
import type { LmsOptions } from '../fixtures/model-servers/lms.ts'
import { freePort } from './ports.ts'
import { closeLater, endLater, fixture } from './processes.ts'
import { temporaryDirectory } from './temporary-directory.ts'
import { waitFor } from './wait-for.ts'

export const LMS_KEY = 'lmstudio:main'

export interface LmsSetup extends Omit<LmsOptions, 'folder'> {
  /** Added to the entry of services.json. */
  readonly entry?: object
  readonly health?: object
  readonly graceSeconds?: number
}

/** What steers the program; see the fixture. */
type Steering = 'start' | 'status' | 'stop' | 'silent' | 'mute' | 'bind'

/** LM Studio on a machine: its program, which is a fixture, and its server, if one runs. */
export async function createLms({ entry, health, graceSeconds = 1, ...options }: LmsSetup = {}) {
  const folder = temporaryDirectory()
  const port = await freePort()
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  const program = join(bin, 'lms')
  const script = fixture('model-servers/lms.ts')
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${script}' "$@"\n`, { mode: 0o755 })
  const env = {
    PATH: [bin, process.env.PATH].join(delimiter),
    LMS: JSON.stringify({ folder, ...options } satisfies LmsOptions),
  }
  const lines = (name: string) => {
    const file = join(folder, name)
    return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : []
  }
  /** Servers that were started so far. */
  const pids = () => lines('pids').map((line) => endLater(Number(line)))
  const helpers = () =>
    Object.fromEntries(
      lines('helpers').map((line) => {
        const [name = '', pid] = line.split(' ')
        return [name, endLater(Number(pid))]
      }),
    )
  closeLater(() => {
    pids()
    helpers()
    // Whatever a test does: nothing of the server is ever signalled.
    if (lines('signals').length > 0) throw new Error(`the server got ${lines('signals').join(', ')}`)
  })

  /** The service as a person would write it; `changes` are added to the entry. */
  const service = (changes: object = {}): ServiceDefinition => {
    const written = {
      key: LMS_KEY,
      name: 'LM Studio',
      preset: 'lmstudio',
      args: { port },
      env,
      health: { intervalSeconds: 0.1, ...health },
      stop: { graceSeconds },
      ...entry,
      ...changes,
    }
    const file = JSON.stringify({ version: 1, services: [written] })
    const parsed = parseServices(file, 'services.json', presets)
    const [definition] = parsed.ok ? parsed.definitions : []
    if (definition === undefined) throw new Error(`not a service: ${JSON.stringify(parsed)}`)
    return definition
  }
  return {
    port,
    folder,
    service,
    pids,
    helpers,
    /** Commands that were run so far, by whomever. */
    commands: () => lines('commands'),
    requests: () => lines('requests'),
    steer: (name: Steering, text = '') => writeFileSync(join(folder, name), text),
    unsteer: (name: Steering) => rmSync(join(folder, name)),
    /** Somebody else runs a command. */
    run(...args: string[]) {
      const { status, stderr } = spawnSync(program, args, { env: { ...process.env, ...env }, encoding: 'utf8' })
      pids()
      if (status !== 0) throw new Error(`lms ${args.join(' ')}: ${stderr}`)
    },
    /** The pid of the last server, once it has been started. */
    server: () => waitFor(() => pids().at(-1), { what: 'the server of LM Studio' }),
  }
}

export type Lms = Awaited<ReturnType<typeof createLms>>
