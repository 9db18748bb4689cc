import { describe, expect, it } from 'vitest'
import type { ServiceEvent, ServiceState } from '../../../src-main/core/state.ts'
import { brief, cancelled, holder, instance, states, step } from '../../support/decision.ts'

const start: ServiceEvent = { type: 'start-requested', checkPort: true }
const stop: ServiceEvent = { type: 'stop-requested', force: false }
const kill: ServiceEvent = { type: 'stop-requested', force: true }
const restart: ServiceEvent = { type: 'restart-requested' }

const stoppingToStart: ServiceState = { ...states.stopping, after: { kind: 'start', checkPort: true } }

interface Row {
  readonly from: ServiceState
  readonly event: ServiceEvent
  readonly to: ServiceState['status']
  readonly effects: readonly string[]
}

const rows: readonly Row[] = [
  { from: states.stopped, event: start, to: 'starting', effects: ['launch'] },
  { from: states.failed, event: start, to: 'starting', effects: ['launch'] },
  { from: states.external, event: start, to: 'starting', effects: ['stop-probing', 'launch'] },
  { from: states.backoff, event: start, to: 'starting', effects: ['clear-backoff-timer', 'launch'] },
  { from: states.starting, event: start, to: 'starting', effects: [] },
  { from: states.running, event: start, to: 'running', effects: ['answer start ok'] },
  { from: states.stopping, event: start, to: 'stopping', effects: [] },
  { from: cancelled, event: start, to: 'stopping', effects: [] },

  { from: states.stopped, event: stop, to: 'stopped', effects: ['answer stop ok'] },
  { from: states.failed, event: stop, to: 'stopped', effects: ['answer stop ok'] },
  { from: states.external, event: stop, to: 'external', effects: ['answer stop external'] },
  {
    from: states.backoff,
    event: stop,
    to: 'stopped',
    effects: ['clear-backoff-timer', 'answer start stopped', 'answer stop ok'],
  },
  { from: states.starting, event: stop, to: 'stopping', effects: ['cancel-launch', 'answer start stopped'] },
  { from: states.running, event: stop, to: 'stopping', effects: ['stop-probing', 'end-tree'] },
  { from: states.running, event: kill, to: 'stopping', effects: ['stop-probing', 'end-tree by force'] },
  { from: states.stopping, event: stop, to: 'stopping', effects: [] },
  { from: states.stopping, event: kill, to: 'stopping', effects: ['end-tree by force'] },
  { from: { ...states.stopping, forced: true }, event: kill, to: 'stopping', effects: [] },
  { from: stoppingToStart, event: stop, to: 'stopping', effects: ['answer start stopped'] },
  { from: cancelled, event: kill, to: 'stopping', effects: [] },

  { from: states.stopped, event: restart, to: 'starting', effects: ['launch'] },
  { from: states.failed, event: restart, to: 'starting', effects: ['launch'] },
  { from: states.external, event: restart, to: 'starting', effects: ['stop-probing', 'launch'] },
  { from: states.backoff, event: restart, to: 'starting', effects: ['clear-backoff-timer', 'launch'] },
  { from: states.starting, event: restart, to: 'starting', effects: [] },
  { from: states.running, event: restart, to: 'stopping', effects: ['stop-probing', 'end-tree'] },
  { from: states.stopping, event: restart, to: 'stopping', effects: [] },
]

describe('a request in every state', () => {
  it.each(rows)('$event.type in $from.status leads to $to', ({ from, event, to, effects }) => {
    const decision = step(from, event)
    expect(decision.state.status).toBe(to)
    expect(brief(decision.effects)).toEqual(effects)
  })
})

describe('a start', () => {
  it('launches a new run, counts restarts from zero and passes on whether to look at the port', () => {
    const { state, effects } = step(states.backoff, { type: 'start-requested', checkPort: false })
    expect(state).toMatchObject({ status: 'starting', runId: 'new', restarts: 0 })
    expect(effects).toContainEqual({ type: 'launch', runId: 'new', checkPort: false })
  })

  it('while stopping is carried out when the tree is gone, after the stop was answered', () => {
    const waiting = step(states.stopping, start)
    expect(waiting.effects).toEqual([])
    const { state, effects } = step(waiting.state, { type: 'tree-ended', runId: 'run', survivors: null })
    expect(state).toMatchObject({ status: 'starting', runId: 'new', restarts: 0 })
    expect(brief(effects)).toEqual(['answer stop ok', 'launch'])
  })

  it('while stopping remembers whether to look at the port', () => {
    const waiting = step(states.stopping, { type: 'start-requested', checkPort: false })
    const { effects } = step(waiting.state, { type: 'tree-ended', runId: 'run', survivors: null })
    expect(effects).toContainEqual({ type: 'launch', runId: 'new', checkPort: false })
  })

  it('is answered when it runs, with its pid', () => {
    const { state, effects } = step(states.starting, { type: 'launched', instance })
    expect(state).toMatchObject({ status: 'running', instance })
    expect(brief(effects)).toEqual(['start-probing', 'answer start ok'])
    expect(JSON.stringify(effects)).toContain('pid 4711')
  })

  it('that cannot be carried out fails with the reason', () => {
    const failure = { code: 'binary-not-found', message: 'No such program.', hint: 'Install it.' }
    const { state, effects } = step(states.starting, { type: 'launch-failed', runId: 'run', failure, holder: null })
    expect(state).toMatchObject({ status: 'failed', failure })
    expect(effects).toEqual([{ type: 'answer', to: 'start', answer: { ok: false, failure } }])
  })

  it('that meets a taken port is refused and shows the holder as external', () => {
    const failure = { code: 'port-taken', message: 'Taken.', hint: '' }
    const { state, effects } = step(states.starting, { type: 'launch-failed', runId: 'run', failure, holder })
    expect(state).toMatchObject({ status: 'external', holder, failure })
    expect(brief(effects)).toEqual(['start-probing', 'answer start port-taken'])
  })
})

