import type { ServerResponse } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import type { AnswerPart } from '../../../src-main/services/try/answer-part.ts'
import { runTry, type TryRunOptions } from '../../../src-main/services/try/try-run.ts'
import { type TryProgress, TrySeat } from '../../../src-main/services/try/try-seat.ts'
import { DemoProcess } from '../../fixtures/demo-process.ts'
import { freePort } from '../../support/ports.ts'
import { waitFor } from '../../support/wait-for.ts'
import { json, scriptedServer } from './scripted-server.ts'

let processes: DemoProcess[] = []

afterEach(async () => {
  for (const process of processes) process.kill()
  await Promise.all(processes.map(({ exited }) => exited))
  processes = []
})

async function demo(...args: string[]) {
  const process = new DemoProcess('--port', '0', ...args)
  processes.push(process)
  const { port } = new URL(await process.url())
  return { process, target: { host: '127.0.0.1', port: Number(port), key: null, keyVariable: null } }
}

const prompt = { model: null, prompt: 'the tide', maxTokens: 20 }

async function tried(target: TryRunOptions['target'], more: Partial<TryRunOptions> = {}) {
  const parts: AnswerPart[] = []
  const end = await runTry({
    target,
    openAiPath: '/v1',
    prompt,
    signal: new AbortController().signal,
    onPart: (part) => parts.push(part),
    ...more,
  })
  return { end, parts, text: parts.map(({ text }) => text).join('') }
}

/** A server whose chat streams this. */
const streaming = (...chunks: (string | object)[]) =>
  scriptedServer((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const chunk of chunks) {
      response.write(typeof chunk === 'string' ? chunk : `data: ${JSON.stringify(chunk)}\n\n`)
    }
    response.end()
  })

const piece = (content: string, finish_reason: string | null = null) => ({
  choices: [{ index: 0, delta: { content }, finish_reason }],
})

describe('the demo server', () => {
  it('answers a prompt, piece by piece, and counts its tokens', async () => {
    const { process, target } = await demo('--token-ms', '1')
    await process.ready()
    const { end, parts, text } = await tried(target)
    expect(end).toEqual({ kind: 'done', finishReason: expect.stringMatching(/^(stop|length)$/), problem: null })
    expect(text).toMatch(/\w/)
    expect(parts.length).toBeGreaterThan(3)
    expect(parts.at(-1)?.completionTokens).toBeGreaterThan(0)
  })

  it('is loading', async () => {
    const { target } = await demo('--load-ms', '60000')
    expect((await tried(target)).end).toEqual({
      kind: 'failed',
      finishReason: null,
      problem: {
        code: 'loading',
        message: expect.stringMatching(/still loading.*It says: the model is still loading/),
        hint: 'Try again in a moment.',
      },
    })
  })

  it('has no such model', async () => {
    const { process, target } = await demo()
    await process.ready()
    const { end } = await tried(target, { prompt: { ...prompt, model: 'gpt-9' } })
    expect(end.problem).toMatchObject({ code: 'no-such-model', message: expect.stringContaining('gpt-9') })
  })

  it('stops generating when it is stopped', async () => {
    const { process, target } = await demo('--token-ms', '100')
    await process.ready()
    const controller = new AbortController()
    const { end } = await tried(target, {
      prompt: { ...prompt, maxTokens: 4000 },
      signal: controller.signal,
      onPart: () => controller.abort(),
    })
    expect(end).toEqual({ kind: 'stopped', finishReason: null, problem: null })
    await process.output(/given up by the client/, 'stderr')
  })

  it('ends while it answers', async () => {
    const { process, target } = await demo('--token-ms', '20')
    await process.ready()
    const { end, text } = await tried(target, {
      prompt: { ...prompt, maxTokens: 4000 },
      onPart: () => process.kill(),
    })
    expect(text).toBe('')
    expect(end).toMatchObject({ kind: 'failed', problem: { code: 'connection-lost' } })
  })
})

