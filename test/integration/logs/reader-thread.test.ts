import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { describe, expect, it, vi } from 'vitest'
import { LogStore } from '../../../src-main/logs/store/log-store.ts'
import type { ReaderReport } from '../../fixtures/log-reader-thread.ts'
import { fixture } from '../../support/processes.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

vi.setConfig({ testTimeout: 120_000 })

const ROTATIONS = 150

/** Windows does not let a file be replaced while somebody reads it. If that takes too long, it is done later, and said. */
const isForLater = (warning: string) =>
  process.platform === 'win32' && /will be later: E(PERM|ACCES|BUSY)/.test(warning)

describe('a reader in another thread', () => {
  it('reads nothing wrong while the log is rotated, compressed and cut to its budget', async () => {
    const folder = temporaryDirectory()
    const warnings: string[] = []
    const store = new LogStore(folder, {
      limits: { maxFileBytes: 20_000, maxTotalBytes: 60_000 },
      // Nobody but this thread writes, synchronously.
      quiesce: () => async (work) => work(),
      warn: (message) => warnings.push(message),
    })
    const worker = new Worker(fixture('log-reader-thread.ts'), { workerData: folder })
    let report: ReaderReport | undefined
    worker.on('message', (message: ReaderReport) => {
      report = message
    })
    const hasEnded = new Promise((resolve, reject) => {
      worker.once('exit', resolve)
      worker.once('error', reject)
    })
    let line = 0
    let rotations = 0
    const readSome = () => (report?.reads ?? 0) >= rotations * 5
    while (rotations < ROTATIONS) {
      let text = ''
      for (const end = line + 100; line < end; line += 1) text += `line ${String(line).padStart(26, '0')}\n`
      appendFileSync(join(folder, 'stdout.log'), text)
      store.stdout.look()
      if (store.isDue) {
        await store.tend()
        rotations += 1
        // The reader is to see each of them.
        while (!readSome() && worker.threadId !== -1) await setImmediate()
      } else await setImmediate()
    }
    await store.settled()
    worker.postMessage('end')
    await hasEnded
    const later = warnings.filter(isForLater)
    expect(warnings).toEqual(later)
    expect(later.length).toBeLessThan(ROTATIONS / 2)
    expect(report?.wrong).toEqual([])
    expect(report?.warnings).toEqual([])
    expect(report?.reads).toBeGreaterThan(ROTATIONS * 5)
  })
})
