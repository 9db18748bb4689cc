import { spawn } from 'node:child_process'
import { networkInterfaces } from 'node:os'
import { describe, expect, it } from 'vitest'
import { processTable } from '../../../src-main/os/processes/identity.ts'
import { findRunning } from '../../../src-main/services/detection/find-running.ts'
import type { Preset } from '../../../src-main/services/presets/preset.ts'
import { type PresetTable, presets } from '../../../src-main/services/presets/presets.ts'
import { keyOnPort } from '../../../src-main/shell/detection-handlers.ts'
import { kinds } from '../../fixtures/model-servers/kinds.ts'
import { freePort } from '../../support/ports.ts'
import { cleanUpProcesses, endLater, fixture } from '../../support/processes.ts'
import { waitFor } from '../../support/wait-for.ts'
import { KEY, startPreset } from '../presets/preset-world.ts'
import { lookAt, portless, serve, serveBodies, serveTcp } from './servers.ts'

cleanUpProcesses()

/** These answer as another one does, or as anything may. */
const seenAs = (id: string) => (id === 'llamafile' ? 'llamacpp' : id === 'mlx' ? null : id)
const ids = Object.keys(kinds).filter((id) => presets[id]?.control === undefined)
const none: object[] = []

describe.runIf(process.platform === 'linux').each(ids)('%s', (id) => {
  it('is found with its process and its key', async () => {
    const test = await startPreset(id)
    const services = () => test.manager.snapshot().services
    const found = await findRunning(lookAt([test.port], { keyOf: (port) => keyOnPort(services(), port) }))
    const preset = seenAs(id)
    const server = { preset, host: '127.0.0.1', port: test.port, pid: test.pid(KEY), processName: 'node', key: KEY }
    expect(found).toEqual(preset === null ? [] : [{ ...server, version: expect.toSatisfy(isVersionOf(id)) }])
  })
})

const isVersionOf = (id: string) => (version: unknown) =>
  presets[id]?.identification?.version === undefined ? version === null : typeof version === 'string'

describe.skipIf(process.platform === 'win32')('a server that wants a key', () => {
  it.each(['vllm', 'localai', 'open-webui'])('is found where %s asks for none', async (id) => {
    const test = await startPreset(id, { wantsKey: 'as-real' })
    const [server] = await findRunning(lookAt([test.port]))
    expect(server?.preset).toBe(id)
    expect(server?.version).toEqual(expect.any(String))
  })

  it.each(['llamacpp', 'whisper'])('is found by what %s says of itself in refusing, without a version', async (id) => {
    const test = await startPreset(id, { wantsKey: 'everywhere' })
    expect(await findRunning(lookAt([test.port]))).toMatchObject([{ preset: id, version: null }])
  })

  it('is not guessed', async () => {
    const test = await startPreset('sglang', { wantsKey: 'as-real' })
    expect(await findRunning(lookAt([test.port]))).toEqual(none)
  })
})

it.skipIf(process.platform === 'win32')('finds the demo server, also while it is loading', async () => {
  const port = await freePort()
  const args = [fixture('demo-server-cli.ts'), '--port', String(port), '--load-ms', '60000']
  const child = spawn(process.execPath, args, { stdio: 'ignore' })
  endLater(child.pid ?? 0)
  const status = () =>
    fetch(`http://127.0.0.1:${port}/health`).then(
      (response) => response.status,
      () => 0,
    )
  await waitFor(async () => (await status()) === 503, { what: 'the demo server' })
  expect(await findRunning(lookAt([port]))).toMatchObject([{ preset: 'demo', port, pid: child.pid, key: null }])
})

it.skipIf(process.platform === 'win32')('finds llama.cpp while it loads its model', async () => {
  const port = await serve((_request, response) => {
    response.writeHead(503, { server: 'llama.cpp' }).end('{"error":{"message":"Loading model","code":503}}')
  })
  expect(await findRunning(lookAt([port]))).toMatchObject([{ preset: 'llamacpp', version: null }])
})

