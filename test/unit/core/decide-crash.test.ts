import { describe, expect, it } from 'vitest'
import type { ServiceState } from '../../../src-main/core/state.ts'
import { brief, type ContextOverrides, exitWith, holder, instance, NOW, states, step } from '../../support/decision.ts'

type Restart = NonNullable<NonNullable<ContextOverrides['service']>['restart']>

/** A running service ends by itself, and what it left behind is swept: what then? */
function crash(restart: Restart, exit = exitWith(1), from: ServiceState = states.running, random = 0) {
  const exited = step(from, { type: 'exited', runId: 'run', exit })
  const swept = step(
    exited.state,
    { type: 'tree-ended', runId: 'run', survivors: null },
    { service: { restart }, random },
  )
  return { exited, swept }
}

describe('a service that ends by itself', () => {
  it('is swept before its restart policy is asked', () => {
    const { exited } = crash({ policy: 'always' })
    expect(exited.state).toMatchObject({ status: 'stopping', lastExit: exitWith(1) })
    expect(brief(exited.effects)).toEqual(['stop-probing', 'end-tree'])
  })

  const ends = [
    { how: 'cleanly', exit: exitWith(0), no: 'stopped', onFailure: 'stopped', always: 'backoff' },
    { how: 'with an exit code', exit: exitWith(3), no: 'failed', onFailure: 'backoff', always: 'backoff' },
    { how: 'by a signal', exit: exitWith(null, 'SIGTERM'), no: 'failed', onFailure: 'backoff', always: 'backoff' },
    { how: 'unseen', exit: exitWith(null), no: 'failed', onFailure: 'backoff', always: 'backoff' },
  ]
  it.each(ends)('$how is treated as its policy says', ({ exit, no, onFailure, always }) => {
    expect(crash({ policy: 'no' }, exit).swept.state.status).toBe(no)
    expect(crash({ policy: 'on-failure' }, exit).swept.state.status).toBe(onFailure)
    expect(crash({ policy: 'always' }, exit).swept.state.status).toBe(always)
  })

  it('is not restarted if something of it survived the sweep', () => {
    const exited = step(states.running, { type: 'exited', runId: 'run', exit: exitWith(1) })
    const ended = { type: 'tree-ended', runId: 'run', survivors: 'worker (1)' } as const
    const { state } = step(exited.state, ended, { service: { restart: { policy: 'always' } } })
    expect(state).toMatchObject({ status: 'failed', failure: { code: 'survived' } })
  })

  it('and fails says how it ended', () => {
    expect(crash({ policy: 'no' }, exitWith(7)).swept.state).toMatchObject({
      status: 'failed',
      failure: { code: 'crashed', message: 'It ended by itself with exit code 7.' },
      lastExit: exitWith(7),
    })
  })

  it('and fails or waits says what it said last', () => {
    const lastWords = ['CUDA error: out of memory']
    const exited = step(states.running, { type: 'exited', runId: 'run', exit: exitWith(1) })
    const ended = { type: 'tree-ended', runId: 'run', survivors: null, lastWords } as const
    for (const restart of [{ policy: 'no' }, { policy: 'always' }, { policy: 'always', maxRetries: 0 }] as const) {
      const { state } = step(exited.state, ended, { service: { restart } })
      expect(state).toMatchObject({ failure: { details: lastWords } })
    }
  })

  it('is not restarted if a person stopped it meanwhile', () => {
    const { exited } = crash({ policy: 'always' })
    const stopped = step(exited.state, { type: 'stop-requested', force: false })
    const ended = { type: 'tree-ended', runId: 'run', survivors: null } as const
    const { state, effects } = step(stopped.state, ended, { service: { restart: { policy: 'always' } } })
    expect(state).toEqual({ status: 'stopped', lastExit: exitWith(1) })
    expect(brief(effects)).toEqual(['answer stop ok'])
  })

  it('is started at once if a person asked for it meanwhile, whatever the policy', () => {
    const { exited } = crash({ policy: 'no' })
    const asked = step(exited.state, { type: 'start-requested', checkPort: true })
    const { state } = step(asked.state, { type: 'tree-ended', runId: 'run', survivors: null })
    expect(state).toMatchObject({ status: 'starting', restarts: 0 })
  })
})

