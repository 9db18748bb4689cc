import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ProcessManager } from '../../src-main/manager/process-manager.ts'
import { waitFor } from '../support/wait-for.ts'
import { type Benchmark, type Measurement, timed } from './benchmark.ts'

const ROUNDS = 3
const BYTES = 240_000_000
const writer = join(import.meta.dirname, '../fixtures/write-bytes.ts')

async function once240Megabytes(folder: string): Promise<Measurement> {
  const redirected = join(folder, 'redirected.log')
  const floor = await timed(async () => {
    const command = `exec "${process.execPath}" "${writer}" ${BYTES} >> "${redirected}"`
    await once(spawn('sh', ['-c', command], { stdio: 'ignore' }), 'exit')
  })
  const manager = new ProcessManager({ runDir: join(folder, 'run'), logDir: join(folder, 'log') })
  const value = await timed(async () => {
    const outcome = await manager.startProcess('bench:ingest', process.execPath, { extraArgs: [writer, String(BYTES)] })
    if (!outcome.success) throw new Error(outcome.message)
    await waitFor(() => !manager.isProcessRunning('bench:ingest'), { what: 'the writer to end', timeoutMs: 120_000 })
  })
  const { size } = await stat(manager.logs.path('bench:ingest', 'stdout'))
  manager.dispose()
  if (size !== BYTES) throw new Error(`expected ${BYTES} bytes in the log, got ${size}`)
  await rm(folder, { recursive: true })
  return { value, floor }
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
      measurements.push(await once240Megabytes(await mkdtemp(join(tmpdir(), 'agentos-bench-'))))
    }
    return measurements
  },
}