describe('an imitation is not taken for the real one', () => {
  const ollama = { '/': 'Ollama is running', '/api/version': '{"version":"0.7.0"}' }
  const comfyui = { '/system_stats': '{"system":{"comfyui_version":"v0.3.4"},"devices":[]}' }
  const koboldcpp = { '/api/extra/version': '{"result":"KoboldCpp","version":"1.102"}' }
  const localai = { '/.well-known/localai.json': '{"version":"v4.9.0","endpoints":{}}' }

  it('of Ollama, ComfyUI and llama.cpp at once, by KoboldCpp', async () => {
    const port = await serveBodies({ ...ollama, ...comfyui, ...koboldcpp }, { server: 'llama.cpp' })
    expect(await findRunning(lookAt([port]))).toMatchObject([{ preset: 'koboldcpp', version: '1.102' }])
  })

  it.each(['ollama', 'comfyui', 'llamacpp'])('where %s is usual', async (preset) => {
    const port = await serveBodies({ ...ollama, ...comfyui, ...koboldcpp }, { server: 'llama.cpp' })
    const addresses = [{ host: '127.0.0.1', port, preset }]
    expect(await findRunning(lookAt([], { addresses }))).toMatchObject([{ preset: 'koboldcpp' }])
  })

  it('of Ollama, by LocalAI with its greeting', async () => {
    const port = await serveBodies({ ...ollama, ...localai })
    expect(await findRunning(lookAt([port]))).toMatchObject([{ preset: 'localai', version: 'v4.9.0' }])
  })

  it('of Ollama’s API without its greeting', async () => {
    const port = await serveBodies({
      '/': 'Ready',
      '/api/version': '{"version":"0.7.0"}',
      '/api/tags': '{"models":[]}',
    })
    expect(await findRunning(lookAt([port]))).toEqual(none)
  })

  it('but the real ones are found', async () => {
    const ports = [await serveBodies(ollama), await serveBodies(comfyui)]
    const found = await findRunning(lookAt(ports))
    expect(found.map(({ preset, port }) => [preset, port])).toEqual(
      expect.arrayContaining([
        ['ollama', ports[0]],
        ['comfyui', ports[1]],
      ]),
    )
  })

  it('nor is a process that a server has started for a model', async () => {
    const ports = [await serveBodies(ollama), await serveBodies({ '/health': '{}' }, { server: 'llama.cpp' })] as const
    const holders = [
      { port: ports[0], pid: 100, name: 'ollama', family: 4 },
      { port: ports[1], pid: 200, name: 'llama-server', family: 4 },
    ] as const
    const started = (parents: Readonly<Record<number, number>>) => ({
      ...processTable(),
      listeners: async () => [...holders],
      find: async (pid: number) => ({ pid, parentPid: parents[pid] ?? 1, groupId: pid, createdAt: '1', name: 'x' }),
    })
    const found = async (parents: Readonly<Record<number, number>>) =>
      (await findRunning(lookAt(ports, { table: started(parents) }))).map(({ preset }) => preset).sort()
    expect(await found({ 200: 100 })).toEqual(['ollama'])
    expect(await found({ 200: 1 })).toEqual(['llamacpp', 'ollama'])
  })
})

