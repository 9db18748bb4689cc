import type { ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import { ServerAnswerError } from '../../../src-main/services/models/server-answer-error.ts'
import { canConnect, createAskServer } from '../../../src-main/services/models/server-client.ts'
import { freePort } from '../../support/ports.ts'
import { waitFor } from '../../support/wait-for.ts'
import { json, scriptedServer } from './scripted-server.ts'

async function failureOf(promise: Promise<unknown>) {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (!(error instanceof ServerAnswerError)) throw new Error(`expected a ServerAnswerError, got ${String(error)}`)
  return error.failure
}

const status = (code: number, body: unknown) => scriptedServer((response) => json(response, code, body))

describe('asking a server', () => {
  it('GETs without a body, POSTs with one, and parses the answer', async () => {
    const { target, requests } = await scriptedServer((response, { body }) => json(response, 200, { got: body }))
    const ask = createAskServer(target)
    expect(await ask('/a')).toEqual({ got: '' })
    expect(await ask('/b?x=1', { model: 'ä' })).toEqual({ got: '{"model":"ä"}' })
    expect(requests.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /a', 'POST /b?x=1'])
  })

  it('takes an empty answer for null', async () => {
    const { target } = await scriptedServer((response) => response.end())
    expect(await createAskServer(target)('/free', {})).toBeNull()
  })

  it('sends the key in one header', async () => {
    const { target, requests } = await scriptedServer((response) => json(response, 200, {}), { key: ' secret\n' })
    await createAskServer(target)('/a')
    expect(requests).toEqual([{ method: 'GET', path: '/a', authorization: 'Bearer secret', body: '' }])
  })

  it('refuses a key that no header can hold, and does not repeat it', async () => {
    const { target, requests } = await scriptedServer((response) => json(response, 200, {}), {
      key: 'one\r\nHost: two',
      keyVariable: 'X_KEY',
    })
    const failure = await failureOf(createAskServer(target)('/a'))
    expect(failure).toMatchObject({ code: 'bad-key', message: expect.stringContaining('X_KEY') })
    expect(JSON.stringify(failure)).not.toContain('two')
    expect(requests).toEqual([])
  })

  it.each([
    [401, {}, 'key-needed'],
    [403, {}, 'key-needed'],
    [307, {}, 'redirected'],
    [404, {}, 'not-supported'],
    [405, {}, 'not-supported'],
    [404, { error: "model 'x' not found" }, 'no-such-model'],
    [400, { error: { message: "model 'x' not found" } }, 'no-such-model'],
    [400, { error: { message: 'model is already running' } }, 'refused'],
    [503, { error: { message: 'Loading model' } }, 'loading'],
    [503, { error: 'server busy, please try again' }, 'busy'],
    [500, { detail: 'out of memory' }, 'refused'],
    [200, { error: 'Unexpected endpoint or method. (GET /a)' }, 'not-supported'],
  ])('HTTP %i with %j is %s', async (code, body, expected) => {
    const { target } = await status(code, body)
    expect(await failureOf(createAskServer(target)('/a'))).toMatchObject({ code: expected })
  })

  it('repeats what the server says', async () => {
    const { target } = await status(500, { error: { message: 'llama runner\nprocess has terminated' } })
    expect((await failureOf(createAskServer(target)('/a'))).message).toBe(
      'The server answered /a with HTTP 500. It says: llama runner process has terminated',
    )
  })

  it.each([
    [null, null, /where this kind of server/],
    [null, 'X_KEY', /in X_KEY/],
    ['known', 'X_KEY', /Check X_KEY/],
  ])('says what to do about a key: %s in %s', async (key, keyVariable, hint) => {
    const { target } = await status(401, {})
    expect((await failureOf(createAskServer({ ...target, key, keyVariable })('/a'))).hint).toMatch(hint)
  })

  it('does not follow a redirect', async () => {
    const other = await status(200, {})
    const { target } = await scriptedServer((response) => {
      response.writeHead(302, { location: `http://127.0.0.1:${other.port}/` }).end()
    })
    expect((await failureOf(createAskServer(target)('/a'))).code).toBe('redirected')
    expect(other.requests).toEqual([])
  })

  it('says that nothing runs there', async () => {
    const target = { host: 'localhost', port: await freePort(), key: null, keyVariable: null }
    expect((await failureOf(createAskServer(target)('/a'))).code).toBe('not-running')
    expect(await canConnect(target)).toBe(false)
    const { target: other } = await status(500, {})
    expect(await canConnect(other)).toBe(true)
  })

  it('says that the connection broke', async () => {
    const { target } = await scriptedServer((response) => {
      response.writeHead(200, { 'content-length': 100 })
      response.write('{', () => response.destroy())
    })
    expect((await failureOf(createAskServer(target)('/a'))).code).toBe('connection-lost')
  })

  it('says that it is no JSON', async () => {
    const { target } = await scriptedServer((response) => response.end('<html>hello</html>'))
    expect(await failureOf(createAskServer(target)('/a'))).toMatchObject({
      code: 'bad-answer',
      message: '/a: expected JSON, got "<html>hello</html>".',
    })
  })

  it('reads no more than its bound', async () => {
    let isClosed = false
    const { target } = await scriptedServer((response) => {
      response.once('close', () => {
        isClosed = true
      })
      const megabyte = ' '.repeat(1024 * 1024)
      const write = () => {
        if (!isClosed) response.write(megabyte, write)
      }
      write()
    })
    expect((await failureOf(createAskServer(target)('/a'))).code).toBe('too-large')
    await waitFor(() => isClosed, { what: 'the end of the connection' })
  })

  it('gives up after its time, also on an answer that trickles in', async () => {
    const open: ServerResponse[] = []
    const { target } = await scriptedServer((response, { path }) => {
      open.push(response)
      if (path === '/trickles') response.write('{')
    })
    for (const path of ['/hangs', '/trickles']) {
      const failure = await failureOf(createAskServer(target, { timeoutMs: 100 })(path))
      expect(failure.code).toBe('timeout')
    }
    await waitFor(() => open.every(({ destroyed }) => destroyed), { what: 'the end of the connections' })
  })

  it('is called off', async () => {
    const controller = new AbortController()
    const open: ServerResponse[] = []
    const { target } = await scriptedServer((response) => open.push(response))
    const ask = createAskServer(target, { signal: controller.signal })
    const call = failureOf(ask('/a'))
    await waitFor(() => open.length === 1, { what: 'the request' })
    controller.abort()
    expect((await call).code).toBe('stopped')
    expect((await failureOf(ask('/b'))).code).toBe('stopped')
    await waitFor(() => open[0]?.destroyed === true, { what: 'the end of the connection' })
    expect(open).toHaveLength(1)
  })
})
