import { describeExit, type Exit } from './exit.ts'
import type { Failure } from './failure.ts'
import { applyProbe, hasFailed, initialHealth } from './health.ts'
import { decideRestart } from './restart.ts'
import type { ServiceDefinition } from './service-config.ts'
import type { AfterStop, Answer, Decision, Effect, Holder, Instance, ServiceEvent, ServiceState } from './state.ts'

/** What a decision may depend on besides state and event; passed in, so that there is no clock and no chance in here. */
export interface DecisionContext {
  readonly service: ServiceDefinition
  /** Milliseconds since the epoch. */
  readonly now: number
  /** An id no run had before. */
  readonly newRunId: string
  /** From 0 up to 1. */
  readonly random: number
}

type StateOf<Status extends ServiceState['status']> = Extract<ServiceState, { status: Status }>
type EventOf<Type extends ServiceEvent['type']> = Extract<ServiceEvent, { type: Type }>

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

const unchanged = (state: ServiceState): Decision => ({ state, effects: [] })

/** Whether nothing of the service runs, is on its way, or will come by itself. */
export function isIdle({ status }: ServiceState): boolean {
  return status === 'stopped' || status === 'failed' || status === 'external'
}

function tell(to: 'start' | 'stop', answer: Answer): Effect {
  return { type: 'answer', to, answer }
}

const done = (message: string): Answer => ({ ok: true, message })
const refused = (failure: Failure): Answer => ({ ok: false, failure })

function launch(state: ServiceState, context: DecisionContext, restarts: number, checkPort: boolean): Decision {
  const runId = context.newRunId
  const stopProbing: Effect[] = state.status === 'external' ? [{ type: 'stop-probing' }] : []
  return {
    state: { status: 'starting', runId, restarts, lastExit: state.lastExit },
    effects: [...stopProbing, { type: 'launch', runId, checkPort }],
  }
}

function onStart(state: ServiceState, event: EventOf<'start-requested'>, context: DecisionContext): Decision {
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
      const answer = done(`${name} is already running (pid ${state.instance.pid}).`)
      return { state, effects: [tell('start', answer)] }
    }
    case 'stopping':
      return { state: { ...state, after: { kind: 'start', checkPort: event.checkPort } }, effects: [] }
  }
}