describe('a stop', () => {
  it('of a start in flight answers the starter at once and ends what was launched all the same', () => {
    const called = step(states.starting, kill)
    expect(called.state).toMatchObject({ status: 'stopping', instance: null, forced: true })
    const launched = step(called.state, { type: 'launched', instance })
    expect(launched.state).toMatchObject({ status: 'stopping', instance })
    expect(launched.effects).toEqual([{ type: 'end-tree', runId: 'run', force: true }])
    const ended = step(launched.state, { type: 'tree-ended', runId: 'run', survivors: null })
    expect(ended.state.status).toBe('stopped')
    expect(brief(ended.effects)).toEqual(['answer stop ok'])
  })

  it('of a start in flight is answered when the launch gives up', () => {
    const called = step(states.starting, stop)
    const failed = {
      type: 'launch-failed',
      runId: 'run',
      failure: { code: 'stopped', message: '', hint: '' },
      holder: null,
    } as const
    const { state, effects } = step(called.state, failed)
    expect(state.status).toBe('stopped')
    expect(brief(effects)).toEqual(['answer stop ok'])
  })

  it('keeps the exit that it caused', () => {
    const exit = { code: null, signal: 'SIGTERM', at: 1 }
    const exited = step(states.stopping, { type: 'exited', runId: 'run', exit })
    expect(exited.effects).toEqual([])
    const { state } = step(exited.state, { type: 'tree-ended', runId: 'run', survivors: null })
    expect(state).toEqual({ status: 'stopped', lastExit: exit })
  })

  it('with survivors fails, names them and tells everyone who waits', () => {
    for (const from of [states.stopping, stoppingToStart]) {
      const { state, effects } = step(from, { type: 'tree-ended', runId: 'run', survivors: 'worker (4712)' })
      expect(state).toMatchObject({ status: 'failed', failure: { code: 'survived' } })
      expect(JSON.stringify(state)).toContain('worker (4712)')
      const answers = from === stoppingToStart ? ['stop', 'start'] : ['stop']
      expect(brief(effects)).toEqual(answers.map((to) => `answer ${to} survived`))
    }
  })

  it('wins over a start that waited for an earlier stop', () => {
    const { state } = step(stoppingToStart, stop)
    const ended = step(state, { type: 'tree-ended', runId: 'run', survivors: null })
    expect(ended.state.status).toBe('stopped')
    expect(brief(ended.effects)).toEqual(['answer stop ok'])
  })

  it('of somebody else’s server is refused and says whose it is', () => {
    const { effects } = step(states.external, stop)
    expect(JSON.stringify(effects)).toContain('python3 (pid 99)')
    const unknown = step({ ...states.external, holder: { port: 8080, pid: null, name: null } }, stop)
    expect(JSON.stringify(unknown.effects)).toContain('another program')
  })
})

describe('a restart', () => {
  it('of a running service stops it first, then starts it', () => {
    const ending = step(states.running, restart)
    expect(ending.state).toMatchObject({ status: 'stopping', after: { kind: 'start' } })
    const { state, effects } = step(ending.state, { type: 'tree-ended', runId: 'run', survivors: null })
    expect(state.status).toBe('starting')
    expect(brief(effects)).toEqual(['answer stop ok', 'launch'])
  })
})

describe('an answer of another run', () => {
  const events: readonly ServiceEvent[] = [
    { type: 'launched', instance: { ...instance, runId: 'old' } },
    { type: 'launch-failed', runId: 'old', failure: { code: 'x', message: '', hint: '' }, holder },
    { type: 'exited', runId: 'old', exit: { code: 1, signal: null, at: 1 } },
    { type: 'tree-ended', runId: 'old', survivors: null },
    { type: 'probed', runId: 'old', result: { outcome: 'failed', detail: '' } },
  ]
  const every = [...Object.values(states), cancelled]
  it.each(events)('$type changes nothing in any state', (event) => {
    for (const state of every) expect(step(state, event)).toEqual({ state, effects: [] })
  })

  it('a timer that was cleared changes nothing', () => {
    for (const state of every) {
      if (state.status !== 'backoff') expect(step(state, { type: 'backoff-over' })).toEqual({ state, effects: [] })
    }
  })
})
