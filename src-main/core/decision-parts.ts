import type { Exit } from './exit.ts'
import type { Failure } from './failure.ts'
import { initialHealth } from './health.ts'
import type { ServiceDefinition } from './service-config.ts'
import type { AfterStop, Answer, Decision, Effect, Holder, Instance, ServiceEvent, ServiceState } from './state.ts'

// What the decisions are made of.

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

export type StateOf<Status extends ServiceState['status']> = Extract<ServiceState, { status: Status }>
export type EventOf<Type extends ServiceEvent['type']> = Extract<ServiceEvent, { type: Type }>

export const unchanged = (state: ServiceState): Decision => ({ state, effects: [] })

/** Whether nothing of the service runs, is on its way, or will come by itself. */
export function isIdle({ status }: ServiceState): boolean {
  return status === 'stopped' || status === 'failed' || status === 'external'
}

export function tell(to: 'start' | 'stop', answer: Answer): Effect {
  return { type: 'answer', to, answer }
}

/** The pid in words that follow another one; empty if it is not known. */
export function inBrackets({ pid }: Instance): string {
  return pid === null ? '' : ` (pid ${pid})`
}

export const done = (message: string): Answer => ({ ok: true, message })
export const refused = (failure: Failure): Answer => ({ ok: false, failure })

export function launch(state: ServiceState, context: DecisionContext, restarts: number, checkPort: boolean): Decision {
  const runId = context.newRunId
  const stopProbing: Effect[] = state.status === 'external' ? [{ type: 'stop-probing' }] : []
  return {
    state: { status: 'starting', runId, restarts, lastExit: state.lastExit },
    effects: [...stopProbing, { type: 'launch', runId, checkPort }],
  }
}

export function stopping(base: Omit<StateOf<'stopping'>, 'status' | 'after'>, after: AfterStop): StateOf<'stopping'> {
  return { status: 'stopping', ...base, after }
}

export function endInstance(state: StateOf<'running'>, after: AfterStop, force: boolean): Decision {
  const { instance, restarts, lastExit } = state
  const { runId } = instance
  return {
    state: stopping({ runId, instance, forced: force, restarts, lastExit }, after),
    effects: [{ type: 'stop-probing' }, { type: 'end-tree', runId, force }],
  }
}

export function enterRunning(
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
      tell('start', done(`${service.name} is running${inBrackets(instance)}.`)),
    ],
  }
}

export function enterExternal(
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
