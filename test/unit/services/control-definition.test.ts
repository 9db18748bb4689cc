import { describe, expect, it } from 'vitest'
import { serviceSchema } from '../../../src-main/core/service-config.ts'
import { toDefinition } from '../../../src-main/services/definition.ts'
import { presets } from '../../../src-main/services/presets/presets.ts'

const resultOf = (entry: object, table = presets) =>
  toDefinition(serviceSchema.parse({ key: 'lmstudio:main', preset: 'lmstudio', ...entry }), table)

function definition(entry: object = {}, table = presets) {
  const result = resultOf(entry, table)
  if (!result.ok) throw new Error(JSON.stringify(result.problems))
  return result.definition
}

const problemsOf = (entry: object) => {
  const result = resultOf(entry)
  return result.ok ? [] : result.problems.map(({ path, part, message }) => `${path.join('.')} (${part}): ${message}`)
}

describe('a service whose preset is controlled by commands', () => {
  it('has its commands, with the port in them', () => {
    const { args, control, env, port } = definition({ args: { port: 5000, host: '0.0.0.0' } })
    expect(port).toBe(5000)
    expect(control).toEqual({
      start: ['server', 'start', '--port', '5000'],
      status: ['server', 'status', '--json', '--quiet'],
      statusFields: { running: 'running', port: 'port' },
      stop: ['server', 'stop'],
    })
    expect(args).toEqual(control?.start)
    expect(env).toEqual({ LMS_SERVER_HOST: '0.0.0.0' })
  })

  it('gives its own arguments to the start alone', () => {
    const { args, control } = definition({ args: { extraArgs: ['--cors'] } })
    expect(control?.start).toEqual(['server', 'start', '--port', '1234', '--cors'])
    expect(args).toEqual(control?.start)
    expect([...(control?.status ?? []), ...(control?.stop ?? [])]).not.toContain('--cors')
  })

  it('has the address in every command that asks for it', () => {
    const { lmstudio } = presets
    if (lmstudio?.control === undefined) throw new Error('expected a preset with commands')
    const control = { ...lmstudio.control, status: ['status', '{port}'], stop: ['stop', '{host}:{port}'] }
    const table = { ...presets, lmstudio: { ...lmstudio, control } }
    expect(definition({ args: { host: '::1', port: 7 } }, table).control).toMatchObject({
      status: ['status', '7'],
      stop: ['stop', '[::1]:7'],
    })
  })

  it('is the only one', () => {
    expect(Object.hasOwn(definition({ key: 'ollama:main', preset: 'ollama' }), 'control')).toBe(false)
  })

  it.each(['--port', '--port=1', '-p', '--bind'])('does not take the address as an argument: %s', (argument) => {
    expect(problemsOf({ args: { extraArgs: [argument] } })).toEqual([
      expect.stringMatching(/^args\.extraArgs\.0 \(value\): .* comes from "host" and "port"/),
    ])
  })
})

describe('what an entry says about a process', () => {
  it.each([
    [{ stop: { signal: 'SIGINT' } }, 'stop.signal'],
    [{ stop: { secondSignalAfterSeconds: 1 } }, 'stop.secondSignalAfterSeconds'],
    [{ stop: { command: ['x'] } }, 'stop.command'],
    [{ stop: { http: { path: '/x' } } }, 'stop.http'],
    [{ followsRestart: true }, 'followsRestart'],
  ])('is refused where it has no effect: %j', (entry, place) => {
    expect(problemsOf(entry)).toEqual([
      expect.stringContaining(`${place} (key): has no effect with the preset "lmstudio"`),
    ])
    // Elsewhere it has.
    expect(resultOf({ ...entry, key: 'ollama:main', preset: 'ollama' }).ok).toBe(true)
  })

  it.each([
    [{ type: 'none' }, 'health.type (value)'],
    [{ type: 'log', logText: 'ready' }, 'health.type (value)'],
    [{ logText: 'ready' }, 'health (key)'],
    [{ readiness: { type: 'log', logText: 'ready' } }, 'health.readiness (key)'],
  ])('is refused where it would leave nobody to see its end: %j', (health, place) => {
    expect(problemsOf({ health })).toEqual([expect.stringContaining(`${place}: expected a probe of the type "http"`)])
  })

  it('counts where it concerns the port, and for how long a stop is waited for', () => {
    expect(problemsOf({ health: { type: 'tcp' }, stop: { graceSeconds: 20 }, followsRestart: false })).toEqual([])
    expect(problemsOf({ health: { path: '/v1/models' } })).toEqual([])
    expect(problemsOf({ health: { command: ['/usr/bin/true'] } })).toEqual([])
  })
})
