import { describe, expect, it } from 'vitest'
import type { ServiceEvent } from '../../../src-main/core/state.ts'
import { brief, exitWith, healthy, holder, instance, NOW, states, step, unproven } from '../../support/decision.ts'

const adopted: ServiceEvent = { type: 'adopted', instance: { ...instance, runId: 'earlier', origin: 'adopted' } }
const withPort = { service: { port: 8080 } }

describe('an adopted instance', () => {
  it('is running, with unknown health until it is probed', () => {
    const { state, effects } = step(states.stopped, adopted, withPort)
    expect(state).toMatchObject({ status: 'running', restarts: 0, health: { health: 'unknown', since: NOW } })
    expect(effects).toContainEqual({ type: 'start-probing', runId: 'earlier' })
  })

  it('replaces what was thought to be external, whose probing ends first', () => {
    const { state, effects } = step(states.external, adopted, withPort)
    expect(state.status).toBe('running')
    expect(brief(effects)).toEqual(['stop-probing', 'start-probing', 'answer start ok'])
  })

  it('does not displace an instance that runs, starts or stops', () => {
    for (const state of [states.running, states.starting, states.stopping, states.backoff]) {
      expect(step(state, adopted)).toEqual({ state, effects: [] })
    }
  })

  it('that ends counts as crashed: nobody saw its exit code', () => {
    const { state } = step(states.stopped, adopted)
    const exited = step(state, { type: 'exited', runId: 'earlier', exit: exitWith(null) })
    const ended = { type: 'tree-ended', runId: 'earlier', survivors: null } as const
    const swept = step(exited.state, ended, { service: { restart: { policy: 'on-failure' } } })
    expect(swept.state.status).toBe('backoff')
  })
})

describe('a server that restarted itself under a new pid', () => {
  const moved: ServiceEvent = { type: 'moved', instance: { ...instance, pid: 4712, origin: 'followed' } }

  it('is the same run, which has to become healthy again; no restart is counted', () => {
    const { state, effects } = step({ ...states.running, restarts: 2 }, moved, withPort)
    expect(state).toMatchObject({ status: 'running', instance: { runId: 'run', pid: 4712 }, restarts: 2 })
    expect(state).toMatchObject({ health: { health: 'unknown', since: NOW } })
    expect(effects).toEqual([{ type: 'start-probing', runId: instance.runId }])
  })

  it('changes nothing where its run is not the one that runs', () => {
    for (const state of Object.values(states).filter(({ status }) => status !== 'running')) {
      expect(step(state, moved)).toEqual({ state, effects: [] })
    }
    const other: ServiceEvent = { type: 'moved', instance: { ...instance, runId: 'earlier' } }
    expect(step(states.running, other)).toEqual({ state: states.running, effects: [] })
  })
})

describe('a probe', () => {
  it('changes the health of the run it belongs to, and nothing else', () => {
    const event: ServiceEvent = { type: 'probed', runId: 'run', result: { outcome: 'loading', detail: 'HTTP 503' } }
    const { state, effects } = step({ ...states.running, health: unproven }, event)
    expect(state).toMatchObject({ status: 'running', health: { health: 'loading', detail: 'HTTP 503' } })
    expect(effects).toEqual([])
  })

  it('changes the health of an external server', () => {
    const event: ServiceEvent = { type: 'probed', runId: 'watch', result: { outcome: 'loading', detail: '' } }
    expect(step({ ...states.external, health: unproven }, event).state).toMatchObject({
      status: 'external',
      health: { health: 'loading' },
    })
  })

  it('that says what the last one said changes nothing', () => {
    const event: ServiceEvent = { type: 'probed', runId: 'run', result: { outcome: 'ok', detail: 'HTTP 200' } }
    const first = step(states.running, event).state
    expect(step(first, event).state).toBe(first)
  })

  it('that comes late, while stopping, is ignored', () => {
    const event: ServiceEvent = { type: 'probed', runId: 'run', result: { outcome: 'ok', detail: '' } }
    expect(step(states.stopping, event)).toEqual({ state: states.stopping, effects: [] })
  })

  it('is not needed for a service without port: it is ok as long as it lives', () => {
    expect(step(states.starting, { type: 'launched', instance }).state).toMatchObject({ health: { health: 'ok' } })
  })
})

