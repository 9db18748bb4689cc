import { describe, expect, it } from 'vitest'
import { requests } from '../../../../src-preload/contract/contract.ts'
import type { TryEnd } from '../../../../src-preload/contract/models-view.ts'
import { type Attempt, newAttempt } from '../../../../src-renderer/features/try/attempt.ts'
import { MAX_PROMPT_LENGTH, MAX_TOKENS } from '../../../../src-renderer/features/try/limits.ts'
import {
  announcement,
  DEFAULT_MAX_TOKENS,
  EXAMPLE_PROMPT,
  endText,
  figures,
  followsAfterScroll,
  modelToAsk,
  parseMaxTokens,
  secondsText,
} from '../../../../src-renderer/features/try/try-text.ts'
import { makeModel } from '../models/model.ts'

const end = (overrides: Partial<TryEnd> = {}): TryEnd => ({
  kind: 'done',
  finishReason: 'stop',
  problem: null,
  ...overrides,
})
const attempt = (overrides: Partial<Attempt>): Attempt => ({ ...newAttempt(0), ...overrides })

describe('the limits of a try', () => {
  const accepts = (prompt: string, maxTokens: number) =>
    requests['try.start'].input.safeParse({ key: 'a', model: null, prompt, maxTokens }).success

  it('are those of the contract', () => {
    expect(accepts('x'.repeat(MAX_PROMPT_LENGTH), MAX_TOKENS)).toBe(true)
    expect(accepts('x'.repeat(MAX_PROMPT_LENGTH + 1), MAX_TOKENS)).toBe(false)
    expect(accepts('x', MAX_TOKENS + 1)).toBe(false)
    expect(accepts(EXAMPLE_PROMPT, DEFAULT_MAX_TOKENS)).toBe(true)
  })

  it.each([
    ['1', 1],
    [' 512 ', 512],
    [String(MAX_TOKENS), MAX_TOKENS],
    [String(MAX_TOKENS + 1), null],
    ['0', null],
    ['-5', null],
    ['1.5', null],
    ['1e3', null],
    ['', null],
  ])('take "%s" as %s tokens', (typed, tokens) => {
    expect(parseMaxTokens(typed)).toBe(tokens)
  })
})

describe('the figures of an answer', () => {
  it('are none before the first token', () => {
    expect(figures(newAttempt(0))).toEqual([])
  })

  it('come as they are known', () => {
    expect(figures(attempt({ tokens: 1, firstTokenMs: 210 }))).toEqual(['1 token', 'first after 0.21 s'])
    expect(figures(attempt({ tokens: 1200, firstTokenMs: 12_400, tokensPerSecond: 38.24 }))).toEqual([
      '1,200 tokens',
      '38.2 tokens/s',
      'first after 12 s',
    ])
    expect(figures(attempt({ tokens: 2, tokensPerSecond: 1234.5 }))[1]).toBe('1,235 tokens/s')
  })

  it.each([
    [0, '0.00 s'],
    [9949, '9.95 s'],
    [9950, '10 s'],
  ])('say of %d ms "%s"', (ms, text) => {
    expect(secondsText(ms)).toBe(text)
  })
})

describe('the end of an answer', () => {
  it.each([
    [end(), 'Complete', 'complete'],
    [end({ finishReason: null }), 'Complete', 'complete'],
    [end({ finishReason: 'length' }), 'Stopped at the token limit', 'stopped at the token limit'],
    [end({ finishReason: 'tool_calls' }), 'Ended: tool_calls', 'complete'],
    [end({ kind: 'stopped', finishReason: null }), 'Stopped', 'stopped'],
  ])('of %j is "%s", said as "%s"', (how, shown, said) => {
    expect(endText(how)).toBe(shown)
    const heard = announcement(attempt({ end: how, tokens: 142, tokensPerSecond: 38.24 }))
    expect(heard).toBe(`Answer ${said}, 142 tokens, 38.2 tokens per second`)
  })

  it('of a failure says why, and nothing is said before the end', () => {
    const failure = end({ kind: 'failed', problem: { code: 'x', message: 'out of memory', hint: '' } })
    expect(endText(failure)).toBeNull()
    expect(announcement(attempt({ end: failure }))).toBe('The answer failed: out of memory')
    expect(announcement(attempt({ tokens: 5 }))).toBe('')
  })
})

describe('the model to ask', () => {
  const models = [
    makeModel('nomic-embed-text', { state: 'loaded' }),
    makeModel('broken', { state: 'failed' }),
    makeModel('big'),
    makeModel('small', { state: 'loaded' }),
  ]

  it('is the chosen one while there is such a one', () => {
    expect(modelToAsk(models, 'big')).toBe('big')
    expect(modelToAsk(models, 'gone')).toBe('small')
  })

  it('is else one in memory that can answer, else any that can, else any', () => {
    expect(modelToAsk(models, null)).toBe('small')
    expect(modelToAsk(models.slice(0, 3), null)).toBe('big')
    expect(modelToAsk(models.slice(0, 2), null)).toBe('nomic-embed-text')
    expect(modelToAsk([], 'big')).toBeNull()
  })
})

describe('following what grows', () => {
  const at = (scrollTop: number) => ({ scrollTop, clientHeight: 100, scrollHeight: 1000 })

  it('stops when it is scrolled up and goes on at the end', () => {
    expect(followsAfterScroll(true, 900, at(700))).toBe(false)
    expect(followsAfterScroll(false, 700, at(800))).toBe(false)
    expect(followsAfterScroll(false, 800, at(890))).toBe(true)
  })

  it('is not stopped by what was added meanwhile', () => {
    expect(followsAfterScroll(true, 600, at(600))).toBe(true)
  })
})
