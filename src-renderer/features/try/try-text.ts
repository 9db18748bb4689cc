import type { ModelView, TryEnd } from '../../../src-preload/contract/models-view.ts'
import { formatCount } from '../../ui/format.ts'
import type { Attempt } from './attempt.ts'
import { MAX_TOKENS } from './limits.ts'

export const EXAMPLE_PROMPT = 'Explain in two sentences why the sea is salty.'
export const DEFAULT_MAX_TOKENS = 512

/** E.g. `0.21 s`, `12 s`. */
export function secondsText(milliseconds: number): string {
  const seconds = milliseconds / 1000
  return `${seconds.toFixed(seconds < 9.95 ? 2 : 0)} s`
}

function speedText(tokensPerSecond: number): string {
  return tokensPerSecond < 99.5 ? tokensPerSecond.toFixed(1) : formatCount(Math.round(tokensPerSecond))
}

function tokensText(tokens: number): string {
  return `${formatCount(tokens)} ${tokens === 1 ? 'token' : 'tokens'}`
}

/** What is measured, each as a short text; empty before the first token. */
export function figures({ tokens, firstTokenMs, tokensPerSecond }: Attempt): readonly string[] {
  return [
    ...(tokens > 0 ? [tokensText(tokens)] : []),
    ...(tokensPerSecond === null ? [] : [`${speedText(tokensPerSecond)} tokens/s`]),
    ...(firstTokenMs === null ? [] : [`first after ${secondsText(firstTokenMs)}`]),
  ]
}

/** How it ended, in words; null for a failure, which says more than a word. */
export function endText({ kind, finishReason }: TryEnd): string | null {
  if (kind === 'failed') return null
  if (kind === 'stopped') return 'Stopped'
  if (finishReason === 'length') return 'Stopped at the token limit'
  return finishReason === null || finishReason === 'stop' ? 'Complete' : `Ended: ${finishReason}`
}

/** What is said aloud once it ended; empty until then. */
export function announcement(attempt: Attempt): string {
  const { end, tokens, tokensPerSecond } = attempt
  if (end === null) return ''
  if (end.kind === 'failed') return `The answer failed: ${end.problem?.message ?? 'no reason was given'}`
  const how =
    end.kind === 'stopped' ? 'stopped' : end.finishReason === 'length' ? 'stopped at the token limit' : 'complete'
  const speed = tokensPerSecond === null ? '' : `, ${speedText(tokensPerSecond)} tokens per second`
  return `Answer ${how}, ${tokensText(tokens)}${speed}`
}

/** A number that can be sent; null for what is none. */
export function parseMaxTokens(typed: string): number | null {
  const value = Number(typed)
  return /^\d+$/.test(typed.trim()) && value >= 1 && value <= MAX_TOKENS ? value : null
}

/**
 * The model to ask: the chosen one while there is such a one, or else one that is in memory, or else any, but rather none
 * that only makes embeddings. Null leaves it to the server.
 */
export function modelToAsk(models: readonly ModelView[], chosen: string | null): string | null {
  if (models.some(({ id }) => id === chosen)) return chosen
  const answering = models.filter(({ id, state }) => state !== 'failed' && !/embed/i.test(id))
  const loaded = answering.find(({ state }) => state === 'loaded' || state === 'sleeping')
  return (loaded ?? answering[0] ?? models[0])?.id ?? null
}

/** Closer than this to its end counts as being there, in pixels. */
const NEAR = 24

interface Place {
  readonly scrollTop: number
  readonly clientHeight: number
  readonly scrollHeight: number
}

/** Whether what grows is followed after it was scrolled: up stops it, reaching the end starts it again. */
export function followsAfterScroll(isFollowing: boolean, before: number, now: Place): boolean {
  const below = now.scrollHeight - now.clientHeight - now.scrollTop
  if (below <= NEAR) return true
  return isFollowing && now.scrollTop >= before
}
