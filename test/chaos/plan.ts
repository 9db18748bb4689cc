import type { Random } from './random.ts'

/** `crash` is the service's own end, by SIGKILL from outside; `change`, `remove` and `restore` are of services.json. */
export type ActionKind = 'start' | 'stop' | 'force-stop' | 'restart' | 'crash' | 'change' | 'remove' | 'restore'

export interface Action {
  readonly atMs: number
  readonly kind: ActionKind
  /** Of the service. */
  readonly index: number
}

/** When the manager is killed: at a time, a moment after an action, or when so many files of run/ have changed. */
export type KillPlan =
  | { readonly kind: 'time'; readonly atMs: number }
  | { readonly kind: 'action'; readonly number: number; readonly delayMs: number }
  | { readonly kind: 'files'; readonly changes: number; readonly delayMs: number }

/** Everything about a round that can be decided in advance. */
export interface RoundPlan {
  readonly actions: readonly Action[]
  readonly kill: KillPlan
  /** Kill also the manager that recovers, so many milliseconds after it began. */
  readonly killAgainMs: number | null
  /** Plant stale records that name bystanders. */
  readonly forge: boolean
  /** Leave services without a manager until each has been seen to print on. */
  readonly leaveAlone: boolean
  /** Services that somebody starts while the manager still recovers: what runs must not be started again. */
  readonly startsWhileRecovering: readonly number[]
}

const WEIGHTS = {
  start: 60,
  stop: 16,
  'force-stop': 8,
  restart: 18,
  crash: 10,
  change: 6,
  remove: 3,
  restore: 5,
} satisfies Record<ActionKind, number>

export function planRound(random: Random, services: number): RoundPlan {
  const windowMs = random.integer(20, 220)
  const actions = Array.from({ length: random.integer(2, 12) }, () => ({
    atMs: random.integer(0, windowMs),
    kind: random.weighted(WEIGHTS),
    index: random.integer(0, services - 1),
  })).sort((a, b) => a.atMs - b.atMs)
  return {
    actions,
    kill: planKill(random, windowMs, actions.length),
    killAgainMs: random.chance(0.15) ? random.next() * 60 : null,
    forge: random.chance(0.3),
    startsWhileRecovering: Array.from({ length: random.integer(0, 4) }, () => random.integer(0, services - 1)),
    leaveAlone: random.chance(0.2),
  }
}

function planKill(random: Random, windowMs: number, actions: number): KillPlan {
  // Most of what can go wrong takes less than a few milliseconds after something began.
  const delayMs = random.next() ** 2 * 12
  switch (random.weighted({ time: 2, action: 4, files: 4 })) {
    case 'time':
      return { kind: 'time', atMs: random.next() * windowMs }
    case 'action':
      return { kind: 'action', number: random.integer(0, actions - 1), delayMs }
    case 'files':
      return { kind: 'files', changes: random.integer(1, 8), delayMs: random.chance(0.6) ? 0 : delayMs / 4 }
  }
}

export function describePlan({
  actions,
  kill,
  killAgainMs,
  forge,
  startsWhileRecovering,
  leaveAlone,
}: RoundPlan): string {
  const when = actions.map(({ atMs, kind, index }) => `${atMs} ms ${kind} n${index}`).join(', ')
  const further = `again ${killAgainMs?.toFixed(1) ?? 'no'}, forged records ${forge}, left alone ${leaveAlone}`
  return `${when}; kill ${JSON.stringify(kill)}, ${further}, started while recovering: ${startsWhileRecovering.join()}`
}
