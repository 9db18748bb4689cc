import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backoffDelayMs, decideRestart } from '../../../src-main/core/restart.ts'
import type { RestartConfig } from '../../../src-main/core/service-config.ts'
import { exitWith } from '../../support/decision.ts'
import { makeService } from '../../support/service-definition.ts'

const { restart: defaults } = makeService()

const config: fc.Arbitrary<RestartConfig> = fc.record({
  policy: fc.constantFrom('no' as const, 'on-failure' as const, 'always' as const),
  maxRetries: fc.nat(20),
  initialDelaySeconds: fc.double({ min: 0, max: 100, noNaN: true }),
  maxDelaySeconds: fc.double({ min: 0, max: 1000, noNaN: true }),
  stableAfterSeconds: fc.nat(100),
})
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

describe('the delay before a restart', () => {
  it('is a whole number of milliseconds, never above the cap, never below four fifths of the full delay', () => {
    fc.assert(
      fc.property(config, fc.nat(2000), random, (restart, restarts, chance) => {
        const full = backoffDelayMs(restart, restarts, 0)
        const delay = backoffDelayMs(restart, restarts, chance)
        expect(Number.isSafeInteger(delay)).toBe(true)
        expect(full).toBeLessThanOrEqual(Math.round(restart.maxDelaySeconds * 1000))
        expect(delay).toBeLessThanOrEqual(full)
        expect(delay).toBeGreaterThanOrEqual(Math.floor(full * 0.8))
        expect(backoffDelayMs(restart, restarts + 1, 0)).toBeGreaterThanOrEqual(full)
      }),
    )
  })
})

describe('decideRestart', () => {
  const ask = (restart: Partial<RestartConfig>, code: number, restarts = 0, ranMs = 0) =>
    decideRestart({ config: { ...defaults, ...restart }, exit: exitWith(code), ranMs, restarts, random: 0 })

  it('allows exactly maxRetries restarts in a row', () => {
    const allowed = Array.from(
      { length: 5 },
      (_, restarts) => ask({ policy: 'always', maxRetries: 3 }, 1, restarts).kind,
    )
    expect(allowed).toEqual(['restart', 'restart', 'restart', 'give-up', 'give-up'])
    expect(ask({ policy: 'always', maxRetries: 0 }, 1).kind).toBe('give-up')
  })

  it('counts clean ends of an always-restarted service too', () => {
    expect(ask({ policy: 'always', maxRetries: 3 }, 0, 3).kind).toBe('give-up')
  })

  it('begins again after a run that was long enough', () => {
    const restart = { policy: 'always', maxRetries: 3, stableAfterSeconds: 10 } as const
    expect(ask(restart, 1, 3, 10_000)).toEqual({ kind: 'restart', delayMs: 1000, restarts: 1 })
    expect(ask(restart, 1, 3, 9_999).kind).toBe('give-up')
  })
})
