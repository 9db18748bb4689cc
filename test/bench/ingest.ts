import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, statSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { ProcessManager } from '../../src-main/manager/process-manager.ts'
import { waitFor } from '../support/wait-for.ts'
import { type Benchmark, type Measurement, timed } from './benchmark.ts'
import { countTornLines } from './support/count-torn-lines.ts'
import { inFolder } from './support/folder.ts'
import { keepInMemory } from './support/keep-awake.ts'
import { ManagerHost } from './support/manager-host.ts'
import { cpuMs } from './support/process-cost.ts'

const ROUNDS = 6
const POLL_MS = 10
/** What starting a service leaves to do is no cost of its lines: V8 goes on compiling and collecting for some seconds. */
const SETTLE_MS = 20_000
const BYTES = 240_000_000
const writer = join(import.meta.dirname, '../fixtures/write-bytes.ts')

/** Milliseconds of the same program, redirected by a shell. */
function redirected(folder: string): Promise<number> {
  return timed(async () => {
    const command = `exec "${process.execPath}" "${writer}" ${BYTES} >> "${join(folder, 'redirected.log')}"`
    await once(spawn('sh', ['-c', command], { stdio: 'ignore' }), 'exit')
  })
}

/** Milliseconds of the program as a service, until the manager knows that all of it has ended. */
async function asService(folder: string): Promise<number> {
  const manager = new ProcessManager({ runDir: join(folder, 'run'), logDir: join(folder, 'log') })
  const ms = await timed(async () => {
    const outcome = await manager.startProcess('bench:ingest', process.execPath, { extraArgs: [writer, String(BYTES)] })
    if (!outcome.success) throw new Error(outcome.message)
    await waitFor(() => !manager.isProcessRunning('bench:ingest'), { what: 'the writer to end', timeoutMs: 120_000 })
  })
  const { size } = await stat(manager.logs.path('bench:ingest', 'stdout'))
  manager.dispose()
  if (size !== BYTES) throw new Error(`expected ${BYTES} bytes in the log, got ${size}`)
  return ms
}

/** 240 MB written by a service, against the same program redirected into a file by a shell. */
export const ingest: Benchmark = {
  id: 'ingest',
  what: '240 MB written by a service / by the same program redirected by a shell',
  unit: 'ms',
  budget: 1.05,
  async run() {
    const measurements: Measurement[] = []
    for (let round = 0; round < ROUNDS; round += 1) {
      // In turn, so that neither always goes first.
      if (round % 2 === 0) {
        const floor = await inFolder(redirected)
        measurements.push({ floor, value: await inFolder(asService) })
      } else {
        const value = await inFolder(asService)
        measurements.push({ value, floor: await inFolder(redirected) })
      }
    }
    return measurements
  },
}

async function cpuShare(folder: string): Promise<Measurement> {
  const host = new ManagerHost(folder)
  // It would have rested for long when the first byte comes.
  using _memory = keepInMemory([host.pid])
  const log = join(folder, 'log', encodeURIComponent('bench:ingest'), 'stdout.log')
  const command = `sleep ${SETTLE_MS / 1000}; exec "${process.execPath}" "${writer}" ${BYTES}`
  const { result } = await host.call('startProcess', 'bench:ingest', '/bin/sh', { extraArgs: ['-c', command] })
  if (!result.success) throw new Error(result.message)
  // The manager is not asked: each question would cost it more than the lines do.
  while ((statSync(log, { throwIfNoEntry: false })?.size ?? 0) === 0) await delay(POLL_MS)
  const before = cpuMs(host.pid)
  const pidFile = join(folder, 'run', `${encodeURIComponent('bench:ingest')}.pid`)
  const ms = await timed(async () => {
    while (existsSync(pidFile)) await delay(POLL_MS)
  })
  const used = cpuMs(host.pid) - before
  const torn = await countTornLines(log, BYTES)
  await host.end()
  if (torn > 0) throw new Error(`expected every line of ${BYTES} bytes once, whole and in order; ${torn} are not`)
  return { value: (used / ms) * 100, floor: 100 }
}

/** What the lines cost the manager, and that all of them are there. */
export const ingestCpu: Benchmark = {
  id: 'ingest-cpu',
  what: 'CPU of the manager from the first of 240 MB of a service to its end, of a core; no line lost or torn',
  unit: '%',
  budget: 2,
  of: 'value',
  async run() {
    const measurements: Measurement[] = []
    for (let round = 0; round < 3; round += 1) measurements.push(await inFolder(cpuShare))
    return measurements
  },
}
