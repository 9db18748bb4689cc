import { execFileSync } from 'node:child_process'
import { readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createManager } from '../support/manager.ts'
import { ManagerProcess } from '../support/manager-process.ts'
import { freePort } from '../support/ports.ts'
import { cleanUpProcesses, closeLater, endLater, isAlive } from '../support/processes.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { tinyGguf, writeHollowGguf, writeTinyGguf } from '../support/tiny-gguf.ts'
import { waitFor } from '../support/wait-for.ts'
import { modelsOf, tryPrompt } from './app-view.ts'
import { askChat, askForever, askHealth, askModel, isBusy } from './llama-http.ts'
import { llama } from './real-llama.ts'
import { failureOf, KEY, makeServer, pathOf, realService, startServer, waitUntilOk } from './real-server.ts'

cleanUpProcesses()

const tiny = tinyGguf()

/** A small model, in a folder of its own. */
function tinyModel(): string {
  const file = join(temporaryDirectory(), 'tiny.gguf')
  writeFileSync(file, tiny)
  return file
}

describe('the program', () => {
  it('tells its version and does nothing else', () => {
    const output = execFileSync('/bin/sh', ['-c', '"$0" --version 2>&1', llama.program], { encoding: 'utf8' })
    expect(output).toMatch(/^version: \d+/m)
  })
})

