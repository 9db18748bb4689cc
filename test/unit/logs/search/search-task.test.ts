import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { compilePattern } from '../../../../src-main/logs/search/pattern.ts'
import { newPulse, Pulse } from '../../../../src-main/logs/search/pulse.ts'
import type { FromSearchThread } from '../../../../src-main/logs/search/search-messages.ts'
import { SearchTask } from '../../../../src-main/logs/search/search-task.ts'
import type { LogBytes } from '../../../../src-main/logs/store/log-bytes.ts'
import { waitFor } from '../../../support/wait-for.ts'

type Progress = Extract<FromSearchThread, { kind: 'progress' }>

class Stream implements LogBytes {
  text: string
  first = 0
  isOpen = false

  constructor(text: string) {
    this.text = text
  }

  async extent() {
    return { first: this.first, end: this.text.length, generation: '' }
  }

  async read(offset: number, buffer: Buffer) {
    this.isOpen = true
    return offset < this.first ? -1 : Buffer.from(this.text).copy(buffer, 0, offset)
  }

  async release() {
    this.isOpen = false
  }
}

function taskFor(streams: { stdout: Stream; stderr: Stream }) {
  const compiled = compilePattern({ text: 'needle', isPattern: false, matchCase: true, wholeWord: false })
  if (!compiled.ok) throw new Error(compiled.error.message)
  const told: FromSearchThread[] = []
  const task = new SearchTask({
    matcher: compiled.matcher,
    open: (stream) => streams[stream],
    pulse: new Pulse(newPulse()),
    tell: (message) => void told.push(message),
  })
  const progresses = () => told.filter((message): message is Progress => message.kind === 'progress')
  const finished = (count: number) =>
    waitFor(() => progresses().some((message) => message.finished === count), { what: `${count} searches` })
  return { task, told, progresses, finished }
}

