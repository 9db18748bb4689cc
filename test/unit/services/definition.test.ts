import { describe, expect, it } from 'vitest'
import { defaultHealth } from '../../../src-main/core/health-config.ts'
import { defaultStop, serviceSchema } from '../../../src-main/core/service-config.ts'
import { toDefinition } from '../../../src-main/services/definition.ts'
import { nearest } from '../../../src-main/services/nearest.ts'
import { presets } from '../../../src-main/services/presets/presets.ts'
import { expandTemplate } from '../../../src-main/services/template.ts'

function definition(entry: object, platform: NodeJS.Platform = 'linux') {
  const result = toDefinition(serviceSchema.parse({ key: 'a:b', ...entry }), presets, platform)
  if (!result.ok) {
    throw new Error(result.problems.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n'))
  }
  return result.definition
}

describe('presets', () => {
  it('pass host and port explicitly', () => {
    expect(definition({ preset: 'demo' })).toMatchObject({
      binName: 'agentos-demo-server',
      args: ['--host', '127.0.0.1', '--port', '11555'],
      health: { type: 'http', path: '/health', intervalSeconds: 2 },
    })
    expect(definition({ preset: 'ollama', args: { port: 9000 } })).toMatchObject({
      binName: 'ollama',
      args: ['serve'],
      env: { OLLAMA_HOST: '127.0.0.1:9000' },
      host: '127.0.0.1',
      port: 9000,
      health: { type: 'http', path: '/', expectBody: 'Ollama is running' },
    })
    expect(definition({ preset: 'llamacpp', args: { extraArgs: ['-m', '/models/{port}.gguf'] } })).toMatchObject({
      binName: 'llama-server',
      args: ['--host', '127.0.0.1', '--port', '9931', '-m', '/models/9931.gguf'],
      env: { LLAMA_ARG_CORS_ORIGINS: 'localhost' },
      health: { type: 'http', path: '/health' },
      windowsStop: 'ctrl-c',
    })
  })

  it.each(Object.values(presets))('$id listens on this machine only and can be read back by its id', (preset) => {
    const text = definition({ preset: preset.id, binName: 'x', cwd: '/x' })
    expect(text.host).toBe('127.0.0.1')
    expect([...text.args, ...Object.values(text.env)].join()).not.toMatch(/0\.0\.0\.0|\{host\}|\{port\}/)
    expect(presets[preset.id]).toBe(preset)
  })

  it('give way to the entry', () => {
    const own = definition({
      name: 'Mine',
      preset: 'llamacpp',
      binName: '/opt/llama/llama-server',
      env: { LLAMA_ARG_CORS_ORIGINS: '*', LLAMA_API_KEY: '{port}' },
      health: { path: '/v1/models', timeoutSeconds: 9 },
      autoStart: true,
      stop: { graceSeconds: 30 },
    })
    expect(own).toMatchObject({
      name: 'Mine',
      binName: '/opt/llama/llama-server',
      env: { LLAMA_ARG_CORS_ORIGINS: '*', LLAMA_API_KEY: '{port}' },
      health: { ...defaultHealth, type: 'http', path: '/v1/models', timeoutSeconds: 9, unavailable: 'loading' },
      autoStart: true,
      graceSeconds: 30,
    })
  })
})

it('of llama.cpp gets a second signal half-way through the grace period, unless the entry says when', () => {
  const llama = (stop: object) => definition({ preset: 'llamacpp', binName: 'x', stop }).stop?.secondSignalAfterSeconds
  expect(llama({})).toBe(2.5)
  expect(llama({ graceSeconds: 30 })).toBe(15)
  expect(llama({ graceSeconds: 30, secondSignalAfterSeconds: 1 })).toBe(1)
})

describe('a custom program', () => {
  it('is probed by its port if it has one', () => {
    expect(definition({ binName: 'x' })).toMatchObject({ port: null, args: [], health: { type: 'none' }, name: 'a:b' })
    expect(definition({ binName: 'x', args: { port: 1 } })).toMatchObject({ port: 1, health: { type: 'tcp' } })
    expect(definition({ binName: 'x', args: { port: 1 }, health: { path: '/up' } }).health).toMatchObject({
      type: 'http',
      path: '/up',
    })
    expect(definition({ binName: 'x', args: { port: 1 }, health: { type: 'none' } }).health.type).toBe('none')
  })

  it('is followed to a new process only if it has a port to be recognised by', () => {
    expect(definition({ binName: 'x', args: { port: 1 } }).followsRestart).toBe(false)
    expect(definition({ binName: 'x', args: { port: 1 }, followsRestart: true }).followsRestart).toBe(true)
    expect(() => definition({ binName: 'x', followsRestart: true })).toThrow('followsRestart: needs a port')
  })

  it('is stopped as it says, else with SIGTERM', () => {
    expect(definition({ binName: 'x' }).stop).toEqual(defaultStop)
    const stop = { graceSeconds: 10, signal: 'SIGINT', secondSignalAfterSeconds: 4 } as const
    expect(
      definition({ binName: 'x', args: { port: 1 }, stop: { ...stop, command: ['stop', '{port}'] } }).stop,
    ).toEqual({
      signal: 'SIGINT',
      secondSignalAfterSeconds: 4,
      command: ['stop', '1'],
      http: null,
    })
    const http = { path: '/shutdown' }
    expect(definition({ binName: 'x', args: { port: 1 }, stop: { http } }).stop).toMatchObject({
      http: { method: 'POST', path: '/shutdown' },
    })
    expect(() => definition({ binName: 'x', stop: { http } })).toThrow('stop.http: needs a port')
    expect(() => definition({ binName: 'x', args: { port: 1 }, stop: { http, command: ['x'] } })).toThrow('no effect')
    expect(() => definition({ binName: 'x', stop: { secondSignalAfterSeconds: 5 } })).toThrow('less than the grace')
  })

  it('keeps as much of its output as it says', () => {
    const MB = 1024 * 1024
    expect(definition({ binName: 'x' }).log).toEqual({ maxFileBytes: 256 * MB, maxTotalBytes: 1024 * MB })
    expect(definition({ binName: 'x', log: { maxFileMegabytes: 0.5 } }).log?.maxFileBytes).toBe(MB / 2)
    const tooLittle = { maxFileMegabytes: 100, maxTotalMegabytes: 150 }
    expect(() => definition({ binName: 'x', log: tooLittle })).toThrow('log.maxTotalMegabytes: expected at least twice')
  })

  it('takes a working directory that is absolute on its system', () => {
    expect(definition({ binName: 'x', cwd: '/models' }).cwd).toBe('/models')
    expect(definition({ binName: 'x', cwd: 'C:\\models' }, 'win32').cwd).toBe('C:\\models')
    expect(definition({ binName: 'x', cwd: '\\\\nas\\models' }, 'win32').cwd).toBe('\\\\nas\\models')
    expect(() => definition({ binName: 'x', cwd: '\\models' }, 'win32')).toThrow('cwd: expected an absolute path')
    expect(() => definition({ binName: 'x', cwd: 'C:\\models' }, 'linux')).toThrow('cwd: expected an absolute path')
  })
})

it('replaces placeholders and nothing else in braces', () => {
  expect(expandTemplate('{host}:{port} {port} {Host} {"port"}', { host: '127.0.0.1', port: 80 })).toBe(
    '127.0.0.1:80 80 {Host} {"port"}',
  )
  expect(expandTemplate('{host}:{port} {host}', { host: '::1', port: 80 })).toBe('[::1]:80 ::1')
  expect(expandTemplate('{"json": "{port}"}', { host: 'x', port: 1 })).toBe('{"json": "1"}')
})

it.each(['127.0.0.1', 'localhost', 'my-machine.local', '::1', 'fe80::1%eth0', '0.0.0.0', 'a_b'])(
  'accepts the host %s',
  (host) => {
    expect(definition({ preset: 'demo', args: { host } }).host).toBe(host)
  },
)

it.each(['http://x', 'x:80', '[::1]', 'a b', '', 'x/y', '-x', 'ab:80'])('does not accept the host "%s"', (host) => {
  expect(serviceSchema.safeParse({ key: 'a:b', args: { host } }).success).toBe(false)
})

it('finds the nearest name', () => {
  expect(nearest('prot', ['port', 'host'])).toBe('port')
  expect(nearest('bin-name', ['binName'])).toBe('binName')
  expect(nearest('temperature', ['port', 'host'])).toBeUndefined()
  expect(nearest('x'.repeat(1000), ['port'])).toBeUndefined()
})