describe('a real llama-server', () => {
  it('starts with a model, lists it, answers, and stops politely', async () => {
    const file = tinyModel()
    const { port, linesOf, stop, snapshot, serverPid } = await startServer(llama, ['-m', file])
    expect(snapshot(KEY)).toMatchObject({ status: 'running', origin: 'spawned', healthDetail: 'HTTP 200 from /health' })
    expect(readFileSync(`/proc/${serverPid}/comm`, 'utf8').trim()).toBe('llama-server')
    const model = await askModel(port)
    expect(model.id).toContain('tiny.gguf')
    expect(model.meta).toMatchObject({ n_ctx_train: 4096, n_embd: 64 })
    expect(await askChat(port)).toMatch(/^[\sa-z.,:!]{20,}$/)
    // What its version and system say is on stderr, all of it.
    expect(linesOf('stdout')).toBe('')
    expect(linesOf('stderr')).toContain(`listening on http://127.0.0.1:${port}`)
    expect(await stop()).toMatchObject({ success: true })
    expect(snapshot(KEY).lastExit).toMatchObject({ code: 0, signal: null })
    expect(isAlive(serverPid)).toBe(false)
  })

  it('serves weights of 8 bits as well', async () => {
    const file = join(temporaryDirectory(), 'tiny-q8.gguf')
    writeTinyGguf(file, { weights: 'Q8_0', seed: 3 })
    const { port } = await startServer(llama, ['-m', file])
    expect((await askModel(port)).meta).toMatchObject({ ftype: 'Q8_0' })
    expect(await askChat(port)).not.toBe('')
  })

  it('streams its answer piece by piece', async () => {
    const { port } = await startServer(llama, ['-m', tinyModel()])
    const { text, events, tokens, tokensPerSecond, firstTokenMs, end } = await tryPrompt(port, { maxTokens: 40 })
    expect(end).toEqual({ kind: 'done', finishReason: 'length', problem: null })
    expect(text).toMatch(/^[\sa-z.,:!]{60,}$/)
    expect(events).toBeGreaterThan(1)
    expect(tokens).toBe(40)
    expect(tokensPerSecond).toBeGreaterThan(0)
    expect(firstTokenMs).toBeGreaterThan(0)
  })

  it('tells the app its one model, which it keeps', async () => {
    const { port } = await startServer(llama, ['-m', tinyModel(), '-c', '512'])
    const models = modelsOf(port)
    expect(await models.list()).toEqual([
      expect.objectContaining({ id: expect.stringContaining('tiny.gguf'), state: 'loaded', contextLength: 512 }),
    ])
  })

  it('wants its key of the app, and takes it', async () => {
    const { port } = await startServer(llama, ['-m', tinyModel()], {
      env: { ...pathOf(llama), LLAMA_API_KEY: 'secret-1' },
    })
    expect((await tryPrompt(port, {})).end?.problem).toMatchObject({
      code: 'key-needed',
      hint: expect.stringContaining('LLAMA_API_KEY'),
    })
    expect((await tryPrompt(port, { key: 'secret-2' })).end?.problem).toMatchObject({ code: 'key-needed' })
    const { text, end } = await tryPrompt(port, { key: 'secret-1' })
    expect(end?.kind).toBe('done')
    expect(text).not.toBe('')
  })

  it('is loading as long as it says so, however large its model is', async () => {
    const file = join(temporaryDirectory(), 'large.gguf')
    // Nearly a gigabyte that takes no room on the disk.
    writeHollowGguf(file, { name: 'Hollow', width: 2048, layers: 6 })
    const test = await makeServer(llama, ['-m', file, '-c', '256'])
    const seen = new Set<string>()
    test.manager.subscribe(() => {
      const { status, health, healthDetail } = test.snapshot(KEY)
      seen.add(`${status} ${health} ${healthDetail}`)
    })
    expect(await test.start()).toMatchObject({ success: true })
    await test.waitUntilOk()
    expect([...seen]).toContainEqual(expect.stringMatching(/^running loading HTTP 503 from \/health/))
    expect([...seen].filter((state) => state.includes('failing'))).toEqual([])
  })

  it('is ended by its signal while it loads', async () => {
    const file = join(temporaryDirectory(), 'large.gguf')
    writeHollowGguf(file, { name: 'Hollow', width: 2048, layers: 6 })
    const test = await makeServer(llama, ['-m', file, '-c', '256'])
    await test.start()
    const serverPid = test.pid(KEY)
    await waitFor(async () => (await askHealth(test.port).catch(() => null))?.status === 503, { what: '503' })
    expect(await test.stop()).toMatchObject({ success: true })
    expect(test.snapshot(KEY)).toMatchObject({ status: 'stopped', lastExit: { signal: 'SIGTERM' } })
    expect(isAlive(serverPid)).toBe(false)
  })

  it('says itself why it cannot start', async () => {
    const folder = temporaryDirectory()
    const corrupt = join(folder, 'corrupt.gguf')
    writeTinyGguf(corrupt)
    truncateSync(corrupt, 2000)
    const noModel = join(folder, 'none.gguf')
    const lastWords = 'exiting due to model loading error'
    for (const file of [corrupt, noModel]) {
      const { words, lastExit } = await failureOf(llama, ['-m', file])
      expect(words).toContain(lastWords)
      expect(words).toContain(`failed to load model, '${file}'`)
      expect(lastExit).toMatchObject({ code: 1 })
    }
    const unknown = await failureOf(llama, ['-m', noModel, '--no-such-flag'])
    expect(unknown.words).toContain('error: invalid argument: --no-such-flag')
    expect(unknown.lastExit).toMatchObject({ code: 1 })
  })

  it('says itself that its port is taken, if nobody looked before', async () => {
    const port = await freePort()
    const holder = createServer().listen(port, '127.0.0.1')
    closeLater(() => holder.close())
    const { words, lastExit } = await failureOf(llama, ['-m', tinyModel()], { checkPort: false, port })
    expect(words).toContain("couldn't bind HTTP server socket")
    expect(lastExit).toMatchObject({ code: 1 })
  })

  it('is not even started on a taken port', async () => {
    const file = tinyModel()
    const first = await startServer(llama, ['-m', file])
    const second = createManager()
    second.manager.setServices([realService(llama, first.port, ['-m', file])])
    const { success, failure, message } = await second.manager.start(KEY)
    expect({ success, code: failure?.code }).toEqual({ success: false, code: 'port-taken' })
    expect(message).toContain('llama-server')
    expect(message).toContain(String(first.serverPid))
  })

  it('waits for its clients until the second signal', async () => {
    const entry = { stop: { graceSeconds: 4 } }
    const { port, stop, snapshot, serverPid } = await startServer(llama, ['-m', tinyModel(), '--context-shift'], entry)
    closeLater(askForever(port))
    await waitFor(() => isBusy(port), { what: 'the request' })
    expect(await stop()).toMatchObject({ success: true })
    // By force it would have been a signal.
    expect(snapshot(KEY).lastExit).toMatchObject({ code: 1, signal: null })
    expect(isAlive(serverPid)).toBe(false)
  })

  it('is started again after a crash', async () => {
    const entry = { restart: { policy: 'on-failure', initialDelaySeconds: 0.05 } }
    const { port, snapshot, serverPid, waitUntilOk: untilOk } = await startServer(llama, ['-m', tinyModel()], entry)
    process.kill(serverPid, 'SIGKILL')
    await waitFor(() => snapshot(KEY).status === 'running' && snapshot(KEY).pid !== serverPid, { what: 'the restart' })
    expect(await untilOk()).not.toBe(serverPid)
    expect(await askChat(port)).not.toBe('')
  })

  it('is adopted by the next life of the app, and prints on', async () => {
    const home = temporaryDirectory()
    const port = await freePort()
    const service = realService(llama, port, ['-m', tinyModel()])
    const earlier = new ManagerProcess(home)
    await earlier.call('setServices', [service])
    expect(await earlier.call('start', KEY)).toMatchObject({ success: true })
    const serverPid = endLater((await earlier.call('getProcessInfo', KEY))?.pid ?? 0)
    await waitFor(async () => (await askHealth(port).catch(() => null))?.status === 200, { what: 'the server' })
    await earlier.kill()
    const stderr = () => readFileSync(join(home, 'log', encodeURIComponent(KEY), 'stderr.log'), 'utf8')
    const before = stderr().length
    await askChat(port)
    await waitFor(() => stderr().length > before, { what: 'lines while nobody watches' })

    const test = createManager(home)
    test.manager.setServices([service])
    await test.manager.recover()
    expect(await waitUntilOk(test)).toBe(serverPid)
    expect(test.snapshot(KEY)).toMatchObject({ origin: 'adopted' })
    const adopted = stderr().length
    expect(await askChat(port)).not.toBe('')
    await waitFor(() => stderr().length > adopted, { what: 'lines after the adoption' })
    expect(await test.manager.stopProcess(KEY)).toMatchObject({ success: true })
    expect(isAlive(serverPid)).toBe(false)
    expect(test.warnings).toEqual([])
  })
})
