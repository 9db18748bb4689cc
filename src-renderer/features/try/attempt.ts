import type { TryEnd, TryProgress } from '../../../src-preload/contract/models-view.ts'
import type { Problem } from '../../../src-preload/contract/result.ts'

/** A prompt on its way, but for the texts of its answer. */
export interface Attempt {
  readonly phase: 'asking' | 'answering' | 'ended'
  /** When it was sent, in milliseconds since the epoch. */
  readonly since: number
  readonly tokens: number
  readonly firstTokenMs: number | null
  readonly tokensPerSecond: number | null
  readonly hasReasoning: boolean
  /** The answer itself has begun: what came before it, if anything, was reasoning. */
  readonly hasAnswer: boolean
  /** Null until it ended. */
  readonly end: TryEnd | null
}

export function newAttempt(since: number): Attempt {
  return {
    phase: 'asking',
    since,
    tokens: 0,
    firstTokenMs: null,
    tokensPerSecond: null,
    hasReasoning: false,
    hasAnswer: false,
    end: null,
  }
}

/** What follows from an event; nothing once it ended. */
export function withProgress(attempt: Attempt, progress: TryProgress): Attempt {
  if (attempt.phase === 'ended') return attempt
  const { text, reasoning, tokens, firstTokenMs, tokensPerSecond, end } = progress
  const isBegun = attempt.phase === 'answering' || text !== '' || reasoning !== '' || tokens > 0
  return {
    phase: end !== null ? 'ended' : isBegun ? 'answering' : 'asking',
    since: attempt.since,
    tokens,
    firstTokenMs,
    tokensPerSecond,
    hasReasoning: attempt.hasReasoning || reasoning !== '',
    hasAnswer: attempt.hasAnswer || text !== '',
    end,
  }
}

/** Ended without an event that says so: it could not be sent, or another one took its place. */
export function ended(attempt: Attempt, kind: 'stopped' | 'failed', problem: Problem | null): Attempt {
  if (attempt.phase === 'ended') return attempt
  return { ...attempt, phase: 'ended', end: { kind, finishReason: null, problem } }
}
