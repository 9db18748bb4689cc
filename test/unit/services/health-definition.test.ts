import { describe, expect, it } from 'vitest'
import { defaultHealth, type HealthEntry } from '../../../src-main/core/health-config.ts'
import { healthFor } from '../../../src-main/services/health-definition.ts'
import { parseServices } from '../../../src-main/services/parse-services.ts'
import { ollama } from '../../../src-main/services/presets/ollama.ts'
import { presets } from '../../../src-main/services/presets/presets.ts'

const address = { host: '127.0.0.1', port: 80 }

describe('the health of an entry over that of its preset', () => {
  it('takes what the preset asks for as a whole, or not at all', () => {
    const times = healthFor({ intervalSeconds: 9 }, ollama.health, address)
    expect(times).toMatchObject({ path: '/', expectBody: 'Ollama is running', intervalSeconds: 9 })
    expect(healthFor({ path: '/api/tags' }, ollama.health, address)).toMatchObject({
      type: 'http',
      path: '/api/tags',
      expectBody: null,
    })
    expect(healthFor({ type: 'tcp' }, ollama.health, address)).toEqual({ ...defaultHealth, type: 'tcp' })
  })

  it('rests only from an interval that nobody gave', () => {
    const intervals = (entry: HealthEntry, preset: HealthEntry) => {
      const { intervalSeconds, unwatchedIntervalSeconds } = healthFor(entry, preset, address)
      return [intervalSeconds, unwatchedIntervalSeconds]
    }
    expect(intervals({}, {})).toEqual([10, 30])
    expect(intervals({}, { intervalSeconds: 2 })).toEqual([2, 30])
    expect(intervals({}, { intervalSeconds: 45 })).toEqual([45, 45])
    expect(intervals({ intervalSeconds: 10 }, { intervalSeconds: 2 })).toEqual([10, 10])
  })

  it('knows the type by what is asked for', () => {
    expect(healthFor({ path: '/up' }, {}, address).type).toBe('http')
    expect(healthFor({ expectBody: 'yes' }, {}, address)).toMatchObject({ type: 'http', path: '/' })
    expect(healthFor({ command: ['x', '{host}:{port}'] }, {}, address)).toMatchObject({
      type: 'command',
      command: ['x', '127.0.0.1:80'],
    })
    expect(healthFor({ logPattern: 'a+' }, {}, address)).toMatchObject({ type: 'log', logPattern: 'a+' })
    expect(healthFor({}, {}, address).type).toBe('tcp')
    expect(healthFor({}, {}, { ...address, port: null }).type).toBe('none')
  })

  it('gives the probe for readiness the same times, and nothing else of the other one', () => {
    const entry = { path: '/up', intervalSeconds: 7, readiness: { logText: 'ready', timeoutSeconds: 1 } }
    expect(healthFor(entry, {}, address).readiness).toEqual({
      type: 'log',
      path: '/',
      expectBody: null,
      command: null,
      logText: 'ready',
      logPattern: null,
      intervalSeconds: 7,
      timeoutSeconds: 1,
      successThreshold: 1,
    })
  })
})

/** Problems of a service with this health, as `column message`; it begins at column 56. */
function problems(health: string, port = '"port": 80'): string[] {
  const text = `{"version": 1, "services": [{"key": "a:b", "health": ${health}, "binName": "x", "args": {${port}}}]}`
  const parsed = parseServices(text, 'services.json', presets)
  return parsed.ok
    ? []
    : parsed.problems.map(({ column, message }) => `${column} ${message.replace('services[0].', '')}`)
}

describe('a health that is wrong', () => {
  it.each([
    ['{"type": "http", "path": "/health"}', []],
    ['{"logPattern": "^ready( in \\\\d+ ms)?$", "onFailure": "restart"}', []],
    ['{"type": "grpc"}', ['63 health.type: expected one of "http", "tcp", "command", "log" or "none", got "grpc"']],
    [
      '{"type": "tcp", "expectBody": "x"}',
      ['70 health.expectBody: has no effect with "type": "tcp"; remove it, or use "type": "http"'],
    ],
    ['{"type": "log"}', ['54 health.logText: is missing; a probe of type "log" needs "logText" or "logPattern"']],
    [
      '{"logText": "a", "logPattern": "a"}',
      ['71 health.logPattern: has no effect beside "logText"; remove one of the two'],
    ],
    ['{"logPattern": "(a"}', ['69 health.logPattern: must be a regular expression of JavaScript, got "(a"']],
    [
      '{"command": []}',
      [
        '66 health.command: expected the program to run and its arguments, each a text of its own, for example ["pg_isready"]',
      ],
    ],
    [
      '{"command": "pg_isready"}',
      ['66 health.command: expected a list in [ ] of texts in double quotes, got "pg_isready"'],
    ],
    ['{"onFailure": "Restart"}', ['68 health.onFailure: expected one of "none" or "restart", got "Restart"']],
    ['{"failureTreshold": 2}', ['55 health.failureTreshold: unknown key; did you mean "failureThreshold"?']],
    ['{"readiness": {"logTex": "x"}}', ['69 health.readiness.logTex: unknown key; did you mean "logText"?']],
    [
      '{"readiness": {"startGraceSeconds": 1}}',
      [expect.stringMatching(/^69 health\.readiness\.startGraceSeconds: unknown key/)],
    ],
    [
      '{"readiness": {"type": "log"}}',
      ['68 health.readiness.logText: is missing; a probe of type "log" needs "logText" or "logPattern"'],
    ],
  ])('%s is told with its place', (health, expected) => {
    expect(problems(health)).toEqual(expected)
  })

  it('misses its port', () => {
    expect(problems('{"path": "/up"}', '')).toEqual([
      '63 health.path: a probe of type "http" needs a port; add "port" to "args", or use "type": "none"',
    ])
    expect(problems('{"command": ["ask", "{port}"]}', '')).toEqual([
      '66 health.command: {port} is used, but the service has no port; add "port" to "args"',
    ])
    expect(problems('{"command": ["ask"]}', '')).toEqual([])
  })
})
