import { truncateSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { freePort } from '../support/ports.ts'
import { cleanUpProcesses, closeLater, isAlive } from '../support/processes.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { tinyWhisper } from '../support/tiny-whisper.ts'
import { failureOf, KEY, makeServer, startServer } from './real-server.ts'

cleanUpProcesses()

const { AGENTOS_REAL_WHISPER_SERVER: program = '' } = process.env
const whisper = { preset: 'whisper', program }
const tiny = tinyWhisper()

function model(): string {
  const file = join(temporaryDirectory(), 'ggml-tiny.bin')
  writeFileSync(file, tiny)
  return file
}

/** A second of silence, 16 bits at 16 kHz. */
function silence(): Blob {
  const samples = 16_000
  const header = Buffer.alloc(44)
  header.write('RIFF', 0)
  header.writeUInt32LE(36 + 2 * samples, 4)
  header.write('WAVEfmt ', 8)
  header.writeUInt32LE(16, 16)
  header.writeUInt16LE(1, 20)
  header.writeUInt16LE(1, 22)
  header.writeUInt32LE(samples, 24)
  header.writeUInt32LE(2 * samples, 28)
  header.writeUInt16LE(2, 32)
  header.writeUInt16LE(16, 34)
  header.write('data', 36)
  header.writeUInt32LE(2 * samples, 40)
  return new Blob([header, new Uint8Array(2 * samples)])
}

describe.runIf(program !== '')('a real whisper-server', () => {
  it('is loading until it listens, transcribes, and stops politely', async () => {
    const test = await makeServer(whisper, ['-m', model()])
    const seen = new Set<string>()
    test.manager.subscribe(() => {
      const { health, healthDetail } = test.snapshot(KEY)
      seen.add(`${health} ${healthDetail}`)
    })
    expect(await test.start()).toMatchObject({ success: true })
    const serverPid = await test.waitUntilOk()
    expect([...seen].join('\n')).toMatch(/^loading /m)
    expect([...seen].join('\n')).not.toMatch(/^failing /m)

    const health = await fetch(`http://127.0.0.1:${test.port}/health`, { headers: { connection: 'close' } })
    expect(await health.json()).toEqual({ status: 'ok' })
    expect(health.headers.get('server')).toBe('whisper.cpp')
    const form = new FormData()
    form.set('file', silence(), 'silence.wav')
    form.set('response_format', 'json')
    const heard = await fetch(`http://127.0.0.1:${test.port}/inference`, { method: 'POST', body: form })
    expect(await heard.json()).toEqual({ text: expect.any(String) })

    expect(await test.stop()).toMatchObject({ success: true })
    // Not before: what it prints on stdout stays in a buffer of its own until it ends.
    expect(test.linesOf('stdout')).toContain(`listening at http://127.0.0.1:${test.port}`)
    expect(test.snapshot(KEY).lastExit).toMatchObject({ code: 0, signal: null })
    expect(isAlive(serverPid)).toBe(false)
  })

  it('says itself that its port is taken, if nobody looked before', async () => {
    const port = await freePort()
    const holder = createServer().listen(port, '127.0.0.1')
    closeLater(() => holder.close())
    const { words, lastExit } = await failureOf(whisper, ['-m', model()], { checkPort: false, port })
    expect(words).toContain("couldn't bind to server socket")
    expect(lastExit).toMatchObject({ code: 1 })
  })

  it('says itself what is wrong with its model', async () => {
    const cut = model()
    truncateSync(cut, 1_000_000)
    const { words, lastExit } = await failureOf(whisper, ['-m', cut])
    expect(words).toContain('failed to initialize whisper context')
    expect(lastExit?.code).toBeGreaterThan(0)
  })

  it('can be started again at once', async () => {
    const { manager, serverPid, waitUntilOk } = await startServer(whisper, ['-m', model()])
    expect(await manager.restart(KEY)).toMatchObject({ success: true })
    expect(await waitUntilOk()).not.toBe(serverPid)
  })

  it('is started again after a crash', async () => {
    const entry = { restart: { policy: 'on-failure', initialDelaySeconds: 0.05 } }
    const { serverPid, waitUntilOk, waitForStatus } = await startServer(whisper, ['-m', model()], entry)
    process.kill(serverPid, 'SIGKILL')
    await waitForStatus(KEY, 'backoff')
    expect(await waitUntilOk()).not.toBe(serverPid)
  })
})
