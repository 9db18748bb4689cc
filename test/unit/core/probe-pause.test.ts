import { describe, expect, it } from 'vitest'
import { initialHealth } from '../../../src-main/core/health.ts'
import { defaultHealth } from '../../../src-main/core/health-config.ts'
import { probePauseMs } from '../../../src-main/core/probe-pause.ts'
import { makeService } from '../../support/service-definition.ts'

const service = (health: object) => makeService({ port: 1, health: { ...defaultHealth, type: 'tcp', ...health } })
const every30 = service({ intervalSeconds: 30 })
const watched = { isExternal: false, isWatched: true }
const ok = { ...initialHealth(every30, 0), health: 'ok', isReady: true, streak: { of: 'ok', count: 0 } } as const

describe('the pause between two probes', () => {
  it('is the interval while all is well', () => {
    expect(probePauseMs(every30, ok, watched)).toBe(30_000)
  })

  it('is longer while all is well and nobody looks', () => {
    const unwatched = { ...watched, isWatched: false }
    const usual = service({ intervalSeconds: 10, unwatchedIntervalSeconds: 40 })
    expect(probePauseMs(usual, ok, unwatched)).toBe(40_000)
    expect(probePauseMs(usual, ok, watched)).toBe(10_000)
    expect(probePauseMs(usual, { ...ok, failures: 1 }, unwatched)).toBe(2_000)
    expect(probePauseMs(usual, { ...ok, health: 'loading' }, unwatched)).toBe(500)
  })

  it('is short while a service loads or recovers, since people watch it', () => {
    expect(probePauseMs(every30, initialHealth(every30, 0), watched)).toBe(500)
    expect(probePauseMs(every30, { ...ok, health: 'loading' }, watched)).toBe(500)
    expect(probePauseMs(every30, { ...ok, health: 'failing', streak: { of: 'ok', count: 1 } }, watched)).toBe(500)
    expect(probePauseMs(every30, { ...ok, health: 'failing', streak: { of: 'failing', count: 9 } }, watched)).toBe(
      30_000,
    )
  })

  it('is short after a bad answer of one that was ok, so that trouble is known soon', () => {
    expect(probePauseMs(every30, { ...ok, failures: 1, streak: { of: 'failing', count: 1 } }, watched)).toBe(2_000)
    expect(probePauseMs(service({ intervalSeconds: 1 }), { ...ok, failures: 2 }, watched)).toBe(1_000)
  })

  it('is what a command says, always: each costs a process', () => {
    const command = service({ type: 'command', command: ['check'], intervalSeconds: 30 })
    expect(probePauseMs(command, { ...ok, failures: 1 }, watched)).toBe(30_000)
    expect(probePauseMs(command, initialHealth(command, 0), watched)).toBe(30_000)
  })
})
