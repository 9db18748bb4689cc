import { once } from 'node:events'
import { request } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { DemoProcess } from '../fixtures/demo-process.ts'
import { waitFor } from '../support/wait-for.ts'

const MODEL = 'agentos-demo-ngram'

let processes: DemoProcess[] = []

afterEach(async () => {
  for (const process of processes) {
    process.kill()
  }
  await Promise.all(processes.map(({ exited }) => exited))
  processes = []
})

function start(...args: string[]): DemoProcess {
  const process = new DemoProcess('--port', '0', ...args)
  processes.push(process)
  return process
}

const post = (url: string, body: unknown, signal?: AbortSignal) =>
  fetch(url, { method: 'POST', body: JSON.stringify(body), ...(signal === undefined ? {} : { signal }) })

const chat = (content: string, more: object = {}) => ({ messages: [{ role: 'user', content }], seed: 7, ...more })

/** The data of each server-sent event. */
const events = (text: string) =>
  text
    .split('\n\n')
    .filter((event) => event !== '')
    .map((event) => event.replace(/^data: /, ''))

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

describe('its HTTP side', () => {
  it('says what it is, everywhere', async () => {
    const url = await start().ready()
    const root = await (await fetch(`${url}/`)).json()
    expect(root).toMatchObject({ model: MODEL, note: expect.stringContaining('not a language model') })
    const models = await (await fetch(`${url}/v1/models`)).json()
    expect(models).toEqual({
      object: 'list',
      data: [{ id: MODEL, object: 'model', created: 0, owned_by: 'agentos-demo' }],
    })
    const answer = await (await post(`${url}/v1/chat/completions`, chat('hello'))).json()
    expect(answer).toMatchObject({ model: MODEL, system_fingerprint: expect.stringContaining('not-a-language-model') })
  })

  it('is loading first: 503 from /health and from the model, then 200', async () => {
    const server = start('--load-ms', '700')
    const url = await server.url()
    const early = await fetch(`${url}/health`)
    expect([early.status, await early.json()]).toEqual([503, { status: 'loading' }])
    const refused = await post(`${url}/v1/completions`, { prompt: 'x' })
    expect(refused.status).toBe(503)
    expect(await refused.json()).toEqual({
      error: {
        message: 'the model is still loading; ask again in a moment',
        type: 'server_error',
        param: null,
        code: 'loading',
      },
    })
    await server.ready()
    const late = await fetch(`${url}/health`)
    expect([late.status, await late.json()]).toEqual([200, { status: 'ok' }])
  })

  it('answers a chat, the same for the same seed', async () => {
    const url = await start().ready()
    const ask = async (seed: number) => (await post(`${url}/v1/chat/completions`, chat('the tide', { seed }))).json()
    const [first, second, third] = [await ask(1), await ask(1), await ask(2)]
    expect(first).toEqual({
      id: expect.stringMatching(/^chatcmpl-demo-\d+$/),
      object: 'chat.completion',
      created: expect.any(Number),
      model: MODEL,
      system_fingerprint: expect.any(String),
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: expect.stringMatching(/\w/), refusal: null },
          logprobs: null,
          finish_reason: expect.stringMatching(/^(stop|length)$/),
        },
      ],
      usage: { prompt_tokens: 2, completion_tokens: expect.any(Number), total_tokens: expect.any(Number) },
    })
    expect(second.choices).toEqual(first.choices)
    expect(third.choices).not.toEqual(first.choices)
  })

  it('streams the same text that it gives at once', async () => {
    const url = await start('--token-ms', '1').ready()
    const body = chat('the garden', { max_tokens: 20 })
    const whole = await (await post(`${url}/v1/chat/completions`, body)).json()
    const response = await post(`${url}/v1/chat/completions`, {
      ...body,
      stream: true,
      stream_options: { include_usage: true },
    })
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    const data = events(await response.text())
    expect(data.at(-1)).toBe('[DONE]')
    const chunks = data.slice(0, -1).map((text) => JSON.parse(text))
    expect(chunks[0].choices[0].delta).toEqual({ role: 'assistant', content: '' })
    const streamed = chunks.flatMap(({ choices }) =>
      choices.map((choice: { delta: { content?: string } }) => choice.delta.content ?? ''),
    )
    expect(streamed.join('')).toBe(whole.choices[0].message.content)
    expect(chunks.at(-2).choices[0].finish_reason).toBe(whole.choices[0].finish_reason)
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: whole.usage })
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1)
  })

  it('continues a text, up to a number of tokens or to a stop string', async () => {
    const url = await start('--token-ms', '0').ready()
    const complete = async (more: object) =>
      (await post(`${url}/v1/completions`, { prompt: 'A server', temperature: 0, seed: 1, ...more })).json()
    const short = await complete({ max_tokens: 3 })
    expect(short).toMatchObject({ object: 'text_completion', usage: { completion_tokens: 3 } })
    expect(short.choices[0]).toMatchObject({ text: expect.stringMatching(/^ \w/), finish_reason: 'length' })
    const stop = short.choices[0].text.slice(4)
    const stopped = await complete({ stop: [stop] })
    expect(stopped.choices[0]).toMatchObject({ text: short.choices[0].text.slice(0, 4), finish_reason: 'stop' })
    const response = await post(`${url}/v1/completions`, {
      prompt: 'A server',
      temperature: 0,
      seed: 1,
      stop,
      stream: true,
    })
    const chunks = events(await response.text()).slice(0, -1)
    expect(chunks.map((text) => JSON.parse(text).choices[0].text).join('')).toBe(stopped.choices[0].text)
  })

  it('reads a prompt in any script', async () => {
    const url = await start().ready()
    const response = await post(`${url}/v1/chat/completions`, chat('Wie spät ist es? 何時ですか 🕰'))
    expect([response.status, (await response.json()).usage.prompt_tokens]).toEqual([200, 6])
  })

  it('answers what it cannot do in words', async () => {
    const url = await start().ready()
    const missing = await fetch(`${url}/v2`)
    expect([missing.status, await missing.json()]).toEqual([
      404,
      {
        error: {
          message: 'there is nothing at /v2; known are /, /health, /v1/models, /v1/chat/completions, /v1/completions',
          type: 'invalid_request_error',
          param: null,
          code: null,
        },
      },
    ])
    const wrongMethod = await fetch(`${url}/v1/completions`)
    expect([wrongMethod.status, wrongMethod.headers.get('allow')]).toEqual([405, 'POST'])
    expect((await fetch(`${url}/health`, { method: 'DELETE' })).headers.get('allow')).toBe('GET, HEAD')
    expect((await fetch(`${url}/health?x=1`, { method: 'HEAD' })).status).toBe(200)
    const bad = await fetch(`${url}/v1/chat/completions`, { method: 'POST', body: '{' })
    expect([bad.status, (await bad.json()).error.message]).toEqual([400, expect.stringContaining('not valid JSON')])
    expect((await fetch(`${url}/v1/completions`, { method: 'POST' })).status).toBe(400)
    const other = await post(`${url}/v1/completions`, { prompt: 'x', model: 'gpt-4' })
    expect([other.status, (await other.json()).error.code]).toEqual([404, 'model_not_found'])
  })

  it('does not read more than a megabyte', async () => {
    const url = await start().ready()
    const status = await new Promise((resolve, reject) => {
      const upload = request(`${url}/v1/completions`, { method: 'POST' }, (response) => {
        resolve(response.statusCode)
        upload.destroy()
      })
      // The server may close the connection while the rest is on its way.
      upload.on('error', reject)
      upload.write('x'.repeat(1024 * 1024 + 1))
    })
    expect(status).toBe(413)
    expect((await fetch(`${url}/health`)).status).toBe(200)
  })

  it('logs every request with its time, also one that was given up', async () => {
    const server = start('--token-ms', '1000')
    const url = await server.ready()
    await fetch(`${url}/v1/models`)
    await server.output(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z INFO GET \/v1\/models 200 \d+\.\d ms$/m)
    const abort = new AbortController()
    const streaming = await post(`${url}/v1/chat/completions`, chat('x', { stream: true }), abort.signal)
    expect(streaming.status).toBe(200)
    abort.abort()
    await server.output(/WARN POST \/v1\/chat\/completions given up by the client after/, 'stderr')
  })
})

