import { afterStopping, askPolicy, onExited, onTreeEnded } from './decide-ends.ts'
import { onRestart, onStart, onStop } from './decide-requests.ts'
import {
  type DecisionContext,
  type EventOf,
  endInstance,
  enterExternal,
  enterRunning,
  isIdle,
  launch,
  refused,
  tell,
  unchanged,
} from './decision-parts.ts'
import { applyProbe, hasFailed, initialHealth } from './health.ts'
import type { Decision, Holder, Instance, ServiceEvent, ServiceState } from './state.ts'

/**
 * The decision of DESIGN.md, D5: what a service becomes when something happens to it, and what is to be done. Pure. An
 * event that does not fit the state (an answer of an older run, a timer that was already cleared) changes nothing.
 */
export function decide(state: ServiceState, event: ServiceEvent, context: DecisionContext): Decision {
  switch (event.type) {
    case 'start-requested':
      return onStart(state, event, context)
    case 'stop-requested':
      return onStop(state, event, context)
    case 'restart-requested':
      return onRestart(state, context)
    case 'launched':
      return onLaunched(state, event.instance, context)
    case 'launch-failed':
      return onLaunchFailed(state, event, context)
    case 'exited':
      return onExited(state, event)
    case 'tree-ended':
      return onTreeEnded(state, event, context)
    case 'probed':
      return onProbed(state, event, context)
    case 'moved':
      return onMoved(state, event.instance, context)
    case 'backoff-over':
      return state.status === 'backoff' ? launch(state, context, state.restarts, true) : unchanged(state)
    case 'adopted':
      return isIdle(state) ? onAdopted(state, event.instance, context) : unchanged(state)
    case 'port-watched':
      return onPortWatched(state, event.holder, context)
  }
}

function onAdopted(state: ServiceState, instance: Instance, context: DecisionContext): Decision {
  const next = enterRunning(instance, 0, state.lastExit, context)
  if (state.status !== 'external') return next
  return { state: next.state, effects: [{ type: 'stop-probing' }, ...next.effects] }
}

function onLaunched(state: ServiceState, instance: Instance, context: DecisionContext): Decision {
  if (state.status === 'starting' && state.runId === instance.runId) {
    return enterRunning(instance, state.restarts, state.lastExit, context)
  }
  if (state.status === 'stopping' && state.runId === instance.runId && state.instance === null) {
    // The stop came while it was being started: now there is something to end.
    return {
      state: { ...state, instance },
      effects: [{ type: 'end-tree', runId: instance.runId, force: state.forced }],
    }
  }
  return unchanged(state)
}

function onLaunchFailed(state: ServiceState, event: EventOf<'launch-failed'>, context: DecisionContext): Decision {
  const { failure, holder, runId } = event
  if (state.status === 'stopping' && state.runId === runId) return afterStopping(state, context, { survivors: null })
  if (state.status !== 'starting' || state.runId !== runId) return unchanged(state)
  // A restart of ours that finds the port taken meets, more often than not, the last run's connections closing.
  const canWait = state.restarts > 0 && holder !== null && state.lastExit !== null
  if (canWait) return askPolicy(state.lastExit, 0, state.restarts, failure, context)
  if (holder !== null) return enterExternal(holder, failure, state.lastExit, context)
  return {
    state: { status: 'failed', failure, lastExit: state.lastExit },
    effects: [tell('start', refused(failure))],
  }
}

function onProbed(state: ServiceState, event: EventOf<'probed'>, { service, now }: DecisionContext): Decision {
  const current =
    (state.status === 'running' && state.instance.runId === event.runId) ||
    (state.status === 'external' && state.runId === event.runId)
  if (!current) return unchanged(state)
  const health = applyProbe(state.health, event.result, service.health, now)
  if (health === state.health) return unchanged(state)
  const next = { ...state, health }
  const restarts = service.health.onFailure === 'restart' && service.restart.policy !== 'no'
  if (next.status !== 'running' || !restarts || !hasFailed(state.health, health)) return { state: next, effects: [] }
  const ranMs = now - next.instance.startedAt
  return endInstance(next, { kind: 'replace', reason: event.result.detail, ranMs }, false)
}

/** It is not a crash and not a new run, so restarts are not counted; but it may load its model anew. */
function onMoved(state: ServiceState, instance: Instance, { service, now }: DecisionContext): Decision {
  if (state.status !== 'running' || state.instance.runId !== instance.runId) return unchanged(state)
  // Nothing is known of the new process: it is probed like one that has just been started.
  const effects = [{ type: 'start-probing', runId: instance.runId }] as const
  return { state: { ...state, instance, health: initialHealth(service, now) }, effects }
}

/** Somebody else's server appeared on our port, changed, or went away, while we have no instance. */
function onPortWatched(state: ServiceState, holder: Holder | null, context: DecisionContext): Decision {
  if (state.status === 'external') {
    if (holder === null) {
      return { state: { status: 'stopped', lastExit: state.lastExit }, effects: [{ type: 'stop-probing' }] }
    }
    if (holder.pid === state.holder.pid) return unchanged(state)
    const next = enterExternal(holder, null, state.lastExit, context)
    return { state: next.state, effects: [{ type: 'stop-probing' }, ...next.effects] }
  }
  if (state.status === 'stopped' && holder !== null) return enterExternal(holder, null, state.lastExit, context)
  return unchanged(state)
}
