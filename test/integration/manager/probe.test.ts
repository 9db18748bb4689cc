import { existsSync, readFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { HealthConfig } from '../../../src-main/core/health-config.ts'
import { probeOnce } from '../../../src-main/manager/probe.ts'
import { noSecrets } from '../../../src-main/manager/service-secrets.ts'
import { resolveProgram } from '../../../src-main/services/find-binary.ts'
import { freePort } from '../../support/ports.ts'
import { cleanUpProcesses, closeLater, endLater, waitUntilGone } from '../../support/processes.ts'
import { makeService } from '../../support/service-definition.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import { waitFor } from '../../support/wait-for.ts'

cleanUpProcesses()

/** A server on 127.0.0.1 that ends with the test, however its connections stand. Returns its port. */
async function serve(listener: RequestListener): Promise<number> {
  const port = await freePort()
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  closeLater(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  return port
}

function probe(port: number | null, health: Partial<HealthConfig>, signal = new AbortController().signal) {
  const service = makeService({ ...(port === null ? {} : { port }), health: { timeoutSeconds: 30, ...health } })
  const find = ({ binName }: { binName: string }) => resolveProgram(binName, undefined)
  const target = { service, isReady: false, isExternal: false, log: null, resolveProgram: find, secretsOf: noSecrets }
  return probeOnce(target, signal)
}

describe('an HTTP probe', () => {
  it.each([
    [200, 'ok'],
    [204, 'ok'],
    [401, 'ok'],
    [403, 'ok'],
    [404, 'failed'],
    [500, 'failed'],
    [503, 'loading'],
  ])('takes status %d for %s', async (status, outcome) => {
    const port = await serve((_request, response) => response.writeHead(status).end())
    const result = await probe(port, { type: 'http', path: '/up?deep=1' })
    expect(result).toMatchObject({ outcome, detail: expect.stringContaining(`HTTP ${status} from /up?deep=1`) })
  })

  it('takes a redirect for an answer and does not follow it', async () => {
    let asked = 0
    const elsewhere = await serve((_request, response) => {
      asked += 1
      response.end()
    })
    const port = await serve((_request, response) => {
      response.writeHead(302, { location: `http://127.0.0.1:${elsewhere}/` }).end()
    })
    expect(await probe(port, { type: 'http' })).toMatchObject({
      outcome: 'ok',
      detail: 'HTTP 302 from / (the redirect is not followed)',
    })
    expect(asked).toBe(0)
  })

  it('finds nobody where nobody listens', async () => {
    expect(await probe(await freePort(), { type: 'http' })).toMatchObject({ outcome: 'unreachable' })
  })

  it('calls a server that accepts and is silent what it is', async () => {
    const port = await serve(() => undefined)
    expect(await probe(port, { type: 'http', timeoutSeconds: 0.2 })).toEqual({
      outcome: 'failed',
      detail: 'It accepts connections but does not answer within 0.2 s.',
    })
  })

  it('does not wait for a head that trickles in', async () => {
    const port = await freePort()
    const server = createTcpServer((socket) => {
      socket.on('error', () => undefined)
      socket.write('HTTP/1.1 200 OK\r\nX-Slow: ')
      const timer = setInterval(() => socket.write('x'), 10)
      socket.on('close', () => clearInterval(timer))
    })
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    closeLater(() => new Promise((resolve) => server.close(resolve)))
    expect(await probe(port, { type: 'http', timeoutSeconds: 0.3 })).toMatchObject({ outcome: 'failed' })
  })

  it('is called off at once', async () => {
    const abort = new AbortController()
    const port = await serve(() => abort.abort())
    expect(await probe(port, { type: 'http' }, abort.signal)).toMatchObject({ outcome: 'failed' })
  })
})

describe('an HTTP probe that expects a text', () => {
  const wanted = { type: 'http', expectBody: 'Ollama is running' } as const

  it('finds it, also over the border of two packets', async () => {
    const port = await serve((_request, response) => {
      response.write('<p>Ollama is ')
      setTimeout(() => response.end('running</p>'), 20)
    })
    expect(await probe(port, wanted)).toEqual({ outcome: 'ok', detail: 'HTTP 200 from /', who: 'itself' })
  })

  it.each([
    [401, 'somebody'],
    [404, 'other'],
    [500, 'somebody'],
    [503, 'somebody'],
  ])('takes who says status %d for %s', async (status, who) => {
    const port = await serve((_request, response) => response.writeHead(status).end())
    expect(await probe(port, wanted)).toMatchObject({ who })
    const asked = await probe(port, { type: 'http' })
    expect(asked.who).toBe('somebody')
  })

  it('tells an imitator', async () => {
    const port = await serve((_request, response) => response.end('KoboldCpp'))
    expect(await probe(port, wanted)).toEqual({
      outcome: 'failed',
      detail: 'HTTP 200 from /, but without "Ollama is running": is it another program?',
      who: 'other',
    })
  })

  it('reads no more than a bounded part, and not for longer than its time-out', async () => {
    const endless = await serve((_request, response) => {
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(16 * 1024)));
        if (!response.destroyed) response.once('drain', more)
      }
      more()
    })
    expect(await probe(endless, wanted)).toMatchObject({ detail: expect.stringContaining('another program') })
    const trickling = await serve((_request, response) => {
      const timer = setInterval(() => response.write('.'), 10)
      response.on('close', () => clearInterval(timer))
    })
    expect(await probe(trickling, { ...wanted, timeoutSeconds: 0.3 })).toMatchObject({
      detail: expect.stringContaining('does not answer within 0.3 s'),
    })
  })

  it('does not ask it of a server that wants a key', async () => {
    const port = await serve((_request, response) => response.writeHead(401).end('no'))
    expect(await probe(port, wanted)).toMatchObject({ outcome: 'ok' })
  })
})

