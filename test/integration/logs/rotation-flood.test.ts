import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it, vi } from 'vitest'
import { LogStore } from '../../../src-main/logs/store/log-store.ts'
import type { Quiesce } from '../../../src-main/logs/store/rotate-stream.ts'
import { openLogBytes } from '../../../src-main/logs/store/stream-bytes.ts'
import { pauseTree } from '../../../src-main/os/pause-tree.ts'
import { identify } from '../../../src-main/os/processes/identity.ts'
import { startProcessCrossPlatform } from '../../../src-main/os/spawn.ts'
import { cleanUpProcesses, closeLater, endLater, fixture } from '../../support/processes.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

cleanUpProcesses()
vi.setConfig({ testTimeout: 240_000, hookTimeout: 60_000 })

const LINE_BYTES = 32
const LINES = 8_000_000
const MAX_FILE_BYTES = 10_000_000

const lineAt = (line: number) => `line ${String(line).padStart(10, '0')} of a long flood\n`

/** Compares bytes with what must be there; `offset` counts from the first byte of the flood. */
function expectFlood(bytes: Buffer, offset: number): void {
  let [line, from] = [Math.floor(offset / LINE_BYTES), -(offset % LINE_BYTES)]
  for (; from < bytes.length; line += 1, from += LINE_BYTES) {
    const [begin, end] = [Math.max(from, 0), Math.min(from + LINE_BYTES, bytes.length)]
    const expected = lineAt(line).slice(begin - from, end - from)
    const found = bytes.toString('latin1', begin, end)
    if (found !== expected) throw new Error(`expected "${expected}" at ${offset + begin}, found "${found}"`)
  }
}

async function startFlood(folder: string) {
  const [stdout, stderr] = ['stdout.log', 'stderr.log'].map((name) => openSync(join(folder, name), 'a', 0o600))
  if (stdout === undefined || stderr === undefined) throw new Error('expected two descriptors')
  const command = [process.execPath, fixture('flood-lines.ts'), String(LINES)] as const
  const handle = await startProcessCrossPlatform({ command, captureOutput: { stdout, stderr } })
  endLater(handle.pid)
  for (const descriptor of [stdout, stderr]) closeSync(descriptor)
  const root = await identify(handle.pid)
  if (root === null) throw new Error('expected the flood to live')
  return { handle, root }
}

describe.runIf(process.platform !== 'win32')('a log that is flooded', () => {
  it('is rotated again and again, and no line is lost, torn or doubled', async () => {
    const folder = temporaryDirectory()
    const { handle, root } = await startFlood(folder)
    const marker = { name: 'AGENTOS_TEST', value: process.env.AGENTOS_TEST ?? '' }
    const stoodStillMs: number[] = []
    const warnings: string[] = []
    const quiesce: Quiesce = async (work) => {
      const paused = await pauseTree(root, { marker, rootIsOldest: true })
      const begin = performance.now()
      try {
        return work()
      } finally {
        await paused.resume()
        stoodStillMs.push(performance.now() - begin)
      }
    }
    const store = new LogStore(folder, {
      limits: { maxFileBytes: MAX_FILE_BYTES, maxTotalBytes: Number.MAX_SAFE_INTEGER },
      quiesce: () => quiesce,
      warn: (message) => warnings.push(message),
    })
    closeLater(() => store.dispose())
    let hasEnded = false
    void handle.exited.then(() => (hasEnded = true))
    while (!hasEnded) {
      store.stdout.look()
      if (store.isDue) await store.tend()
      else await setImmediate()
    }
    expect(await handle.exited).toMatchObject({ code: 0 })
    expect(store.stdout.look().end).toBe(LINES * LINE_BYTES)
    expect(stoodStillMs.length).toBeGreaterThan(3)
    await store.settled()
    expect(warnings).toEqual([])

    // As the app reads it.
    const reader = openLogBytes(folder, 'stdout')
    expect(await reader.extent()).toMatchObject({ first: 0, end: LINES * LINE_BYTES })
    const piece = Buffer.alloc(4_000_000)
    for (let at = 0; at < LINES * LINE_BYTES; at += piece.length) {
      expect(await reader.read(at, piece)).toBe(piece.length)
      expectFlood(piece, at)
    }
    // And as a person would, file by file.
    const number = (name: string) => Number(/\.(\d+)\.gz$/.exec(name)?.[1] ?? 0)
    const names = readdirSync(folder).filter((name) => name.startsWith('stdout.log'))
    let offset = 0
    for (const name of names.sort((a, b) => number(b) - number(a))) {
      const bytes = readFileSync(join(folder, name))
      const plain = name.endsWith('.gz') ? gunzipSync(bytes) : bytes
      expectFlood(plain, offset)
      offset += plain.length
    }
    expect(offset).toBe(LINES * LINE_BYTES)
    if (process.env.FLOOD_REPORT !== undefined) {
      const sorted = stoodStillMs.sort((a, b) => a - b).map((ms) => ms.toFixed(1))
      console.log(`${sorted.length} rotations; work and resume took, in ms: ${sorted.join(' ')}`)
    }
  })
})