describe('the delay before a restart', () => {
  it('is announced, and the next start follows it', () => {
    const { swept } = crash({ policy: 'always', initialDelaySeconds: 2 })
    expect(swept.state).toMatchObject({ status: 'backoff', retryAt: NOW + 2000, restarts: 1 })
    expect(swept.effects).toContainEqual({ type: 'set-backoff-timer', delayMs: 2000 })
    const { state, effects } = step(swept.state, { type: 'backoff-over' })
    expect(state).toMatchObject({ status: 'starting', restarts: 1 })
    expect(brief(effects)).toEqual(['launch'])
  })

  it('doubles with each restart in a row, up to the cap', () => {
    const delays = [0, 1, 2, 3, 4, 5].map((restarts) => {
      const from = { ...states.running, restarts }
      const { state } = crash(
        { policy: 'always', initialDelaySeconds: 1, maxDelaySeconds: 10 },
        exitWith(1),
        from,
      ).swept
      return state.status === 'backoff' ? state.retryAt - NOW : state.status
    })
    expect(delays).toEqual([1000, 2000, 4000, 8000, 10_000, 10_000])
  })

  it('is up to a fifth shorter by chance', () => {
    const { state } = crash({ policy: 'always', initialDelaySeconds: 10 }, exitWith(1), states.running, 0.5).swept
    expect(state).toMatchObject({ retryAt: NOW + 9000 })
  })

  it('of zero starts it at once', () => {
    const { state, effects } = crash({ policy: 'always', initialDelaySeconds: 0 }).swept
    expect(state).toMatchObject({ status: 'starting', restarts: 1, lastExit: exitWith(1) })
    expect(brief(effects)).toEqual(['answer stop ok', 'launch'])
  })
})

describe('a crash loop', () => {
  it('gives up after as many restarts as allowed, and says how often it ended', () => {
    const from = { ...states.running, restarts: 3 }
    const { state, effects } = crash({ policy: 'always', maxRetries: 3 }, exitWith(9), from).swept
    expect(state).toMatchObject({ status: 'failed', failure: { code: 'crash-loop' } })
    expect(JSON.stringify(state)).toContain('4 times in a row, last with exit code 9')
    expect(brief(effects)).toContain('answer start crash-loop')
  })

  it('is forgotten after a stable run', () => {
    const stable: ServiceState = {
      ...states.running,
      restarts: 3,
      instance: { ...instance, startedAt: NOW - 60_000 },
    }
    const restart: Restart = { policy: 'always', maxRetries: 3, stableAfterSeconds: 60 }
    expect(crash(restart, exitWith(1), stable).swept.state).toMatchObject({ status: 'backoff', restarts: 1 })
    const unstable = { ...stable, instance: { ...instance, startedAt: NOW - 59_999 } }
    expect(crash(restart, exitWith(1), unstable).swept.state.status).toBe('failed')
  })

  it('is forgotten when a person starts it', () => {
    expect(step(states.failed, { type: 'start-requested', checkPort: true }).state).toMatchObject({ restarts: 0 })
  })
})

describe('a restart that meets a taken port', () => {
  const from: ServiceState = { ...states.starting, restarts: 1, lastExit: exitWith(1) }
  const taken = {
    type: 'launch-failed',
    runId: 'run',
    failure: { code: 'port-taken', message: 'Taken.', hint: '' },
    holder,
  } as const

  it('waits and tries again', () => {
    const { state, effects } = step(from, taken, { service: { restart: { policy: 'always' } } })
    expect(state).toMatchObject({ status: 'backoff', failure: { code: 'port-taken' }, restarts: 2 })
    expect(brief(effects)).toEqual(['set-backoff-timer'])
  })

  it('answers those who wait for the start if a person then stops it', () => {
    const { state } = step(from, taken, { service: { restart: { policy: 'always' } } })
    expect(brief(step(state, { type: 'stop-requested', force: false }).effects)).toContain('answer start stopped')
  })

  it('answers those who wait for the start if the policy no longer wants one', () => {
    const clean: ServiceState = { ...from, lastExit: exitWith(0) }
    const { state, effects } = step(clean, taken, { service: { restart: { policy: 'no' } } })
    expect(state.status).toBe('stopped')
    expect(brief(effects)).toEqual(['answer start port-taken'])
  })
})
