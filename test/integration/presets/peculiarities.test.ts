import { createServer } from 'node:http'
import { describe, expect, it, vi } from 'vitest'
import { cleanUpProcesses, closeLater, isAlive, waitUntilGone } from '../../support/processes.ts'
import { waitFor } from '../../support/wait-for.ts'
import { accepts, KEY, makePreset, startPreset } from './preset-world.ts'

cleanUpProcesses()

/** What one server does and no other; what all do is in conformance.test.ts. */
describe.runIf(process.platform !== 'win32')('a preset knows that', () => {
  it('vLLM’s workers outlive it when it is killed, and ends them', async () => {
    const children = [{ name: 'worker', stubborn: true, setsid: true, children: [{ name: 'helper', stubborn: true }] }]
    const test = await startPreset('vllm', { children, graceSeconds: 0.2 })
    const started = await waitFor(() => (test.pids().length === 3 ? test.pids() : null), { what: 'its workers' })
    process.kill(test.pid(KEY), 'SIGKILL')
    await test.waitForStatus(KEY, 'failed')
    for (const pid of started) await waitUntilGone(pid)
    expect(started).toHaveLength(3)
  })

  it('vLLM’s workers may be deaf, and ends them when it is stopped', async () => {
    const children = [{ name: 'worker', stubborn: true, children: [{ name: 'helper', stubborn: true, setsid: true }] }]
    const test = await startPreset('vllm', { children, graceSeconds: 2 })
    const started = await waitFor(() => (test.pids().length === 3 ? test.pids() : null), { what: 'its workers' })
    expect(await test.manager.stopProcess(KEY)).toMatchObject({ success: true })
    expect(started.filter(isAlive)).toEqual([])
    expect(test.signals()).toEqual(['SIGTERM'])
  })

  it.each(['vllm', 'sglang'])('%s says 503 when its engine is dead', async (id) => {
    const test = await startPreset(id)
    test.tell('unavailable')
    await test.waitForHealth('failing')
    await test.waitForDetail('HTTP 503 from /health')
  })

  it.each(['whisper', 'llamacpp', 'llamafile'])('%s says 503 while it loads another model', async (id) => {
    const test = await startPreset(id)
    const seen: string[] = []
    test.manager.subscribe(() => seen.push(test.snapshot(KEY).health))
    test.tell('unavailable')
    await test.waitForHealth('loading')
    test.untell('unavailable')
    await test.waitForHealth('ok')
    expect(seen).not.toContain('failing')
  })

  it.each(['llamacpp', 'localai', 'vllm', 'sglang', 'llamafile', 'open-webui'])(
    '%s answers its probe without the key it wants elsewhere',
    async (id) => {
      const test = await startPreset(id, { wantsKey: 'as-real' })
      expect(test.snapshot(KEY).healthDetail).toMatch(/^HTTP 200 from/)
      expect((await fetch(`http://127.0.0.1:${test.port}/v1/models`)).status).toBe(401)
    },
  )

  it('llama.cpp waits for its clients until it gets a second signal', async () => {
    const test = await startPreset('llamacpp', { graceSeconds: 4 })
    const request = new AbortController()
    closeLater(() => request.abort())
    await fetch(`http://127.0.0.1:${test.port}/test/generation`, { signal: request.signal })
    expect(await test.manager.stopProcess(KEY)).toMatchObject({ success: true })
    expect(test.signals()).toEqual(['SIGTERM', 'SIGTERM'])
    expect(test.snapshot(KEY).lastExit).toMatchObject({ code: 1, signal: null })
  })

  it('ComfyUI may restart itself under a new pid', async () => {
    const test = await startPreset('comfyui')
    const before = test.pid(KEY)
    await fetch(`http://127.0.0.1:${test.port}/test/restart`)
    await waitFor(() => test.snapshot(KEY).pid !== before && test.snapshot(KEY).health === 'ok', {
      what: 'its new process',
    })
    expect(test.snapshot(KEY)).toMatchObject({ status: 'running', origin: 'followed', pid: test.pids().at(-1) })
    expect(await test.manager.stopProcess(KEY)).toMatchObject({ success: true })
    expect(test.pids().filter(isAlive)).toEqual([])
  })

  it('others imitate Ollama’s API but not its greeting', async () => {
    const test = await makePreset('ollama', { health: { startGraceSeconds: 0 } })
    const server = createServer((request, response) =>
      response.end(request.url === '/api/version' ? '{"version":"0.0.0"}' : 'KoboldCpp is running'),
    )
    await new Promise<void>((resolve) => server.listen(test.port, '127.0.0.1', resolve))
    closeLater(() => server.close())
    await test.manager.recover()
    await test.waitForStatus(KEY, 'external')
    await test.waitForHealth('failing')
    expect(test.snapshot(KEY).healthDetail).toContain('is it another program?')
  })

  it('text-generation-webui takes the port of an inherited variable first', async () => {
    vi.stubEnv('OPENEDAI_PORT', '1')
    const test = await startPreset('textgen')
    expect(await accepts('127.0.0.1', test.port)).toBe(true)
  })

  it('LocalAI takes its address from an inherited variable unless it is told', async () => {
    vi.stubEnv('LOCALAI_ADDRESS', ':1')
    const test = await startPreset('localai')
    expect(await accepts('127.0.0.1', test.port)).toBe(true)
  })
})