describe('what servers send', () => {
  it('reasoning apart from the answer, under both names', async () => {
    const { target } = await streaming(
      { choices: [{ delta: { role: 'assistant', content: null, reasoning_content: 'hm' } }] },
      { choices: [{ delta: { reasoning: ', well' } }] },
      piece('Yes.', 'stop'),
      'data: [DONE]\n\n',
    )
    const { parts, end } = await tried(target)
    expect(parts.map(({ reasoning, text }) => [reasoning, text])).toEqual([
      ['hm', ''],
      [', well', ''],
      ['', 'Yes.'],
    ])
    expect(end.finishReason).toBe('stop')
  })

  it('an error in the stream', async () => {
    const { target } = await streaming(piece('Yes'), { error: { code: 500, message: 'out of memory' } })
    const { end, text } = await tried(target)
    expect(text).toBe('Yes')
    expect(end.problem).toMatchObject({ code: 'server-error', message: expect.stringContaining('out of memory') })
  })

  it.each(['event: error\ndata: out of memory\n\n', 'error: {"message":"out of memory"}\n\n'])(
    'an error as an event of its own: %j',
    async (event) => {
      const { target } = await streaming(event)
      expect((await tried(target)).end.problem?.message).toContain('out of memory')
    },
  )

  it('one JSON answer, since it does not stream', async () => {
    const { target } = await scriptedServer((response) =>
      json(response, 200, {
        choices: [{ message: { content: 'Hello.' }, finish_reason: 'stop' }],
        usage: { completion_tokens: 2 },
        timings: { predicted_per_second: 42.5 },
      }),
    )
    const { end, parts } = await tried(target)
    expect(end).toEqual({ kind: 'done', finishReason: 'stop', problem: null })
    expect(parts).toEqual([
      {
        text: 'Hello.',
        reasoning: '',
        isPiece: true,
        finishReason: 'stop',
        completionTokens: 2,
        tokensPerSecond: 42.5,
      },
    ])
  })

  it('a last event without its end, and nothing after [DONE]', async () => {
    const cut = await streaming(`data: ${JSON.stringify(piece('Yes', 'length'))}`)
    expect(await tried(cut.target)).toMatchObject({ text: 'Yes', end: { kind: 'done', finishReason: 'length' } })
    const { target } = await streaming(piece('Yes'), 'data: [DONE]\n\n', 'data: rubbish\n\n')
    expect(await tried(target)).toMatchObject({ text: 'Yes', end: { kind: 'done' } })
  })

  it.each([
    ['a page', 'text/html', '<html></html>'],
    ['nothing', 'text/event-stream', ''],
    ['other JSON', 'application/json', '{"hello":1}'],
    ['other events', 'text/event-stream', 'data: hello\n\n'],
  ])('%s is no answer', async (_what, type, body) => {
    const { target } = await scriptedServer((response) => response.writeHead(200, { 'content-type': type }).end(body))
    expect((await tried(target)).end).toMatchObject({ kind: 'failed', problem: { code: 'bad-answer' } })
  })

  it('an event without end is not gathered for ever', async () => {
    let isClosed = false
    const { target } = await scriptedServer((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.once('close', () => {
        isClosed = true
      })
      const text = 'x'.repeat(1024 * 1024)
      const write = () => {
        if (!isClosed) response.write(text, write)
      }
      response.write('data: ', write)
    })
    expect((await tried(target)).end).toMatchObject({ kind: 'failed', problem: { code: 'too-large' } })
    await waitFor(() => isClosed, { what: 'the end of the connection' })
  })
})

describe('how it asks', () => {
  it('for a stream with a count of tokens, from the model that is named, with the key', async () => {
    const { target, requests } = await streaming(piece('Yes'))
    await tried({ ...target, key: 'secret' }, { prompt: { ...prompt, model: 'm "1"' } })
    expect(requests).toHaveLength(1)
    expect(requests[0]).toMatchObject({ path: '/v1/chat/completions', authorization: 'Bearer secret' })
    expect(JSON.parse(requests[0]?.body ?? '')).toEqual({
      model: 'm "1"',
      messages: [{ role: 'user', content: 'the tide' }],
      max_tokens: 20,
      stream: true,
      stream_options: { include_usage: true },
    })
  })

  it('without the count where the server refuses it', async () => {
    const { target, requests } = await scriptedServer((response, { body }) => {
      if (body.includes('stream_options')) json(response, 422, { detail: [{ msg: 'Extra inputs are not permitted' }] })
      else json(response, 200, piece('Yes', 'stop'))
    })
    expect(await tried(target)).toMatchObject({ text: 'Yes', end: { kind: 'done' } })
    expect(requests.map(({ body }) => JSON.parse(body).stream_options)).toEqual([{ include_usage: true }, undefined])
  })

  it.each([
    [404, { detail: 'Not Found' }],
    [501, {}],
    [400, { error: { message: 'this model has no chat template' } }],
  ])('for a plain completion where there is no chat: %i %j', async (status, body) => {
    const { target, requests } = await scriptedServer((response, { path }) => {
      if (path === '/v1/chat/completions') json(response, status, body)
      else json(response, 200, { choices: [{ text: ' comes in', finish_reason: 'length' }] })
    })
    expect(await tried(target)).toMatchObject({ text: ' comes in', end: { kind: 'done', finishReason: 'length' } })
    expect(JSON.parse(requests[1]?.body ?? '')).toMatchObject({ prompt: 'the tide', stream: true })
  })

  it('no more where both are missing, and says so of the chat', async () => {
    const { target, requests } = await scriptedServer((response) => json(response, 404, {}))
    const { end } = await tried(target)
    expect(end.problem).toMatchObject({
      code: 'not-supported',
      message: expect.stringContaining('/v1/chat/completions'),
    })
    expect(requests).toHaveLength(2)
  })

  it.each([
    [401, 'key-needed'],
    [503, 'loading'],
    [302, 'redirected'],
    [500, 'refused'],
  ])('once if the answer is %i', async (status, code) => {
    const { target, requests } = await scriptedServer((response) => json(response, status, {}))
    expect((await tried(target)).end.problem?.code).toBe(code)
    expect(requests).toHaveLength(1)
  })
})