describe('a TCP probe', () => {
  it('is content with a connection', async () => {
    const port = await serve(() => undefined)
    expect(await probe(port, { type: 'tcp' })).toMatchObject({ outcome: 'ok' })
    expect(await probe(await freePort(), { type: 'tcp' })).toMatchObject({ outcome: 'unreachable' })
  })
})

describe('a command probe', () => {
  const node = (script: string) => ({ type: 'command', command: [process.execPath, '-e', script] }) as const

  it('looks at the exit code', async () => {
    expect(await probe(null, node('process.exit(0)'))).toMatchObject({ outcome: 'ok' })
    const failed = await probe(null, node('process.exit(3)'))
    expect(failed).toMatchObject({ outcome: 'failed', detail: expect.stringContaining('exit code 3') })
    const killed = await probe(null, node('process.kill(process.pid, "SIGKILL")'))
    // A process that is ended from outside has exit code 1 on Windows.
    const end = process.platform === 'win32' ? 'exit code 1' : 'SIGKILL'
    expect(killed).toMatchObject({ outcome: 'failed', detail: expect.stringContaining(end) })
  })

  it('has no shell', async () => {
    const command = [
      process.execPath,
      '-e',
      'process.exit(process.argv[1] === "$HOME; exit 1" ? 0 : 1)',
      '$HOME; exit 1',
    ]
    expect(await probe(null, { type: 'command', command })).toMatchObject({ outcome: 'ok' })
  })

  it('says that its program is not there', async () => {
    const result = await probe(null, { type: 'command', command: ['no-such-program-at-all'] })
    expect(result).toMatchObject({ outcome: 'failed', detail: expect.stringContaining('no-such-program-at-all') })
  })

  it.each(['its time is over', 'it is called off'])('is ended with all it started when %s', async (when) => {
    const file = join(temporaryDirectory(), 'pids')
    const child = 'process.on("SIGTERM", () => {}); setTimeout(() => {}, 60000)'
    const script = `const { pid } = require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(child)}]);
      require("fs").writeFileSync(${JSON.stringify(file)}, process.pid + " " + pid + "."); setTimeout(() => {}, 60000)`
    const abort = new AbortController()
    const isTimed = when === 'its time is over'
    const probing = probe(null, { ...node(script), timeoutSeconds: isTimed ? 2 : 60 }, abort.signal)
    const pids = await waitFor(
      () => existsSync(file) && /^(\d+) (\d+)\.$/.exec(readFileSync(file, 'utf8'))?.slice(1).map(Number),
      { what: 'the probe to start its child' },
    )
    for (const pid of pids) endLater(pid)
    if (!isTimed) abort.abort()
    expect(await probing).toMatchObject({ outcome: 'failed' })
    for (const pid of pids) await waitUntilGone(pid)
  })
})