describe('a service that hangs', () => {
  const event: ServiceEvent = { type: 'probed', runId: 'run', result: { outcome: 'failed', detail: 'No answer.' } }
  const about = { ...states.running, health: { ...healthy, failures: 2 } }
  const restart = { policy: 'on-failure', maxRetries: 3 } as const
  const service = { port: 8080, restart, health: { onFailure: 'restart' } } as const
  const ended = { type: 'tree-ended', runId: 'run', survivors: null } as const

  it('is left alone unless it says otherwise, or its policy forbids a restart', () => {
    const untouched = [
      { port: 8080, restart },
      { ...service, restart: { policy: 'no' } as const },
    ]
    for (const definition of untouched) {
      const { state, effects } = step(about, event, { service: definition })
      expect(state).toMatchObject({ status: 'running', health: { health: 'failing' } })
      expect(effects).toEqual([])
    }
  })

  it('is ended and, even if it then ends cleanly, restarted as its policy says', () => {
    const ending = step(about, event, { service })
    expect(brief(ending.effects)).toEqual(['stop-probing', 'end-tree'])
    const exited = step(ending.state, { type: 'exited', runId: 'run', exit: exitWith(0) }, { service })
    const { state, effects } = step(exited.state, ended, { service })
    expect(state).toMatchObject({
      status: 'backoff',
      restarts: 1,
      failure: { code: 'unhealthy', message: 'It was ended because its health probe failed: No answer.' },
    })
    expect(brief(effects)).toContain('set-backoff-timer')
  })

  it('is given up after so many restarts', () => {
    const ending = step({ ...about, restarts: 3 }, event, { service })
    const { state } = step(ending.state, ended, { service })
    expect(state).toMatchObject({ status: 'failed', failure: { code: 'crash-loop' } })
    expect(state).toMatchObject({ failure: { message: expect.stringContaining('its health probe failed') } })
  })

  it('is stopped, not restarted, if a person says so meanwhile', () => {
    const ending = step(about, event, { service })
    const stopped = step(ending.state, { type: 'stop-requested', force: false }, { service })
    expect(step(stopped.state, ended, { service }).state.status).toBe('stopped')
  })

  it('is not restarted while it only loads too long, nor if it is not ours', () => {
    const loading = { ...unproven, health: 'loading', streak: { of: 'failing', count: 2 }, since: 0 } as const
    const late = { ...service, health: { ...service.health, startGraceSeconds: 1 } }
    const { state, effects } = step({ ...states.running, health: loading }, event, { service: late })
    expect(state).toMatchObject({ status: 'running', health: { health: 'failing' } })
    expect(effects).toEqual([])
    const external = step({ ...states.external, health: about.health }, { ...event, runId: 'watch' }, { service })
    expect(external.state).toMatchObject({ status: 'external', health: { health: 'failing' } })
    expect(external.effects).toEqual([])
  })
})

describe('somebody else’s server', () => {
  const watched = (pid: number | null): ServiceEvent => ({
    type: 'port-watched',
    holder: pid === null ? null : { ...holder, pid },
  })

  it('shows up as external while the service is stopped', () => {
    const { state, effects } = step(states.stopped, watched(99), withPort)
    expect(state).toMatchObject({
      status: 'external',
      runId: 'new',
      holder,
      failure: null,
      health: { health: 'unknown' },
    })
    expect(brief(effects)).toEqual(['start-probing'])
  })

  it('stays what it is while the same process holds the port', () => {
    expect(step(states.external, watched(99))).toEqual({ state: states.external, effects: [] })
  })

  it('that changes is probed anew', () => {
    const { state, effects } = step(states.external, watched(100), withPort)
    expect(state).toMatchObject({ status: 'external', runId: 'new', holder: { pid: 100 } })
    expect(brief(effects)).toEqual(['stop-probing', 'start-probing'])
  })

  it('that goes away leaves the service stopped', () => {
    const { state, effects } = step(states.external, watched(null))
    expect(state.status).toBe('stopped')
    expect(brief(effects)).toEqual(['stop-probing'])
  })

  it('is not looked for while there is an instance, a start or a failure to show', () => {
    for (const state of [states.running, states.starting, states.stopping, states.backoff, states.failed]) {
      expect(step(state, watched(99))).toEqual({ state, effects: [] })
      expect(step(state, watched(null))).toEqual({ state, effects: [] })
    }
  })
})