describe('its life as a process', () => {
  it.skipIf(process.platform === 'win32').each(['SIGTERM', 'SIGINT'] as const)(
    'stops at once on %s',
    async (signal) => {
      const server = start()
      const url = await server.ready()
      await fetch(`${url}/health`) // leaves an idle connection
      const before = performance.now()
      server.child.kill(signal)
      expect(await server.exited).toEqual({ code: 0, signal: null })
      expect(performance.now() - before).toBeLessThan(1000)
      expect(server.stdout).toMatch(new RegExp(`INFO stopping: ${signal}\n.*INFO stopped\n$`))
      await expect(fetch(`${url}/health`)).rejects.toThrow()
    },
  )

  it.skipIf(process.platform === 'win32')('ends a stream with an error event when it stops', async () => {
    const server = start('--token-ms', '30000')
    const url = await server.ready()
    const response = await post(`${url}/v1/chat/completions`, chat('the sea', { stream: true }))
    server.child.kill('SIGTERM')
    const data = events(await response.text())
    expect(data.at(-1)).toBe('[DONE]')
    expect(JSON.parse(data.at(-2) ?? '')).toMatchObject({ error: { code: 'shutting_down' } })
    expect((await server.exited).code).toBe(0)
  })

  it.skipIf(process.platform === 'win32')('stops while it is loading', async () => {
    const server = start('--load-ms', '60000')
    await server.url()
    server.child.kill('SIGTERM')
    expect((await server.exited).code).toBe(0)
  })

  it.skipIf(process.platform === 'win32')('ignores polite signals if told to', async () => {
    const server = start('--ignore-sigterm')
    const url = await server.ready()
    server.child.kill('SIGTERM')
    await server.output(/WARN SIGTERM ignored/, 'stderr')
    server.child.kill('SIGINT')
    await server.output(/WARN SIGINT ignored/, 'stderr')
    expect((await fetch(`${url}/health`)).status).toBe(200)
    server.kill()
    expect(await server.exited).toEqual({ code: null, signal: 'SIGKILL' })
  })

  it('crashes with the exit code it was given', async () => {
    const server = start('--crash-after-ms', '50', '--exit-code', '42')
    expect(await server.exited).toEqual({ code: 42, signal: null })
    expect(server.stderr).toMatch(/ERROR crashing with exit code 42, as --crash-after-ms says\n$/)
    expect((await start('--crash-after-ms', '0').exited).code).toBe(1)
  })

  it('says who is in the way if its port is taken', async () => {
    const port = new URL(await start().url()).port
    const second = new DemoProcess('--port', port)
    processes.push(second)
    expect(await second.exited).toEqual({ code: 1, signal: null })
    expect(second.stderr).toMatch(
      new RegExp(
        `ERROR cannot listen on 127\\.0\\.0\\.1:${port}: another program uses this address; ` +
          'stop it, or choose another port with --port\n$',
      ),
    )
  })

  it('explains wrong arguments, a missing text and a foreign address', async () => {
    const cases: [DemoProcess, number, RegExp][] = [
      [start('--loud'), 2, /ERROR unknown option "--loud"; known are /],
      [start('--text', '/no/such/text'), 1, /ERROR the text to learn from could not be read: ENOENT.*--text\n$/],
      [start('--host', '192.0.2.1'), 1, /ERROR cannot listen on 192\.0\.2\.1:0: this machine has no such address/],
    ]
    for (const [server, code, message] of cases) {
      expect(await server.exited).toEqual({ code, signal: null })
      expect(server.stderr).toMatch(message)
    }
  })

  it('warns when it listens for the whole network', async () => {
    await start('--host', '0.0.0.0').output(/WARN everyone in your network can reach this server/, 'stderr')
  })

  it('floods its log at about the rate it was given, and beats', async () => {
    const server = start('--flood', '5000', '--heartbeat-ms', '20')
    await server.output(/INFO heartbeat 3/)
    await server.output(/FLOOD line 1000 /)
    const numbers = [...server.stdout.matchAll(/FLOOD line (\d+) /g)].map((match) => Number(match[1]))
    expect(numbers).toEqual(numbers.map((_, index) => index + 1))
  })
})

