import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Quiesce } from '../../src-main/logs/store/rotate-stream.ts'
import { StreamStore } from '../../src-main/logs/store/stream-store.ts'
import { loadKoffi } from '../../src-main/os/native/koffi.ts'
import { pauseTree } from '../../src-main/os/pause-tree.ts'
import type { Identity } from '../../src-main/os/processes/process-table.ts'
import { startFixture } from '../support/fixture-process.ts'
import { cleanUpProcesses } from '../support/processes.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { usePauseGuard } from '../support/windows-guard.ts'
import { withoutHoles } from './systems.ts'

cleanUpProcesses()

const ROTATIONS = 10
const LINE_BYTES = 16
/** Rotated as soon as there is so much: as often as can be. */
const ENOUGH_BYTES = 1_000

/** As many lines per second; 0: as many as it can. */
async function startWriter(folder: string, stopFile: string, perSecond: number) {
  const { exited, identity } = await startFixture('line-writer.ts', [stopFile, String(perSecond)], { folder })
  return { exited, root: await identity() }
}

/** All that is left, the oldest first. */
function readAll(folder: string): string {
  const number = (name: string) => Number(/\.log\.(\d+)$/.exec(name)?.[1] ?? 0)
  const names = readdirSync(folder).filter((name) => /^stdout\.log(\.\d+)?$/.test(name))
  return names
    .sort((a, b) => number(b) - number(a))
    .map((name) => readFileSync(join(folder, name), 'latin1'))
    .join('')
}

/**
 * Rotates again and again while a writer writes.
 *
 * @returns how many lines are missing; fails if any is torn, doubled or misplaced
 */
async function rotateWhile(perSecond: number, quiesceFor: (root: Identity) => Quiesce): Promise<number> {
  const folder = temporaryDirectory()
  const stopFile = join(folder, 'stop')
  const { exited, root } = await startWriter(folder, stopFile, perSecond)
  const quiesce = quiesceFor(root)
  const store = new StreamStore(folder, 'stdout', { warn: (message) => expect.fail(message) })
  for (let rotations = 0; rotations < ROTATIONS; ) {
    store.look()
    if (store.fileBytes < ENOUGH_BYTES) await setImmediate()
    else if (await store.rotate({ quiesce })) rotations += 1
  }
  writeFileSync(stopFile, '')
  expect(await exited).toMatchObject({ code: 0 })
  const written = Number(readFileSync(join(folder, 'stderr.log'), 'latin1'))
  const text = withoutHoles(readAll(folder))
  const found = [...text.matchAll(/line (\d{10})\n/g)].map((match) => Number(match[1]))
  expect(text.length).toBe(found.length * LINE_BYTES)
  expect(found.every((line, index) => line > (found[index - 1] ?? -1))).toBe(true)
  const lost = written - found.length
  if (process.env.FLOOD_REPORT !== undefined) console.log(`${lost} of ${written} lines lost in ${ROTATIONS} rotations`)
  expect(written).toBeGreaterThan((ROTATIONS * ENOUGH_BYTES) / LINE_BYTES)
  return lost
}

const canPause = process.platform !== 'win32' || (await loadKoffi()) !== null

const standStill =
  (root: Identity): Quiesce =>
  async (work) => {
    const paused = await pauseTree(root)
    try {
      return work()
    } finally {
      await paused.resume()
    }
  }

describe.runIf(canPause)('a log is rotated again and again, and no line is lost', () => {
  it('while its service prints', async () => {
    usePauseGuard()
    expect(await rotateWhile(500, standStill)).toBe(0)
  })

  it('while its service floods it', async () => {
    usePauseGuard()
    expect(await rotateWhile(0, standStill)).toBe(0)
  })
})

describe('a log whose writer cannot be stopped', () => {
  it('is rotated, and what is lost under a flood is bounded', async () => {
    const lost = await rotateWhile(0, () => async (work) => work())
    // What is written between the last read and the truncation: a line or two, or those of a moment in which this
    // process has to wait for the processor (docs/logs.md).
    expect(lost).toBeLessThan(ROTATIONS * 2_000)
  })
})
