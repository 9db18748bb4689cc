import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  applyProbe,
  dueProbe,
  type HealthState,
  initialHealth,
  isProbed,
  type ProbeResult,
} from '../../../src-main/core/health.ts'
import { defaultHealth, type HealthConfig } from '../../../src-main/core/health-config.ts'
import { makeService } from '../../support/service-definition.ts'

const config: HealthConfig = { ...defaultHealth, startGraceSeconds: 60, failureThreshold: 3 }
const START = 1000
const at = (seconds: number) => START + seconds * 1000
const fresh: HealthState = initialHealth(makeService({ port: 8080 }), START)

/** Health after each of these probes, one a second from `from` on. */
function healthAfter(
  outcomes: readonly ProbeResult['outcome'][],
  { from = 1, state = fresh, settings = config }: { from?: number; state?: HealthState; settings?: HealthConfig } = {},
): string[] {
  let current = state
  return outcomes.map((outcome, index) => {
    current = applyProbe(current, { outcome, detail: outcome }, settings, at(from + index))
    return current.health
  })
}

describe('the health of a service that starts', () => {
  it('is loading whatever the probes say, until the grace is over', () => {
    expect(healthAfter(['unreachable', 'failed', 'loading', 'failed'])).toEqual(Array(4).fill('loading'))
  })

  it('is failing once enough probes failed after the grace', () => {
    const expected = ['loading', 'loading', 'loading', 'loading', 'failing']
    expect(healthAfter(['unreachable', 'failed', 'failed', 'failed', 'failed'], { from: 58 })).toEqual(expected)
  })

  it('is still loading after the grace if the server itself says so', () => {
    expect(healthAfter(['loading'], { from: 1000 })).toEqual(['loading'])
  })

  it('is ok at the first good answer, or at as many as it asks for', () => {
    expect(healthAfter(['unreachable', 'loading', 'ok'])).toEqual(['loading', 'loading', 'ok'])
    const readiness = { ...defaultHealth, successThreshold: 2 }
    expect(healthAfter(['ok', 'loading', 'ok', 'ok'], { settings: { ...config, readiness } })).toEqual([
      'loading',
      'loading',
      'loading',
      'ok',
    ])
  })

  it('is ok at the first good answer also after it failed to start in time', () => {
    expect(healthAfter(['failed', 'failed', 'failed', 'ok'], { from: 60 }).slice(-2)).toEqual(['failing', 'ok'])
  })
})

const ok = applyProbe(fresh, { outcome: 'ok', detail: 'HTTP 200' }, config, START)
const failing = Array(3)
  .fill({ outcome: 'failed', detail: 'HTTP 500' })
  .reduce<HealthState>((state, result) => applyProbe(state, result, config, START), ok)

describe('the health of a service that was ok', () => {
  it('fails only after so many failed probes in a row', () => {
    expect(healthAfter(['failed', 'unreachable', 'failed', 'failed'], { state: ok })).toEqual([
      'ok',
      'ok',
      'failing',
      'failing',
    ])
  })

  it('forgets failures at a good answer', () => {
    expect(healthAfter(['failed', 'failed', 'ok', 'failed', 'failed'], { state: ok })).toEqual(Array(5).fill('ok'))
  })

  it('recovers after so many good answers in a row', () => {
    expect(healthAfter(['ok', 'failed', 'ok', 'ok'], { state: failing, from: 999 })).toEqual([
      'failing',
      'failing',
      'failing',
      'ok',
    ])
  })

  it('takes "unavailable" for a failure, or for loading where its preset says so', () => {
    const answers = Array<ProbeResult['outcome']>(3).fill('loading')
    expect(healthAfter(answers, { state: ok })).toEqual(['ok', 'ok', 'failing'])
    const settings = { ...config, unavailable: 'loading' } as const
    expect(healthAfter(answers, { state: ok, settings })).toEqual(['ok', 'ok', 'loading'])
    expect(healthAfter(['loading', 'failed', 'loading'], { state: ok, settings })).toEqual(['ok', 'ok', 'loading'])
  })

  it('keeps what the last probe said, and since when it is what it is', () => {
    const state = applyProbe(ok, { outcome: 'failed', detail: 'HTTP 500' }, config, at(9))
    expect(state).toMatchObject({ health: 'ok', detail: 'HTTP 500', failures: 1, since: START, changedAt: START })
    const later = applyProbe(failing, { outcome: 'failed', detail: 'HTTP 500' }, config, at(9))
    expect(later).toBe(failing)
  })

  it('is the same state after the same answer, so that a steady service tells nothing', () => {
    expect(applyProbe(ok, { outcome: 'ok', detail: 'HTTP 200' }, config, at(9))).toBe(ok)
  })
})

