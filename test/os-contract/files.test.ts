import {
  appendFileSync,
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { LogStore } from '../../src-main/logs/store/log-store.ts'
import type { Quiesce } from '../../src-main/logs/store/rotate-stream.ts'
import { StreamStore } from '../../src-main/logs/store/stream-store.ts'
import { writeFileAtomic, writeFileAtomicSync } from '../../src-main/os/atomic-write.ts'
import { pauseTree } from '../../src-main/os/pause-tree.ts'
import { type FixtureProcess, startFixture } from '../support/fixture-process.ts'
import { oddFolder } from '../support/odd-folder.ts'
import { cleanUpProcesses, closeLater } from '../support/processes.ts'
import { waitFor } from '../support/wait-for.ts'
import { usePauseGuard } from '../support/windows-guard.ts'

cleanUpProcesses()

const lines = (text: string) => text.split('\n').slice(0, -1)
const ticksFrom = (first: number, count: number) => Array.from({ length: count }, (_, index) => `tick ${first + index}`)

/** A service that prints all the time into the files of this folder. */
async function startTicker(folder: string): Promise<FixtureProcess> {
  const ticker = await startFixture('ticker.ts', [], { folder })
  await waitForMore(ticker)
  return ticker
}

/** Waits until it has printed into its file. */
async function waitForMore({ stdoutFile }: FixtureProcess): Promise<void> {
  const before = readFileSync(stdoutFile).length
  await waitFor(
    () => lines(readFileSync(stdoutFile, 'latin1')).length >= 5 && readFileSync(stdoutFile).length > before,
    {
      what: 'more ticks',
    },
  )
}

/** All that was printed, file by file as a person reads it: the oldest archive has the highest number. */
function readAll(folder: string): string {
  const number = (name: string) => Number(/\.log\.(\d+)/.exec(name)?.[1] ?? 0)
  const names = readdirSync(folder).filter((name) => /^stdout\.log(\.\d+(\.gz)?)?$/.test(name))
  const pieces = names
    .sort((a, b) => number(b) - number(a))
    .map((name) => {
      const bytes = readFileSync(join(folder, name))
      return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('latin1')
    })
  return pieces.join('')
}

function storeIn(folder: string, quiesce: Quiesce | null) {
  const warnings: string[] = []
  const store = new LogStore(folder, {
    limits: { maxFileBytes: 10, maxTotalBytes: Number.MAX_SAFE_INTEGER },
    quiesce: () => quiesce,
    warn: (message) => warnings.push(message),
  })
  closeLater(() => store.dispose())
  return { store, warnings }
}

const quiesceBy =
  (ticker: FixtureProcess): Quiesce =>
  async (work) => {
    const paused = await pauseTree(await ticker.identity())
    try {
      return work()
    } finally {
      await paused.resume()
    }
  }

describe('a file that is replaced', () => {
  it.each([
    ['writeFileAtomic', writeFileAtomic],
    ['writeFileAtomicSync', async (path: string, data: string) => writeFileAtomicSync(path, data)],
  ])('by %s, is the new one as a whole, in folders of any name', async (_name, write) => {
    const path = join(oddFolder(), 'a record.json')
    for (const text of ['first', 'x'.repeat(100_000), '']) {
      await write(path, text)
      expect(readFileSync(path, 'utf8')).toBe(text)
    }
    expect(readdirSync(join(path, '..'))).toEqual(['a record.json'])
  })

  it('while somebody has it open for a moment, is replaced all the same', async () => {
    const path = join(oddFolder(), 'record.json')
    writeFileSync(path, 'old')
    const reader = openSync(path, 'r')
    const writing = writeFileAtomic(path, 'new')
    // On some systems it has to wait for this.
    closeSync(reader)
    await writing
    expect(readFileSync(path, 'utf8')).toBe('new')
  })
})

describe('the log that a service writes to', () => {
  it('can be read, appended to and looked at by others meanwhile', async () => {
    const ticker = await startTicker(oddFolder())
    appendFileSync(ticker.stdoutFile, '')
    const seen = lines(ticker.output())
    expect(seen).toEqual(ticksFrom(0, seen.length))
  })

  it('can be emptied, and what is printed then begins at its beginning', async () => {
    const folder = oddFolder()
    const ticker = await startTicker(folder)
    const store = new StreamStore(folder, 'stdout', { warn: (message) => expect.fail(message) })
    store.look()
    await store.clear()
    await waitForMore(ticker)
    const written = readFileSync(ticker.stdoutFile, 'latin1')
    // No gap of zeros: the service appends.
    expect(written.startsWith('tick ')).toBe(true)
    const first = Number(lines(written)[0]?.slice('tick '.length))
    expect(first).toBeGreaterThan(0)
    expect(lines(written)).toEqual(ticksFrom(first, lines(written).length))
  })

  it('can be removed once the service has ended', async () => {
    const ticker = await startTicker(oddFolder())
    process.kill(ticker.pid, 'SIGKILL')
    await ticker.exited
    rmSync(ticker.stdoutFile)
    expect(existsSync(ticker.stdoutFile)).toBe(false)
  })

  it('is rotated once the service has ended, and nothing is lost', async () => {
    const folder = oddFolder()
    const ticker = await startTicker(folder)
    process.kill(ticker.pid, 'SIGKILL')
    await ticker.exited
    const printed = readFileSync(ticker.stdoutFile, 'latin1')
    const { store, warnings } = storeIn(folder, null)
    store.stdout.look()
    await store.tend()
    await store.settled()
    expect(warnings).toEqual([])
    expect(readAll(folder)).toBe(printed)
    expect(existsSync(ticker.stdoutFile) && readFileSync(ticker.stdoutFile, 'latin1')).toBeFalsy()
    // The next run goes on in a file of its own.
    const next = await startTicker(folder)
    expect(next.output().startsWith('tick 0\n')).toBe(true)
  })

  it('is rotated while the service prints, and nothing is lost', async () => {
    usePauseGuard()
    const folder = oddFolder()
    const ticker = await startTicker(folder)
    const { store, warnings } = storeIn(folder, quiesceBy(ticker))
    for (let time = 0; time < 3; time += 1) {
      store.stdout.look()
      await store.tend()
      await waitForMore(ticker)
    }
    await store.settled()
    process.kill(ticker.pid, 'SIGKILL')
    await ticker.exited
    expect(warnings).toEqual([])
    const all = lines(readAll(folder))
    expect(all).toEqual(ticksFrom(0, all.length))
    expect(readdirSync(folder).filter((name) => name.startsWith('stdout.log.'))).toHaveLength(3)
  })
})
