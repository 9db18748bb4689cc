import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Detector, type DetectorOptions } from '../../../src-main/services/detection/detector.ts'
import { cleanUpProcesses } from '../../support/processes.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import { portless, serve } from './servers.ts'

cleanUpProcesses()

/** One installed program and one running server, which count how often they are asked. */
async function makeWorld(change: Partial<DetectorOptions> = {}) {
  const root = temporaryDirectory()
  const bin = join(root, 'bin')
  mkdirSync(bin)
  const program = join(bin, 'ollama')
  writeFileSync(program, '#!/bin/sh\necho run >> "$LOG"\necho "ollama version is 0.12.3"\n')
  chmodSync(program, 0o755)
  const log = join(root, 'log')
  let greetings = 0
  const port = await serve(({ url }, response) => {
    if (url === '/') greetings += 1
    response.writeHead(url === '/' ? 200 : 404).end('Ollama is running')
  })
  let now = 1_000_000
  const warnings: string[] = []
  const detector = new Detector({
    presets: portless,
    sources: () => ({
      home: join(root, 'home'),
      isProgram: (file) => file.startsWith(root) && existsSync(file),
      env: { ...process.env, PATH: `${bin}:/usr/bin:/bin`, LOG: log },
    }),
    addresses: () => [{ host: '127.0.0.1', port }],
    keyOf: () => null,
    warn: (message) => warnings.push(message),
    now: () => now,
    requestTimeoutMs: 20_000,
    ...change,
  })
  return {
    detector,
    port,
    program,
    warnings,
    looks: () => greetings,
    runs: () => readFileSync(log, 'utf8').split('\n').length - 1,
    pass: (ms: number) => {
      now += ms
    },
  }
}

const refuse = () => {
  throw new Error('the disk is on fire')
}

describe.skipIf(process.platform === 'win32')('the detector', () => {
  it('tells what is installed and what runs', async () => {
    const { detector, port, program } = await makeWorld({ keyOf: (asked) => `ollama:${asked}` })
    expect(await detector.get({ refresh: false })).toEqual({
      installed: [{ preset: 'ollama', program, version: '0.12.3' }],
      running: [
        {
          preset: 'ollama',
          host: '127.0.0.1',
          port,
          version: null,
          pid: process.pid,
          processName: expect.any(String),
          key: `ollama:${port}`,
        },
      ],
      at: 1_000_000,
    })
  })

  it('looks once a minute, and asks each program once', async () => {
    const { detector, looks, runs, pass } = await makeWorld()
    const first = await detector.get({ refresh: false })
    pass(59_999)
    expect(await detector.get({ refresh: false })).toBe(first)
    expect(looks()).toBe(1)
    pass(1)
    expect(await detector.get({ refresh: false })).toEqual({ ...first, at: 1_060_000 })
    expect(looks()).toBe(2)
    expect(runs()).toBe(1)
  })

  it('looks again when it is told to, or when the clock was set back', async () => {
    const { detector, looks, pass } = await makeWorld()
    await detector.get({ refresh: true })
    await detector.get({ refresh: true })
    expect(looks()).toBe(2)
    pass(-1)
    await detector.get({ refresh: false })
    expect(looks()).toBe(3)
  })

  it('looks once at a time', async () => {
    const { detector, looks } = await makeWorld()
    const [one, other, third] = await Promise.all([false, true, false].map((refresh) => detector.get({ refresh })))
    expect(other).toBe(one)
    expect(third).toBe(one)
    expect(looks()).toBe(1)
  })

  it.each([
    ['sources', { sources: refuse }, 'installed servers', 0, 1],
    ['addresses', { addresses: refuse }, 'running servers', 1, 0],
    ['keys', { keyOf: refuse }, 'running servers', 1, 0],
  ] as const)('goes on without %s, and says so', async (_what, change, missing, installed, running) => {
    const { detector, warnings } = await makeWorld(change)
    const detection = await detector.get({ refresh: false })
    expect([detection.installed.length, detection.running.length]).toEqual([installed, running])
    expect(warnings).toEqual([`Could not look for ${missing}: the disk is on fire`])
  })
})
