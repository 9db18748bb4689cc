import {
  type DecisionContext,
  done,
  type EventOf,
  launch,
  refused,
  type StateOf,
  stopping,
  tell,
  unchanged,
} from './decision-parts.ts'
import { describeExit, type Exit } from './exit.ts'
import type { Failure } from './failure.ts'
import { decideRestart } from './restart.ts'
import type { AfterStop, Decision, ServiceState } from './state.ts'

// The end of a run, and what comes after it.

export function onExited(state: ServiceState, event: EventOf<'exited'>): Decision {
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

export function onTreeEnded(state: ServiceState, event: EventOf<'tree-ended'>, context: DecisionContext): Decision {
  if (state.status !== 'stopping' || state.runId !== event.runId) return unchanged(state)
  return afterStopping(state, context, event)
}

export function afterStopping(
  state: StateOf<'stopping'>,
  context: DecisionContext,
  { survivors, failure, lastWords = [] }: Pick<EventOf<'tree-ended'>, 'survivors' | 'failure' | 'lastWords'>,
): Decision {
  const { after, lastExit, restarts } = state
  if (survivors !== null) return failSurvived(failure ?? survived(survivors, context), after, lastExit)
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

function survived(survivors: string, { service }: DecisionContext): Failure {
  return {
    code: 'survived',
    message: `${service.name} could not be ended completely: ${survivors} is still there.`,
    hint: 'It may belong to another user or be stuck in the kernel; end it by hand or restart the machine.',
  }
}

function failSurvived(failure: Failure, after: AfterStop, lastExit: Exit | null): Decision {
  const startToo = after.kind === 'start' ? [tell('start', refused(failure))] : []
  return { state: { status: 'failed', failure, lastExit }, effects: [tell('stop', refused(failure)), ...startToo] }
}

/** After a service ended by itself: start it again at once or later, or leave it, as its restart policy says. */
export function askPolicy(
  exit: Exit,
  ranMs: number,
  restarts: number,
  failure: Failure,
  context: DecisionContext,
): Decision {
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