describe('whatever the probes answer', () => {
  const outcome = fc.constantFrom<ProbeResult['outcome']>('ok', 'loading', 'failed', 'unreachable')
  const settings = fc.record({
    failureThreshold: fc.integer({ min: 1, max: 5 }),
    successThreshold: fc.integer({ min: 1, max: 5 }),
    unavailable: fc.constantFrom('loading' as const, 'failing' as const),
  })

  it('a service that was ok changes only after as many other answers in a row as its thresholds say', () => {
    fc.assert(
      fc.property(fc.array(outcome, { maxLength: 80, size: 'max' }), settings, (outcomes, thresholds) => {
        const { failureThreshold, successThreshold } = thresholds
        let last = 'ok'
        healthAfter(outcomes, { state: ok, settings: { ...config, ...thresholds } }).forEach((health, index) => {
          const before = last
          last = health
          if (health === before) return
          const needed = health === 'ok' ? successThreshold : failureThreshold
          const answers = outcomes.slice(index + 1 - needed, index + 1)
          expect(answers).toHaveLength(needed)
          expect(answers.every((answer) => (answer === 'ok') === (health === 'ok'))).toBe(true)
        })
      }),
    )
  })

  it('comes to rest where it belongs once the answers stay the same', () => {
    fc.assert(
      fc.property(fc.array(outcome), outcome, settings, (outcomes, last, thresholds) => {
        const all = [...outcomes, ...Array<ProbeResult['outcome']>(5).fill(last)]
        const health = healthAfter(all, { state: ok, settings: { ...config, ...thresholds }, from: 60 }).at(-1)
        expect(health).toBe(last === 'ok' ? 'ok' : last === 'loading' ? thresholds.unavailable : 'failing')
      }),
    )
  })
})

describe('which probe is due', () => {
  const readiness = { ...defaultHealth, type: 'log', logText: 'ready' } as const

  it('is that for readiness until the service was ok once', () => {
    const service = makeService({ port: 8080, health: { type: 'http', readiness } })
    expect(dueProbe(service, false)).toBe(readiness)
    expect(dueProbe(service, true)).toMatchObject({ type: 'http' })
  })

  it('is none after the start if only that is watched', () => {
    const service = makeService({ health: { type: 'none', readiness } })
    expect(isProbed(service)).toBe(true)
    expect(dueProbe(service, true)).toBeNull()
  })

  it('is the port where the output is not ours to read', () => {
    const service = makeService({ port: 8080, health: { type: 'log', logText: 'ready' } })
    expect(dueProbe(service, false, true)).toMatchObject({ type: 'tcp' })
  })
})

describe('a service that is not probed', () => {
  it('is ok from the start: without a port, or with probes turned off', () => {
    const withPort = makeService({ port: 8080 })
    expect(isProbed(withPort)).toBe(true)
    expect(initialHealth(withPort, START)).toEqual(fresh)
    for (const service of [makeService(), makeService({ port: 8080, health: { type: 'none' } })]) {
      expect(isProbed(service)).toBe(false)
      expect(initialHealth(service, START).health).toBe('ok')
    }
  })
})
