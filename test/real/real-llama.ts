import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { ServiceDefinition } from '../../src-main/core/service-config.ts'
import { parseServices } from '../../src-main/services/parse-services.ts'
import { presets } from '../../src-main/services/presets/presets.ts'
import { createManager } from '../support/manager.ts'
import { freePort } from '../support/ports.ts'
import { statFields } from '../support/processes.ts'
import { waitFor } from '../support/wait-for.ts'

export const KEY = 'llamacpp:real'

const GIVEN = process.env.AGENTOS_REAL_LLAMA_SERVER
if (GIVEN === undefined) throw new Error('These tests need a real llama-server: run them by "npm run test:real".')
export const program = GIVEN

/** A service as a person would write it into services.json, for the preset of llama.cpp. */
export function llamaService(port: number, extraArgs: readonly string[], entry: object = {}): ServiceDefinition {
  const service = {
    key: KEY,
    name: 'Real llama',
    preset: 'llamacpp',
    args: { port, extraArgs },
    // Found by its name, as a person's is.
    env: { PATH: `${dirname(program)}:${process.env.PATH}` },
    restart: { policy: 'no' },
    health: { intervalSeconds: 0.1, startGraceSeconds: 120 },
    ...entry,
  }
  const parsed = parseServices(JSON.stringify({ version: 1, services: [service] }), 'services.json', presets)
  if (!parsed.ok) throw new Error(parsed.problems.map(({ message }) => message).join('\n'))
  const [definition] = parsed.definitions
  if (definition === undefined) throw new Error('there is no service')
  return definition
}

/** A manager with one llama-server that is not started yet. */
export async function makeLlama(extraArgs: readonly string[], entry: object = {}) {
  const test = createManager()
  const port = await freePort()
  test.manager.setServices([llamaService(port, extraArgs, entry)])
  const linesOf = (stream: 'stdout' | 'stderr') =>
    readFileSync(join(test.home, 'log', encodeURIComponent(KEY), `${stream}.log`), 'utf8')
  return {
    ...test,
    port,
    linesOf,
    start: () => test.manager.start(KEY),
    stop: () => test.manager.stopProcess(KEY),
    waitUntilOk: () => waitUntilOk(test),
  }
}

export async function waitUntilOk({ snapshot, pid }: ReturnType<typeof createManager>): Promise<number> {
  await waitFor(() => snapshot(KEY).health === 'ok', { what: 'the server to be ok', timeoutMs: 60_000 })
  return pid(KEY)
}

/** A llama-server that serves, and its pid. */
export async function startLlama(extraArgs: readonly string[], entry: object = {}) {
  const test = await makeLlama(extraArgs, entry)
  const { success, message } = await test.start()
  if (!success) throw new Error(message)
  return { ...test, serverPid: await test.waitUntilOk() }
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

/** What the server itself makes of a model file: whether it serves it, and its last words if not. */
export async function tryToLoad(file: string): Promise<{ readonly loads: boolean; readonly words: string }> {
  const { start, snapshot } = await makeLlama(['-m', file])
  await start()
  const isDecided = () => snapshot(KEY).health === 'ok' || snapshot(KEY).status === 'failed'
  await waitFor(isDecided, { what: 'the server to load it or to fail' })
  return { loads: snapshot(KEY).health === 'ok', words: snapshot(KEY).problem?.details?.join('\n') ?? '' }
}
