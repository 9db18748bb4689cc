import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
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
const POLL_MS = 100
/** V8 goes on compiling and collecting in the background for some seconds after a process has started. */
const SETTLE_MS = 8_000
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
  // Once for nothing: what is compiled at the first start is not the cost of a line.
  await host.call('startProcess', 'bench:warm', '/bin/sleep', { extraArgs: ['60'] })
  // It would have rested for long when the service starts.
  using _memory = keepInMemory([host.pid])
  await delay(SETTLE_MS)
  await host.call('startProcess', 'bench:ingest', process.execPath, { extraArgs: [writer, String(BYTES)] })
  const pidFile = join(folder, 'run', `${encodeURIComponent('bench:ingest')}.pid`)
  const before = cpuMs(host.pid)
  const ms = await timed(async () => {
    // The manager is not asked: each question would cost it more than the lines do.
    while (existsSync(pidFile)) await delay(POLL_MS)
  })
  const used = cpuMs(host.pid) - before
  const torn = await countTornLines(join(folder, 'log', encodeURIComponent('bench:ingest'), 'stdout.log'), BYTES)
  await host.end()
  if (torn > 0) throw new Error(`expected every line of ${BYTES} bytes once, whole and in order; ${torn} are not`)
  return { value: (used / ms) * 100, floor: 100 }
}

/** What the lines cost the manager, and that all of them are there. */
export const ingestCpu: Benchmark = {
  id: 'ingest-cpu',
  what: 'CPU of the manager while a service writes 240 MB, of a core; no line lost or torn',
  unit: '%',
  budget: 2,
  of: 'value',
  async run() {
    const measurements: Measurement[] = []
    for (let round = 0; round < 3; round += 1) measurements.push(await inFolder(cpuShare))
    return measurements
  },
}