function onStop(state: ServiceState, event: EventOf<'stop-requested'>, context: DecisionContext): Decision {
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

function onRestart(state: ServiceState, context: DecisionContext): Decision {
  if (state.status === 'running') return endInstance(state, { kind: 'start', checkPort: true }, false)
  return onStart(state, { type: 'start-requested', checkPort: true }, context)
}

function stopping(base: Omit<StateOf<'stopping'>, 'status' | 'after'>, after: AfterStop): StateOf<'stopping'> {
  return { status: 'stopping', ...base, after }
}

function endInstance(state: StateOf<'running'>, after: AfterStop, force: boolean): Decision {
  const { instance, restarts, lastExit } = state
  const { runId } = instance
  return {
    state: stopping({ runId, instance, forced: force, restarts, lastExit }, after),
    effects: [{ type: 'stop-probing' }, { type: 'end-tree', runId, force }],
  }
}

function enterRunning(
  instance: Instance,
  restarts: number,
  lastExit: Exit | null,
  { service, now }: DecisionContext,
): Decision {
  const health = initialHealth(service, now)
  return {
    state: { status: 'running', instance, health, restarts, lastExit },
    effects: [
      { type: 'start-probing', runId: instance.runId },
      tell('start', done(`${service.name} is running (pid ${instance.pid}).`)),
    ],
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
  if (state.status === 'stopping' && state.runId === runId) return afterStopping(state, context, null)
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

function enterExternal(
  holder: Holder,
  failure: Failure | null,
  lastExit: Exit | null,
  { service, now, newRunId }: DecisionContext,
): Decision {
  const health = initialHealth(service, now)
  const answers = failure === null ? [] : [tell('start', refused(failure))]
  return {
    state: { status: 'external', runId: newRunId, holder, health, failure, lastExit },
    effects: [{ type: 'start-probing', runId: newRunId }, ...answers],
  }
}

function onExited(state: ServiceState, event: EventOf<'exited'>): Decision {
  const { exit, runId } = event
  if (state.status === 'running' && state.instance.runId === runId) {
    const ranMs = exit.at - state.instance.startedAt
    const { restarts, instance } = state
    return {
      state: stopping(
        { runId, instance, forced: false, restarts, lastExit: exit },
        { kind: 'ask-policy', exit, ranMs },
      ),
      effects: [{ type: 'stop-probing' }, { type: 'end-tree', runId, force: false }],
    }
  }
  if (state.status === 'stopping' && state.runId === runId) return { state: { ...state, lastExit: exit }, effects: [] }
  return unchanged(state)
}

function onTreeEnded(state: ServiceState, event: EventOf<'tree-ended'>, context: DecisionContext): Decision {
  if (state.status !== 'stopping' || state.runId !== event.runId) return unchanged(state)
  return afterStopping(state, context, event.survivors, event.lastWords)
}

function afterStopping(
  state: StateOf<'stopping'>,
  context: DecisionContext,
  survivors: string | null,
  lastWords: readonly string[] = [],
): Decision {
  const { after, lastExit, restarts } = state
  if (survivors !== null) return failSurvived(survivors, after, lastExit, context)
  const { name } = context.service
  const stopped: ServiceState = { status: 'stopped', lastExit }
  const stopAnswered = tell('stop', done(`${name} has stopped.`))
  switch (after.kind) {
    case 'stay-stopped':
      return { state: stopped, effects: [stopAnswered] }
    case 'start': {
      const next = launch(stopped, context, 0, after.checkPort)
      return { state: next.state, effects: [stopAnswered, ...next.effects] }
    }
    case 'ask-policy': {
      const crash: Failure = {
        code: 'crashed',
        message: `It ended by itself with ${describeExit(after.exit)}.`,
        hint: 'Look at the end of its output for the reason.',
        details: lastWords,
      }
      const next = askPolicy(after.exit, after.ranMs, restarts, crash, context)
      return { state: next.state, effects: [stopAnswered, ...next.effects] }
    }
    case 'replace': {
      const next = replaceUnhealthy(stopped, after, restarts, lastWords, context)
      return { state: next.state, effects: [stopAnswered, ...next.effects] }
    }
  }
}

/** It was alive but of no use: whatever its process said when it was ended, that is a failure to the restart policy. */
function replaceUnhealthy(
  stopped: ServiceState,
  { reason, ranMs }: Extract<AfterStop, { kind: 'replace' }>,
  restarts: number,
  lastWords: readonly string[],
  context: DecisionContext,
): Decision {
  const exit = stopped.lastExit ?? { code: null, signal: null, at: context.now }
  const failure: Failure = {
    code: 'unhealthy',
    message: `It was ended because its health probe failed: ${reason.replace(/\.$/, '')}.`,
    hint: 'Look at the end of its output for the reason.',
    details: lastWords,
  }
  return askPolicy(exit, ranMs, restarts, failure, context)
}

function failSurvived(survivors: string, after: AfterStop, lastExit: Exit | null, context: DecisionContext): Decision {
  const failure: Failure = {
    code: 'survived',
    message: `${context.service.name} could not be ended completely: ${survivors} is still there.`,
    hint: 'It may belong to another user or be stuck in the kernel; end it by hand or restart the machine.',
  }
  const startToo = after.kind === 'start' ? [tell('start', refused(failure))] : []
  return { state: { status: 'failed', failure, lastExit }, effects: [tell('stop', refused(failure)), ...startToo] }
}

/** After a service ended by itself: start it again at once or later, or leave it, as its restart policy says. */
function askPolicy(exit: Exit, ranMs: number, restarts: number, failure: Failure, context: DecisionContext): Decision {
  const { service, now, random } = context
  const decision = decideRestart({
    config: service.restart,
    exit,
    ranMs,
    restarts,
    random,
    unhealthy: failure.code === 'unhealthy',
  })
  switch (decision.kind) {
    case 'stay-stopped':
      return { state: { status: 'stopped', lastExit: exit }, effects: [tell('start', refused(failure))] }
    case 'give-up': {
      const final: Failure = { ...decision.failure, details: failure.details ?? [] }
      return { state: { status: 'failed', failure: final, lastExit: exit }, effects: [tell('start', refused(final))] }
    }
    case 'restart': {
      if (decision.delayMs === 0) {
        return launch({ status: 'stopped', lastExit: exit }, context, decision.restarts, true)
      }
      return {
        state: {
          status: 'backoff',
          failure,
          retryAt: now + decision.delayMs,
          restarts: decision.restarts,
          lastExit: exit,
        },
        effects: [{ type: 'set-backoff-timer', delayMs: decision.delayMs }],
      }
    }
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
  return { state: { ...state, instance, health: initialHealth(service, now) }, effects: [] }
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