describe('a search', () => {
  it('goes through its spans in their order and tells how far it is', async () => {
    const streams = { stdout: new Stream('needle\nhay\nneedle\n'), stderr: new Stream('needle') }
    const { task, progresses, finished } = taskFor(streams)
    task.search([
      { stream: 'stdout', fromOffset: 11, fromLine: 2, toOffset: 18 },
      { stream: 'stderr', fromOffset: 0, fromLine: 5, toOffset: 6 },
      { stream: 'stdout', fromOffset: 0, fromLine: 0, toOffset: 11 },
    ])
    await finished(1)
    const told = progresses().map(({ progress }) => progress)
    expect(told.flatMap(({ lines }) => lines.stdout)).toEqual([2, 0])
    expect(told.flatMap(({ lines }) => lines.stderr)).toEqual([5])
    expect(told.at(-1)).toMatchObject({ count: 3, isCapped: false, scannedBytes: 24, totalBytes: 24, gone: [] })
  })

  it('tells what was rotated away meanwhile, and counts it as done', async () => {
    const streams = { stdout: new Stream('needle\nneedle\n'), stderr: new Stream('') }
    streams.stdout.first = 7
    const { task, progresses, finished } = taskFor(streams)
    const span = { stream: 'stdout', fromOffset: 0, fromLine: 0, toOffset: 14 } as const
    task.search([span])
    await finished(1)
    expect(progresses().flatMap(({ progress }) => progress.gone)).toEqual([span])
    expect(progresses().at(-1)?.progress).toMatchObject({ count: 0, scannedBytes: 14, totalBytes: 14 })
    task.search([{ ...span, fromOffset: 7, fromLine: 1 }])
    await finished(2)
    expect(progresses().flatMap(({ progress }) => progress.lines.stdout)).toEqual([1])
  })

  it('takes more spans at any time, and an unfinished line once', async () => {
    const streams = { stdout: new Stream('a need'), stderr: new Stream('') }
    const { task, progresses, finished } = taskFor(streams)
    task.search([{ stream: 'stdout', fromOffset: 0, fromLine: 0, toOffset: 6 }])
    streams.stdout.text = 'a needle and a needle\nhay\nneedle\n'
    task.search([{ stream: 'stdout', fromOffset: 6, fromLine: 0, toOffset: 12 }])
    task.search([])
    task.search([{ stream: 'stdout', fromOffset: 12, fromLine: 0, toOffset: 33 }])
    await finished(4)
    expect(progresses().flatMap(({ progress }) => progress.lines.stdout)).toEqual([0, 2])
    expect(progresses().at(-1)?.progress).toMatchObject({ count: 2, scannedBytes: 33, totalBytes: 33 })
  })

  it('is never seen to go back, whatever lines were unfinished', async () => {
    const long = 'hay '.repeat(400_000)
    const streams = { stdout: new Stream(`${long}\n${long}\n${long}`), stderr: new Stream('') }
    const read = streams.stdout.read.bind(streams.stdout)
    streams.stdout.read = async (offset, buffer) => {
      // A slow disk: each piece is told about.
      await delay(60)
      return read(offset, buffer)
    }
    const { task, progresses, finished } = taskFor(streams)
    const total = streams.stdout.text.length
    task.search([{ stream: 'stdout', fromOffset: 0, fromLine: 0, toOffset: 500_000 }])
    task.search([{ stream: 'stdout', fromOffset: 500_000, fromLine: 0, toOffset: total }])
    await finished(2)
    const scanned = progresses().map(({ progress }) => progress.scannedBytes)
    expect(scanned).toEqual([...scanned].sort((a, b) => a - b))
    expect(scanned.some((bytes) => bytes > 500_000 && bytes < total)).toBe(true)
  })

  it('takes what comes while it lets go of the files', async () => {
    const streams = { stdout: new Stream('needle\nneedle\n'), stderr: new Stream('') }
    const { task, progresses, finished } = taskFor(streams)
    let isFirst = true
    streams.stdout.release = async () => {
      if (!isFirst) return
      isFirst = false
      task.search([{ stream: 'stdout', fromOffset: 7, fromLine: 1, toOffset: 14 }])
    }
    task.search([{ stream: 'stdout', fromOffset: 0, fromLine: 0, toOffset: 7 }])
    await finished(2)
    expect(progresses().flatMap(({ progress }) => progress.lines.stdout)).toEqual([0, 1])
  })

  it('lets go of the files when there is nothing to do', async () => {
    const streams = { stdout: new Stream('needle\n'), stderr: new Stream('') }
    const { task, finished } = taskFor(streams)
    task.search([{ stream: 'stdout', fromOffset: 0, fromLine: 0, toOffset: 7 }])
    await finished(1)
    expect(streams.stdout.isOpen).toBe(false)
  })

  it('tells as much as twenty times a second at most', async () => {
    const streams = { stdout: new Stream('needle\n'.repeat(400)), stderr: new Stream('') }
    const { task, progresses, finished } = taskFor(streams)
    const begin = performance.now()
    for (let line = 0; line < 400; line++) {
      task.search([{ stream: 'stdout', fromOffset: line * 7, fromLine: line, toOffset: line * 7 + 7 }])
      await nextTurn()
    }
    await finished(400)
    expect(progresses().length).toBeLessThanOrEqual(Math.ceil((performance.now() - begin) / 50) + 1)
    expect(progresses().flatMap(({ progress }) => progress.lines.stdout)).toHaveLength(400)
  })

  it('says why it could not go on, and stops', async () => {
    const streams = { stdout: new Stream(''), stderr: new Stream('') }
    streams.stdout.read = async () => {
      throw new Error('EIO: the disk is broken')
    }
    const { task, told } = taskFor(streams)
    task.search([{ stream: 'stdout', fromOffset: 0, fromLine: 0, toOffset: 7 }])
    await waitFor(() => told.length > 0, { what: 'the failure' })
    expect(told).toMatchObject([{ kind: 'failed', failure: { code: 'search-failed' } }])
    expect(JSON.stringify(told)).toContain('the disk is broken')
  })
})
