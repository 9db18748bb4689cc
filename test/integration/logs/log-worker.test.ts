import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { TimelineEntry } from '../../../src-main/core/timeline-entry.ts'
import { LogReaderClient } from '../../../src-main/logs/engine/log-reader-client.ts'
import type { LogChange } from '../../../src-main/logs/engine/service-log.ts'
import { appendEntry } from '../../../src-main/logs/timeline/timeline-file.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import { waitFor } from '../../support/wait-for.ts'

const KEY = 'demo:one'
const WORKER = join(import.meta.dirname, '..', '..', '..', 'src-main', 'logs', 'engine', 'log-worker.ts')

/** A service with real files, and the client of a real thread. */
function newWorld({ idleMs, workerPath = WORKER }: { idleMs?: number; workerPath?: string } = {}) {
  const logDir = temporaryDirectory()
  const folder = join(logDir, encodeURIComponent(KEY))
  mkdirSync(folder)
  const changes: LogChange[] = []
  const client = new LogReaderClient({
    workerPath,
    logDir,
    onChange: (change) => changes.push(change),
    ...(idleMs === undefined ? {} : { idleMs }),
  })
  onTestFinished(() => client.dispose())
  let last: TimelineEntry = { n: 0, time: 1000, stdout: 0, stderr: 0 }
  const print = (text: string): TimelineEntry => {
    appendFileSync(join(folder, 'stdout.log'), text)
    last = { ...last, n: last.n + 1, time: last.time + 1, stdout: last.stdout + Buffer.byteLength(text) }
    appendEntry(folder, last)
    return last
  }
  return { client, folder, changes, print, logDir }
}

describe('the reader thread', () => {
  it('answers every kind of call', async () => {
    const { client, folder, print } = newWorld()
    print('one\nERROR: two\n')
    const { epoch, endRow } = await client.open(KEY, 'stdout')
    expect(endRow).toBe(2)
    expect((await client.page(KEY, 'stdout', epoch, 0, 10))?.rows).toMatchObject([{ text: 'one' }, { level: 'error' }])
    const entry = print('three\n')
    expect(await client.advance(KEY, [entry])).toMatchObject([{ key: KEY, view: 'stdout', epoch, endRow: 3 }])
    expect(await client.rows(KEY, 'stdout', epoch, [2, 9])).toMatchObject([{ text: 'three' }, null])
    expect(await client.find(KEY, 'stdout', epoch, 0, { to: 'error', direction: 'next' })).toBe(1)
    expect(await client.spans(KEY, 'stdout', epoch)).toEqual([
      { stream: 'stdout', fromOffset: 0, fromLine: 0, toOffset: entry.stdout },
    ])
    expect(await client.rowsOf(KEY, 'stdout', epoch, 'stdout', [2])).toEqual([2])
    const file = join(folder, 'out.txt')
    expect(await client.export(KEY, 'stdout', epoch, 1, 3, file, { withTimes: false })).toEqual({ rows: 2 })
    expect(readFileSync(file, 'utf8')).toBe('ERROR: two\nthree\n')
    await client.close(KEY, 'stdout')
    expect(await client.page(KEY, 'stdout', epoch, 0, 10)).toBeNull()
    expect(existsSync(join(folder, 'stdout.index.json'))).toBe(true)
  })

  it('passes on errors of the system with their code', async () => {
    const { client, folder, print } = newWorld()
    print('one\n')
    const { epoch } = await client.open(KEY, 'stdout')
    const file = join(folder, 'missing', 'out.txt')
    await expect(client.export(KEY, 'stdout', epoch, 0, 1, file, { withTimes: false })).rejects.toMatchObject({
      code: 'ENOENT',
      message: expect.stringContaining(file),
    })
  })

  it('tells of counting that goes on by itself', async () => {
    const { client, changes, print } = newWorld()
    print('a line of text\n'.repeat(1_000_000))
    const tail = await client.open(KEY, 'stdout')
    expect(tail.counting).toBeLessThan(1)
    const whole = await waitFor(() => changes.find(({ counting }) => counting === null), { what: 'the count' })
    expect(whole).toMatchObject({ key: KEY, view: 'stdout', endRow: 1_000_000 })
    expect(whole.moved).toEqual({ fromEpoch: tail.epoch, shift: 1_000_000 - tail.endRow })
  })

  it('is not started for a service that nobody looks at', async () => {
    const { client, print } = newWorld({ workerPath: '/nowhere/log-worker.ts' })
    expect(await client.advance(KEY, [print('one\n')])).toEqual([])
    await client.close(KEY, 'stdout')
    await expect(client.open(KEY, 'stdout')).rejects.toThrow('the log reader ended unexpectedly')
  })

  it('ends when nobody has looked for a while, and is there again when somebody does', async () => {
    const { client, print } = newWorld({ idleMs: 1 })
    print('one\n')
    const first = await client.open(KEY, 'stdout')
    await client.close(KEY, 'stdout')
    const again = await waitFor(
      async () => {
        const opened = await client.open(KEY, 'stdout')
        await client.close(KEY, 'stdout')
        // Another thread counts epochs from another time on.
        return opened.epoch > first.epoch + 1000 ? opened : null
      },
      { what: 'another thread' },
    )
    expect(again.endRow).toBe(1)
  })

  it('that dies answers with an error, and open views go on with another one', async () => {
    const { client, folder, changes, print, logDir } = newWorld({ workerPath: mortalWorker() })
    print('one\n')
    const before = await client.open(KEY, 'stdout')
    writeFileSync(join(logDir, 'die'), '')
    await expect(client.page(KEY, 'stdout', before.epoch, 0, 1)).rejects.toThrow('the log reader ended unexpectedly')
    const entry = print('two\n')
    await waitFor(
      async () => {
        await client.advance(KEY, [entry]).catch(() => [])
        return changes.some(({ endRow }) => endRow === 2)
      },
      { what: 'the view in another thread' },
    )
    const now = changes.at(-1)
    expect(now?.epoch).not.toBe(before.epoch)
    expect((await client.page(KEY, 'stdout', now?.epoch ?? 0, 0, 9))?.rows).toMatchObject([
      { text: 'one' },
      { text: 'two' },
    ])
    expect(await client.page(KEY, 'stdout', before.epoch, 0, 9)).toBeNull()
    expect(existsSync(folder)).toBe(true)
  })

  it('is not there any longer after it was disposed of', async () => {
    const { client, folder, print } = newWorld()
    print('one\n')
    await client.open(KEY, 'stdout')
    await client.dispose()
    await client.dispose()
    expect(existsSync(join(folder, 'stdout.index.json'))).toBe(true)
    await expect(client.open(KEY, 'stdout')).rejects.toThrow('disposed')
  })
})

/** A worker that dies once, with the first message after there is a file `die` in the log folder. */
function mortalWorker(): string {
  const file = join(temporaryDirectory(), 'worker.ts')
  writeFileSync(
    file,
    `import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
parentPort.on('message', () => {
  const file = join(workerData.logDir, 'die')
  if (!existsSync(file)) return
  rmSync(file)
  throw new Error('killed by the test')
})
await import(${JSON.stringify(pathToFileURL(WORKER).href)})
`,
  )
  return file
}
