import { describe, expect, it } from 'vitest'
import {
  judgeEnd,
  needsStop,
  readServerStatus,
  type ServerStatus,
  type Sighting,
  sightingOf,
  whereabouts,
} from '../../../src-main/core/command-control.ts'

const fields = { running: 'running', port: 'port' }
const PORT = 1234
const here: ServerStatus = { running: true, port: PORT }
const unsaid: ServerStatus = { running: true, port: null }
const elsewhere: ServerStatus = { running: true, port: 5000 }
const off: ServerStatus = { running: false, port: PORT }
const sightings: readonly Sighting[] = ['itself', 'somebody', 'other', 'silent', 'nobody']

describe('a status', () => {
  it.each([
    ['{"running":true,"port":1234}', here],
    ['{"running":true,"port":1234}\n', here],
    ['Checking...\n{"running":false,"port":1234}\nBye\n', off],
    ['{\n  "running": true,\n  "port": 1234\n}', here],
    // As lms says where no server ever ran.
    ['{"running":false}', { running: false, port: null }],
    ['{"running":true,"port":"1234"}', unsaid],
    ['{"running":"yes"}', null],
    ['{"running":true', null],
    ['The server is running on port 1234.', null],
    ['[true]', null],
    ['', null],
  ])('%j is read as %j', (text, status) => {
    expect(readServerStatus(text, fields)).toEqual(status)
  })

  it('is read by the fields that the preset names, and by nothing inherited', () => {
    expect(readServerStatus('{"up":true,"at":1}', { running: 'up', port: 'at' })).toEqual({ running: true, port: 1 })
    expect(readServerStatus('{"running":true}', { running: 'running', port: 'constructor' })).toEqual(unsaid)
  })
})

it.each([
  [{ outcome: 'unreachable' }, 'nobody'],
  [{ outcome: 'ok', who: 'itself' }, 'itself'],
  [{ outcome: 'ok', who: 'somebody' }, 'somebody'],
  [{ outcome: 'loading', who: 'somebody' }, 'somebody'],
  [{ outcome: 'failed', who: 'other' }, 'other'],
  // By TCP.
  [{ outcome: 'ok' }, 'somebody'],
  [{ outcome: 'failed' }, 'silent'],
] as const)('a probe that says %j met %s', (result, sighting) => {
  expect(sightingOf({ detail: '', ...result })).toBe(sighting)
})

describe('where a server is', () => {
  const cases: readonly (readonly [string, ServerStatus | null, readonly Sighting[]])[] = [
    ['nothing is known', null, ['itself']],
    ['it runs here', here, ['itself', 'somebody', 'silent']],
    ['it runs', unsaid, ['itself', 'somebody', 'silent']],
    ['it runs elsewhere', elsewhere, ['itself']],
    ['it does not run', off, ['itself']],
  ]
  it.each(cases)('is here, where the status says that %s, for the right ones', (_says, status, right) => {
    expect(sightings.filter((sighting) => whereabouts(sighting, status, PORT) === 'here')).toEqual(right)
  })

  it('is elsewhere only if its status says so', () => {
    for (const [, status] of cases) {
      const expected = status === elsewhere ? 'elsewhere' : 'absent'
      expect(whereabouts('nobody', status, PORT)).toBe(expected)
      expect(whereabouts('other', status, PORT)).toBe(expected)
    }
  })
})

describe('a server whose port is dead', () => {
  it.each([off, elsewhere])('was stopped, where its status says %j', (status) => {
    expect(judgeEnd(status, PORT, 0)).toBe('stopped')
  })

  it.each([null, here, unsaid])('is believed to be gone in the end, where its status says %j', (status) => {
    expect([0, 1, 2, 3].map((doubts) => judgeEnd(status, PORT, doubts))).toEqual([
      'in-doubt',
      'in-doubt',
      'crashed',
      'crashed',
    ])
  })
})

describe('the stop command', () => {
  const needed = (status: ServerStatus | null, wasReady: boolean) =>
    sightings.filter((sighting) => needsStop(sighting, status, PORT, wasReady))

  it('is run for whoever may be the server', () => {
    expect(needed(off, true)).toEqual(['itself', 'somebody', 'silent'])
    expect(needed(null, true)).toEqual(['itself', 'somebody', 'silent'])
  })

  it('is run for a server that may not listen yet', () => {
    expect(needed(off, false)).toEqual(['itself', 'somebody', 'silent', 'nobody'])
  })

  it('is run whatever the port says, if the status says that it is here', () => {
    expect(needed(here, true)).toEqual(sightings)
    expect(needed(unsaid, true)).toEqual(sightings)
  })

  it('never stops one that runs on another port', () => {
    expect(needed(elsewhere, true)).toEqual(['itself'])
    expect(needed(elsewhere, false)).toEqual(['itself'])
  })
})