describe('a server that is silent', () => {
  it('from the beginning', async () => {
    const { target } = await scriptedServer(() => undefined)
    expect((await tried(target, { silenceMs: 60_000, firstByteMs: 50 })).end.problem?.code).toBe('timeout')
  })

  it('in the middle', async () => {
    const { target } = await scriptedServer((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(`data: ${JSON.stringify(piece('Yes'))}\n\n`)
    })
    const { end, text } = await tried(target, { silenceMs: 300, firstByteMs: 60_000 })
    expect(text).toBe('Yes')
    expect(end.problem?.code).toBe('timeout')
  })

  it('because it is not there', async () => {
    const target = { host: '127.0.0.1', port: await freePort(), key: null, keyVariable: null }
    expect((await tried(target)).end.problem?.code).toBe('not-running')
  })

  it('and is given up at once', async () => {
    const open: ServerResponse[] = []
    const { target } = await scriptedServer((response) => open.push(response))
    const controller = new AbortController()
    const run = tried(target, { signal: controller.signal })
    await waitFor(() => open.length === 1, { what: 'the request' })
    controller.abort()
    expect((await run).end.kind).toBe('stopped')
    await waitFor(() => open[0]?.destroyed === true, { what: 'the end of the connection' })
    expect((await tried(target, { signal: controller.signal })).end.kind).toBe('stopped')
    expect(open).toHaveLength(1)
  })
})

describe('a seat', () => {
  function seat() {
    const told: TryProgress[] = []
    const tries = new TrySeat((progress) => told.push(progress))
    const ended = (id: number) =>
      waitFor(() => told.find(({ tryId, end }) => tryId === id && end !== null), { what: `the end of try ${id}` })
    return { told, tries, ended, of: (id: number) => told.filter(({ tryId }) => tryId === id) }
  }
  const options = (target: TryRunOptions['target'], maxTokens = 20) => ({
    target,
    openAiPath: '/v1',
    prompt: { ...prompt, maxTokens },
  })

  it('tells all of an answer, and its figures at the end', async () => {
    const { process, target } = await demo('--token-ms', '2')
    await process.ready()
    const { tries, ended, of } = seat()
    const id = tries.take()
    expect(tries.begin(id, options(target))).toBe(true)
    const last = await ended(id)
    expect(last).toMatchObject({ tryId: id, end: { kind: 'done', problem: null } })
    expect(last.firstTokenMs).toBeGreaterThan(0)
    expect(last.tokensPerSecond).toBeGreaterThan(0)
    const text = of(id).map((progress) => progress.text)
    expect(text.join('')).toMatch(/\w+ \w+/)
    expect(last.tokens).toBeGreaterThan(3)
    expect(of(id).filter(({ end }) => end !== null)).toHaveLength(1)
    tries.stop(id)
  })

  it('gathers what comes quickly', async () => {
    const { target } = await streaming(...Array.from({ length: 2000 }, (_, index) => piece(`${index} `)))
    const { tries, ended, of } = seat()
    const id = tries.take()
    tries.begin(id, options(target))
    const { tokens } = await ended(id)
    expect(tokens).toBe(2000)
    expect(
      of(id)
        .map(({ text }) => text)
        .join(''),
    ).toBe(Array.from({ length: 2000 }, (_, index) => `${index} `).join(''))
    expect(of(id).length).toBeLessThan(200)
  })

  it('ends the try before', async () => {
    const { process, target } = await demo('--token-ms', '50')
    await process.ready()
    const { told, tries, ended } = seat()
    const first = tries.take()
    tries.begin(first, options(target, 4000))
    await waitFor(() => told.length > 0, { what: 'a first piece' })
    const second = tries.take()
    expect((await ended(first)).end?.kind).toBe('stopped')
    tries.begin(second, options(target, 3))
    expect((await ended(second)).end?.kind).toBe('done')
  })

  it('begins nothing that was overtaken or left', async () => {
    const { target, requests } = await streaming(piece('Yes'))
    const { tries, ended } = seat()
    const first = tries.take()
    const second = tries.take()
    expect(tries.begin(first, options(target))).toBe(false)
    expect(tries.begin(second, options(target))).toBe(true)
    await ended(second)
    const third = tries.take()
    tries.reset()
    expect(tries.begin(third, options(target))).toBe(false)
    expect(requests).toHaveLength(1)
  })

  it('stops what it is told to, and nothing else', async () => {
    const { process, target } = await demo('--token-ms', '50')
    await process.ready()
    const { told, tries, ended } = seat()
    const id = tries.take()
    tries.begin(id, options(target, 4000))
    await waitFor(() => told.length > 0, { what: 'a first piece' })
    tries.stop(id + 1)
    const before = told.length
    await waitFor(() => told.length > before, { what: 'a further piece' })
    tries.stop(id)
    expect((await ended(id)).end?.kind).toBe('stopped')
    await process.output(/given up by the client/, 'stderr')
  })
})
