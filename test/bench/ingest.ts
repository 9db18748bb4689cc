import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ProcessManager } from '../../src-main/manager/process-manager.ts'
import { waitFor } from '../support/wait-for.ts'
import { type Benchmark, type Measurement, timed } from './benchmark.ts'

const ROUNDS = 6
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

/** Each in a folder of its own, removed before the other: what one leaves to be written to disk slows the next. */
async function inFolder(work: (folder: string) => Promise<number>): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'agentos-bench-'))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
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
