import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { ServiceDefinition } from '../../src-main/core/service-config.ts'
import { parseServices } from '../../src-main/services/parse-services.ts'
import { presets } from '../../src-main/services/presets/presets.ts'
import { createManager, type TestManager } from '../support/manager.ts'
import { freePort } from '../support/ports.ts'
import { statFields } from '../support/processes.ts'
import { waitFor } from '../support/wait-for.ts'

export const KEY = 'test:real'

export interface RealServer {
  readonly preset: string
  /** Absolute path. */
  readonly program: string
}

/** In which the program is found by its name. */
export function pathOf({ program }: RealServer): { readonly PATH: string } {
  return { PATH: `${dirname(program)}:${process.env.PATH}` }
}

/** A service as a person would write it into services.json. */
export function realService(server: RealServer, port: number, extraArgs: readonly string[], entry: object = {}) {
  const service = {
    key: KEY,
    name: 'Real',
    preset: server.preset,
    args: { port, extraArgs },
    // Found by its name, as a person's is.
    env: pathOf(server),
    restart: { policy: 'no' },
    health: { intervalSeconds: 0.1, startGraceSeconds: 120 },
    ...entry,
  }
  const parsed = parseServices(JSON.stringify({ version: 1, services: [service] }), 'services.json', presets)
  if (!parsed.ok) throw new Error(parsed.problems.map(({ message }) => message).join('\n'))
  const [definition] = parsed.definitions
  if (definition === undefined) throw new Error('there is no service')
  return definition satisfies ServiceDefinition
}

/** A manager with one real server that is not started yet. */
export async function makeServer(server: RealServer, extraArgs: readonly string[], entry: object = {}) {
  const test = createManager()
  const port = await freePort()
  test.manager.setServices([realService(server, port, extraArgs, entry)])
  return {
    ...test,
    port,
    linesOf: (stream: 'stdout' | 'stderr') =>
      readFileSync(join(test.home, 'log', encodeURIComponent(KEY), `${stream}.log`), 'utf8'),
    start: () => test.manager.start(KEY),
    stop: () => test.manager.stopProcess(KEY),
    waitUntilOk: () => waitUntilOk(test),
  }
}

/** Waits until the server serves. Returns its pid. */
export async function waitUntilOk({ snapshot, pid }: TestManager): Promise<number> {
  await waitFor(() => snapshot(KEY).health === 'ok', { what: 'the server to be ok', timeoutMs: 60_000 })
  return pid(KEY)
}

/** A real server that serves, and its pid. */
export async function startServer(server: RealServer, extraArgs: readonly string[], entry: object = {}) {
  const test = await makeServer(server, extraArgs, entry)
  const { success, message } = await test.start()
  if (!success) throw new Error(message)
  return { ...test, serverPid: await test.waitUntilOk() }
}

/** Starts a server that cannot: its last words, and how it ended. */
export async function failureOf(
  server: RealServer,
  extraArgs: readonly string[],
  { port, ...options }: { readonly port?: number; readonly checkPort?: boolean } = {},
) {
  const test = await makeServer(server, extraArgs)
  if (port !== undefined) test.manager.setServices([realService(server, port, extraArgs)])
  await test.manager.start(KEY, options)
  const { problem, lastExit } = await test.waitForStatus(KEY, 'failed')
  return { words: problem?.details?.join('\n') ?? '', lastExit }
}

/** Pids whose parent is this one. */
export function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && parentOf(pid) === parent)
}

function parentOf(pid: number): number {
  try {
    return Number(statFields(pid)[1])
  } catch {
    return 0 // It ended while it was looked at.
  }
}
