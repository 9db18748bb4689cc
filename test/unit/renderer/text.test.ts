import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  canRestart,
  canStart,
  canStop,
  lookOf,
  matchesFilter,
  stateText,
  tallies,
  whyNoStart,
} from '../../../src-renderer/features/services/service-text.ts'
import { formatBytes, formatCount, formatDuration, formatPercent } from '../../../src-renderer/ui/format.ts'
import { makeView } from './service-view.ts'

describe('numbers', () => {
  it.each([
    [-5000, '0s'],
    [42_900, '42s'],
    [187_000, '3m 07s'],
    [7_500_000, '2h 05m'],
    [356_400_000, '4d 3h'],
  ])('%d ms are "%s"', (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text)
  })

  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.0 KB'],
    [4 * 1024 * 1024, '4.0 MB'],
    [17.4 * 1024 ** 3, '17 GB'],
    [1024 ** 2 - 1, '1.0 MB'],
  ])('%d bytes are "%s"', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text)
  })

  it('of bytes never take more than four digits', () => {
    const sizes = fc.integer({ min: 0, max: 2 ** 45 })
    fc.assert(fc.property(sizes, (bytes) => /^(\d{1,4}|\d\.\d) [KMGT]?B$/.test(formatBytes(bytes))))
  })

  it('of CPU and lines are short and grouped', () => {
    expect([formatPercent(0), formatPercent(3.44), formatPercent(9.97), formatPercent(250.3)]).toEqual([
      '0.0 %',
      '3.4 %',
      '10 %',
      '250 %',
    ])
    expect(formatCount(1_234_567)).toBe('1,234,567')
  })
})

describe('a service', () => {
  it.each([
    { view: makeView(), state: 'stopped', look: 'stopped' },
    { view: makeView({ status: 'starting' }), state: 'starting', look: 'busy' },
    { view: makeView({ status: 'running' }), state: 'running', look: 'unproven' },
    { view: makeView({ status: 'running', health: 'ok' }), state: 'running, ok', look: 'ok' },
    { view: makeView({ status: 'running', health: 'loading' }), state: 'running, loading', look: 'busy' },
    { view: makeView({ status: 'running', health: 'failing' }), state: 'running, failing', look: 'failing' },
    { view: makeView({ status: 'external', health: 'ok' }), state: 'external, ok', look: 'external' },
    { view: makeView({ status: 'failed' }), state: 'failed', look: 'failed' },
  ])('that is $state says so, and looks like it', ({ view, state, look }) => {
    expect([stateText(view), lookOf(view)]).toEqual([state, look])
  })

  it.each([
    { status: 'stopped', may: 'start' },
    { status: 'starting', may: 'stop restart' },
    { status: 'running', may: 'stop restart' },
    { status: 'stopping', may: '' },
    { status: 'backoff', may: 'start stop restart' },
    { status: 'failed', may: 'start' },
    { status: 'external', may: '' },
  ] as const)('that is $status offers "$may"', ({ status, may }) => {
    const offers = (removed: boolean) => {
      const view = makeView({ status, removed })
      return [canStart(view) && 'start', canStop(view) && 'stop', canRestart(view) && 'restart']
        .filter((one) => one !== false)
        .join(' ')
    }
    expect(offers(false)).toBe(may)
    expect(offers(true)).toBe(may.includes('stop') ? 'stop' : '')
  })

  it('says why it cannot be started where that is not plain to see', () => {
    const external = makeView({ status: 'external', port: 11434, holderName: 'ollama', pid: 7 })
    expect(whyNoStart(external)).toBe('port 11434 is held by ollama (pid 7)')
    expect(whyNoStart(makeView({ removed: true }))).toBe('it is gone from services.json')
    expect([whyNoStart(makeView()), whyNoStart(makeView({ status: 'running' }))]).toEqual([null, null])
  })

  it('counts once', () => {
    const views = [
      makeView({ status: 'running', health: 'ok' }),
      makeView({ status: 'external' }),
      makeView({ status: 'running', health: 'loading' }),
      makeView({ status: 'backoff' }),
      makeView({ status: 'running', health: 'failing' }),
      makeView(),
    ]
    expect(tallies(views)).toEqual([
      { tally: 'running', count: 2 },
      { tally: 'starting', count: 1 },
      { tally: 'failing', count: 2 },
    ])
  })

  it('is found by words of its name, key, port and state, in any order', () => {
    const view = makeView({ name: 'Qwen 3', key: 'llamacpp:qwen', port: 8080, status: 'running', health: 'ok' })
    for (const filter of ['qwen', '8080 LLAMA', 'running 3', '']) expect(matchesFilter(view, filter)).toBe(true)
    expect(matchesFilter(view, 'qwen stopped')).toBe(false)
  })
})
