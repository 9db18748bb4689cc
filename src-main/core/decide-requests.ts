import {
  type DecisionContext,
  done,
  type EventOf,
  endInstance,
  inBrackets,
  launch,
  refused,
  stopping,
  tell,
  unchanged,
} from './decision-parts.ts'
import type { Failure } from './failure.ts'
import type { Decision, Effect, Holder, ServiceState } from './state.ts'

// What people, dependencies and start-up ask for.

export function onStart(state: ServiceState, event: EventOf<'start-requested'>, context: DecisionContext): Decision {
  const { name } = context.service
  switch (state.status) {
    case 'stopped':
    case 'failed':
    case 'external':
      return launch(state, context, 0, event.checkPort)
    case 'backoff': {
      const next = launch(state, context, 0, event.checkPort)
      return { state: next.state, effects: [{ type: 'clear-backoff-timer' }, ...next.effects] }
    }
    case 'starting':
      return unchanged(state) // The caller waits with those who asked before.
    case 'running': {
      const answer = done(`${name} is already running${inBrackets(state.instance)}.`)
      return { state, effects: [tell('start', answer)] }
    }
    case 'stopping':
      return { state: { ...state, after: { kind: 'start', checkPort: event.checkPort } }, effects: [] }
  }
}

export function onStop(state: ServiceState, event: EventOf<'stop-requested'>, context: DecisionContext): Decision {
  const { name } = context.service
  const stoppedByPerson: Failure = { code: 'stopped', message: `${name} was stopped before it had started.`, hint: '' }
  switch (state.status) {
    case 'stopped':
      return { state, effects: [tell('stop', done(`${name} is not running.`))] }
    case 'failed':
      return {
        state: { status: 'stopped', lastExit: state.lastExit },
        effects: [tell('stop', done(`${name} is not running.`))],
      }
    case 'external':
      return { state, effects: [tell('stop', refused(notOurs(name, state.holder)))] }
    case 'backoff':
      return {
        state: { status: 'stopped', lastExit: state.lastExit },
        effects: [
          { type: 'clear-backoff-timer' },
          // Somebody may have asked for the start that met a taken port and led here.
          tell('start', refused(stoppedByPerson)),
          tell('stop', done(`${name} will not be restarted.`)),
        ],
      }
    case 'starting': {
      const { runId, restarts, lastExit } = state
      return {
        state: stopping({ runId, instance: null, forced: event.force, restarts, lastExit }, { kind: 'stay-stopped' }),
        effects: [{ type: 'cancel-launch', runId }, tell('start', refused(stoppedByPerson))],
      }
    }
    case 'running':
      return endInstance(state, { kind: 'stay-stopped' }, event.force)
    case 'stopping': {
      // A start that waited for this stop is called off; a forced stop overtakes a polite one.
      const calledOff: Effect[] = state.after.kind === 'start' ? [tell('start', refused(stoppedByPerson))] : []
      const harder: Effect[] =
        event.force && !state.forced && state.instance !== null
          ? [{ type: 'end-tree', runId: state.runId, force: true }]
          : []
      return {
        state: { ...state, after: { kind: 'stay-stopped' }, forced: state.forced || event.force },
        effects: [...calledOff, ...harder],
      }
    }
  }
}

function notOurs(name: string, holder: Holder): Failure {
  const who = holder.pid === null ? 'another program' : `${holder.name ?? 'another program'} (pid ${holder.pid})`
  return {
    code: 'external',
    message: `Port ${holder.port} of ${name} is held by ${who}, which this app did not start.`,
    hint: 'Stop it where it was started.',
  }
}

export function onRestart(state: ServiceState, context: DecisionContext): Decision {
  if (state.status === 'running') return endInstance(state, { kind: 'start', checkPort: true }, false)
  return onStart(state, { type: 'start-requested', checkPort: true }, context)
}