describe('what is no known server', () => {
  it('may answer every path with a page', async () => {
    const page = '<html><title>Ollama is not running; KoboldCpp, llama.cpp</title></html>'
    const port = await serve((_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(page))
    expect(await findRunning(lookAt([port]))).toEqual(none)
  })

  it.each(['null', '[]', '{}', '"x"', '{"version":"1.0"}', '['.repeat(60_000)])(
    'may answer with JSON',
    async (body) => {
      const port = await serve((_request, response) => response.end(body))
      expect(await findRunning(lookAt([port]))).toEqual(none)
    },
  )

  it('may send us elsewhere, where we do not go', async () => {
    let visits = 0
    const real = await serve((_request, response) => {
      visits += 1
      response.end('Ollama is running')
    })
    const port = await serve((_request, response) => {
      response.writeHead(302, { location: `http://127.0.0.1:${real}/` }).end('Ollama is running')
    })
    expect(await findRunning(lookAt([port]))).toEqual(none)
    expect(visits).toBe(0)
  })

  it('may speak something else, or nothing', async () => {
    const garbage = await serveTcp((socket) => socket.end('220 mail.example ESMTP\r\n'))
    const rude = await serveTcp((socket) => socket.destroy())
    expect(await findRunning(lookAt([garbage, rude]))).toEqual(none)
    let connections = 0
    const silent = await serveTcp(() => {
      connections += 1
    })
    expect(await findRunning(lookAt([silent], { timeoutMs: 200 }))).toEqual(none)
    expect(connections).toBe(1)
  })

  it('may never come to an end', async () => {
    const port = await serve((_request, response) => {
      response.writeHead(200)
      const timer = setInterval(() => response.write('x'), 20)
      response.once('close', () => clearInterval(timer))
    })
    expect(await findRunning(lookAt([port], { timeoutMs: 300 }))).toEqual(none)
  })

  it('may be nothing at all', async () => {
    expect(await findRunning(lookAt([await freePort()]))).toEqual(none)
    expect(await findRunning(lookAt([]))).toEqual(none)
    expect(await findRunning(lookAt([], { addresses: [{ host: '127.0.0.1', port: null }] }))).toEqual(none)
  })
})

it('reads no more than the beginning of an answer', async () => {
  const filler = 'x'.repeat(70_000)
  const early = await serveBodies({ '/': `Ollama is running${filler}` })
  const late = await serveBodies({ '/': `${filler}Ollama is running` })
  expect(await findRunning(lookAt([early, late]))).toMatchObject([{ preset: 'ollama', port: early }])
  let written = 0
  const endless = await serve((_request, response) => {
    const write = () => {
      while (!response.destroyed && response.write(filler)) written += filler.length
      written += filler.length
    }
    response.on('drain', write)
    write()
  })
  // Longer than a test may take: whoever waits for the end of it fails.
  expect(await findRunning(lookAt([endless], { timeoutMs: 120_000 }))).toEqual(none)
  expect(written).toBeGreaterThan(0)
})

it('asks for each path once, with GET, without a key', async () => {
  const seen: string[] = []
  const port = await serve(({ method, url, headers }, response) => {
    seen.push(`${method} ${url}`)
    for (const name of ['authorization', 'x-api-key', 'cookie']) expect(headers[name]).toBeUndefined()
    response.writeHead(404).end()
  })
  await findRunning(lookAt([port]))
  const paths = Object.values(presets).flatMap(({ identification }) => identification?.path ?? [])
  expect(seen.sort()).toEqual([...new Set(paths)].map((path) => `GET ${path}`).sort())
})

describe('a server on a usual port is spared the questions for others', () => {
  async function serveOllama() {
    const seen: string[] = []
    const port = await serve(({ url = '' }, response) => {
      seen.push(url)
      response.writeHead(url === '/' ? 200 : 404).end('Ollama is running')
    })
    return { port, seen }
  }
  const ollama = (change: Partial<Preset>): PresetTable => ({
    ...portless,
    ollama: { ...(portless.ollama as Preset), ...change },
  })
  const asked = ['/', '/api/extra/version', '/.well-known/localai.json', '/api/version']

  it.each(['defaultPort', 'otherPorts', 'preset'])('as its %s says', async (how) => {
    const { port, seen } = await serveOllama()
    const options =
      how === 'preset'
        ? lookAt([], { addresses: [{ host: '127.0.0.1', port, preset: 'ollama' }] })
        : lookAt([], { presets: ollama(how === 'defaultPort' ? { defaultPort: port } : { otherPorts: [port] }) })
    expect(await findRunning(options)).toMatchObject([{ preset: 'ollama', port }])
    expect(seen[0]).toBe('/')
    expect(seen.sort()).toEqual([...asked].sort())
  })

  it('but one that is usual elsewhere is found there, too', async () => {
    const { port, seen } = await serveOllama()
    const addresses = [{ host: '127.0.0.1', port, preset: 'whisper' }]
    expect(await findRunning(lookAt([], { addresses }))).toMatchObject([{ preset: 'ollama', port }])
    expect(seen[0]).toBe('/health')
    expect(new Set(seen).size).toBe(seen.length)
  })
})

it('asks no more than eight at a time', async () => {
  let running = 0
  let most = 0
  const servers = Array.from({ length: 4 }, () =>
    serve((_request, response) => {
      running += 1
      most = Math.max(most, running)
      setTimeout(() => {
        running -= 1
        response.end()
      }, 20)
    }),
  )
  await findRunning(lookAt(await Promise.all(servers)))
  expect(most).toBeGreaterThan(1)
  expect(most).toBeLessThanOrEqual(8)
})

const hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'))

describe('other addresses', () => {
  const greet = (port: number) => ({ preset: 'ollama', port })

  it.runIf(hasIpv6)('::1 is asked where 127.0.0.1 refuses', async () => {
    const port = await serve((_request, response) => response.end('Ollama is running'), '::1')
    expect(await findRunning(lookAt([port]))).toMatchObject([{ ...greet(port), host: '::1' }])
  })

  it.runIf(process.platform === 'linux')('that of services.json is asked, too', async () => {
    const port = await serve((_request, response) => response.end('Ollama is running'), '127.0.0.2')
    const addresses = [{ host: '127.0.0.2', port }]
    expect(await findRunning(lookAt([port]))).toEqual(none)
    expect(await findRunning(lookAt([], { addresses }))).toMatchObject([{ ...greet(port), host: '127.0.0.2' }])
  })

  it.each(['0.0.0.0', '::', 'localhost', 'no-such-name.example'])('%s means the loopback', async (host) => {
    const port = await serve((_request, response) => response.end('Ollama is running'))
    const found = await findRunning(lookAt([], { addresses: [{ host, port }] }))
    expect(found).toMatchObject([{ ...greet(port), host: '127.0.0.1' }])
  })
})

it('goes on without the list of listeners', async () => {
  const port = await serveBodies({ '/': 'Ollama is running' })
  const table = {
    ...processTable(),
    listeners: async () => {
      throw new Error('lsof is missing')
    },
  }
  expect(await findRunning(lookAt([port], { table }))).toMatchObject([
    { preset: 'ollama', port, pid: null, processName: null },
  ])
})
