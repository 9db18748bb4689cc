import { describe, expect, it } from 'vitest'
import {
  applyProbe,
  type HealthState,
  initialHealth,
  isProbed,
  type ProbeResult,
} from '../../../src-main/core/health.ts'
import { defaultHealth } from '../../../src-main/core/service-config.ts'
import { makeService } from '../../support/service-definition.ts'

const config = { ...defaultHealth, startGraceSeconds: 60, failureThreshold: 3 }
const START = 1000
const after = (seconds: number) => START + seconds * 1000
const fresh: HealthState = { health: 'unknown', detail: null, failures: 0, since: START }

/** Health after each of these probes, one a second from `from` on. */
function healthAfter(outcomes: readonly ProbeResult['outcome'][], { from = 1, state = fresh } = {}): string[] {
  let current = state
  return outcomes.map((outcome, index) => {
    current = applyProbe(current, { outcome, detail: outcome }, config, after(from + index))
    return current.health
  })
}

describe('the health of a service that starts', () => {
  it('is loading whatever the probes say, until the grace is over', () => {
    expect(healthAfter(['unreachable', 'failed', 'loading', 'failed'])).toEqual(Array(4).fill('loading'))
    expect(healthAfter(['unreachable', 'failed'], { from: 59 })).toEqual(['loading', 'failing'])
  })

  it('is failing at the first failed probe after the grace', () => {
    expect(healthAfter(['unreachable'], { from: 60 })).toEqual(['failing'])
    expect(healthAfter(['unreachable'], { from: 59.999 })).toEqual(['loading'])
  })

  it('is still loading after the grace if the server itself says so', () => {
    expect(healthAfter(['loading'], { from: 1000 })).toEqual(['loading'])
  })

  it('is ok at the first good answer', () => {
    expect(healthAfter(['unreachable', 'loading', 'ok'])).toEqual(['loading', 'loading', 'ok'])
  })
})

describe('the health of a service that was ok', () => {
  const ok: HealthState = { ...fresh, health: 'ok' }

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

  it('recovers from failing at once, or by loading again', () => {
    const failing: HealthState = { ...fresh, health: 'failing', failures: 5 }
    expect(healthAfter(['ok', 'failed'], { state: failing, from: 999 })).toEqual(['ok', 'ok'])
    expect(healthAfter(['failed', 'loading'], { state: failing, from: 999 })).toEqual(['failing', 'loading'])
  })

  it('keeps what the last probe said', () => {
    const state = applyProbe(ok, { outcome: 'failed', detail: 'HTTP 500' }, config, START)
    expect(state).toEqual({ health: 'ok', detail: 'HTTP 500', failures: 1, since: START })
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
