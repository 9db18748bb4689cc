import { appendFileSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { LogFiles } from '../../../src-main/logs/log-files.ts'
import { type LogChange, LogWatcher } from '../../../src-main/logs/log-watcher.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import { waitForATimer, waitForNoTimers } from '../../support/timers.ts'
import { waitFor } from '../../support/wait-for.ts'

// Real files: slow on a loaded machine.
vi.setConfig({ testTimeout: 60_000 })

const KEY = 'test:one'

function watching(onChange: (change: LogChange) => void = () => undefined) {
  const files = new LogFiles(join(temporaryDirectory(), 'log'))
  files.openForAppend(KEY).close()
  const changes: LogChange[] = []
  const watcher = new LogWatcher(files, (change) => {
    changes.push(change)
    onChange(change)
  })
  onTestFinished(() => watcher.closeAll())
  const print = (text: string, stream: 'stdout' | 'stderr' = 'stdout') => appendFileSync(files.path(KEY, stream), text)
  return { files, watcher, changes, print }
}

describe('a log watcher', () => {
  it('announces growth from the extent it opened at, and gives the pages', async () => {
    const { watcher, changes, print } = watching()
    print('one\n')
    const { epoch, lineCount } = await watcher.open(KEY, 'stdout')
    expect(lineCount).toBe(1)
    print('two\nthree\n')
    const change = await waitFor(() => changes.at(-1), { what: 'the change' })
    expect(change).toEqual({ key: KEY, stream: 'stdout', epoch, lineCount: 3, sizeBytes: 14 })
    const page = await watcher.page(KEY, 'stdout', epoch, 1, 5)
    expect(page?.lines.map((line) => line.text)).toEqual(['two', 'three'])
  })

  it('coalesces: many writes are few announcements, and the last one tells all', async () => {
    const { watcher, changes, print } = watching()
    await watcher.open(KEY, 'stdout')
    for (let line = 0; line < 2000; line += 1) print(`line ${line}\n`)
    await waitFor(() => changes.at(-1)?.lineCount === 2000, { what: 'all lines' })
    expect(changes.length).toBeLessThan(100)
  })

  it('tells the streams apart and says nothing about those that are not open', async () => {
    const { watcher, changes, print } = watching()
    await watcher.open(KEY, 'stderr')
    print('unseen\n')
    print('seen\n', 'stderr')
    await waitFor(() => changes.length > 0, { what: 'the change' })
    expect(changes.every((change) => change.stream === 'stderr')).toBe(true)
    expect(await watcher.page(KEY, 'stdout', 1, 0, 1)).toBeNull()
  })

  it('announces a truncation with a new epoch', async () => {
    const { files, watcher, changes, print } = watching()
    print('one\ntwo\n')
    const { epoch } = await watcher.open(KEY, 'stdout')
    truncateSync(files.path(KEY, 'stdout'))
    const change = await waitFor(() => changes.at(-1), { what: 'the change' })
    expect(change).toMatchObject({ lineCount: 0, sizeBytes: 0 })
    expect(change.epoch).not.toBe(epoch)
    expect(await watcher.page(KEY, 'stdout', epoch, 0, 1)).toBeNull()
  })

  it('opened twice is one', async () => {
    const { watcher, changes, print } = watching()
    const [first, second] = await Promise.all([watcher.open(KEY, 'stdout'), watcher.open(KEY, 'stdout')])
    const third = await watcher.open(KEY, 'stdout')
    expect([second.epoch, third.epoch]).toEqual([first.epoch, first.epoch])
    print('one\n')
    await waitFor(() => changes.length > 0, { what: 'the change' })
    expect(changes).toHaveLength(1)
    expect(await watcher.page(KEY, 'stdout', first.epoch, 0, 1)).not.toBeNull()
  })

  it('closed while it opens stays closed', async () => {
    await waitForNoTimers('the beginning')
    const { watcher } = watching()
    const opening = watcher.open(KEY, 'stdout')
    watcher.close(KEY, 'stdout')
    const all = watcher.open(KEY, 'stderr')
    watcher.closeAll()
    const [{ epoch }] = await Promise.all([opening, all])
    expect(await watcher.page(KEY, 'stdout', epoch, 0, 1)).toBeNull()
    await waitForNoTimers('closed streams')
  })

  it('says nothing of a stream that was closed while it was looked at', async () => {
    const { watcher, changes, print } = watching(({ stream }) =>
      watcher.close(KEY, stream === 'stdout' ? 'stderr' : 'stdout'),
    )
    await Promise.all([watcher.open(KEY, 'stdout'), watcher.open(KEY, 'stderr')])
    print('one\n')
    print('one\n', 'stderr')
    await waitFor(() => changes.length > 0, { what: 'the first change' })
    const [first] = changes
    print('two\n', first?.stream)
    await waitFor(() => changes.at(-1)?.lineCount === 2, { what: 'the second change' })
    expect(new Set(changes.map((change) => change.stream)).size).toBe(1)
  })

  it('announces a change once', async () => {
    const { watcher, changes, print } = watching()
    await Promise.all([watcher.open(KEY, 'stdout'), watcher.open(KEY, 'stderr')])
    print('one\n')
    const count = (stream: string) => changes.filter((change) => change.stream === stream).length
    for (let round = 1; round <= 3; round += 1) {
      print('line\n', 'stderr')
      await waitFor(() => count('stderr') === round, { what: 'a later change of the other stream' })
    }
    expect(count('stdout')).toBe(1)
  })

  it('leaves no timer behind', async () => {
    await waitForNoTimers('the beginning')
    const { watcher } = watching()
    await watcher.open(KEY, 'stdout')
    await waitForATimer()
    watcher.closeAll()
    await waitForNoTimers('closed streams')
  })
})