describe.skipIf(process.platform === 'win32')('its children', () => {
  const CHILD = /child with the pid (\d+) lives/g
  let pids: number[] = []

  afterEach(() => {
    for (const pid of pids.filter(isAlive)) {
      process.kill(pid, 'SIGKILL')
    }
  })

  async function startWithChildren(...args: string[]): Promise<DemoProcess> {
    const server = start('--spawn-children', '3', ...args)
    await waitFor(() => server.stdout.match(CHILD)?.length === 3, { what: 'three children' })
    pids = [...server.stdout.matchAll(CHILD)].map((match) => Number(match[1]))
    return server
  }

  it('are gone after a polite stop', async () => {
    const server = await startWithChildren()
    expect(pids.every(isAlive)).toBe(true)
    server.child.kill('SIGTERM')
    expect((await server.exited).code).toBe(0)
    await waitFor(() => !pids.some(isAlive), { what: 'the end of all three' })
  })

  it('stay behind when it is killed, and ignore polite signals if it does', async () => {
    const server = await startWithChildren('--ignore-sigterm')
    server.kill()
    await once(server.child, 'exit')
    for (const pid of pids) {
      process.kill(pid, 'SIGTERM')
    }
    await waitFor(() => server.stderr.match(/SIGTERM ignored/g)?.length === 3, { what: 'three that ignore it' })
    expect(pids.every(isAlive)).toBe(true)
  })

  it('stay behind after a crash', async () => {
    const server = await startWithChildren('--crash-after-ms', '1')
    await waitFor(() => server.child.exitCode === 1, { what: 'the exit' })
    expect(pids.every(isAlive)).toBe(true)
  })
})
