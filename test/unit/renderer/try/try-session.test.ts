import { describe, expect, it, vi } from 'vitest'
import type { TryEnd, TryProgress } from '../../../../src-preload/contract/models-view.ts'
import type { Reply } from '../../../../src-preload/contract/result.ts'
import { TrySession } from '../../../../src-renderer/features/try/try-session.ts'

const DONE: TryEnd = { kind: 'done', finishReason: 'stop', problem: null }

const progress = (tryId: number, overrides: Partial<TryProgress> = {}): TryProgress => ({
  tryId,
  text: '',
  reasoning: '',
  tokens: 0,
  firstTokenMs: null,
  tokensPerSecond: null,
  end: null,
  ...overrides,
})

/** A main process whose answers and events a test gives by hand. */
function setUp() {
  const starts: ((reply: Reply<{ tryId: number }>) => void)[] = []
  const stops: number[] = []
  const later: (() => void)[] = []
  let send: (event: TryProgress) => void = () => undefined
  let stopReply: Reply<null> = { ok: true, value: null }
  const session = new TrySession({
    start: () => new Promise((resolve) => starts.push(resolve)),
    stop: (tryId) => {
      stops.push(tryId)
      return Promise.resolve(stopReply)
    },
    onProgress: (listener) => {
      send = listener
      return () => undefined
    },
    later: (action) => later.push(action),
    now: () => 5000,
  })
  const settle = async () => {
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve()
  }
  return {
    session,
    starts,
    stops,
    later,
    settle,
    send: (tryId: number, overrides?: Partial<TryProgress>) => send(progress(tryId, overrides)),
    ask: (key: string) => void session.ask({ key, model: null, prompt: 'why?', maxTokens: 9 }),
    refuseStops: () => {
      stopReply = { ok: false, error: { code: 'no-such-try', message: 'gone', hint: '' } }
    },
    async started(tryId: number) {
      starts.shift()?.({ ok: true, value: { tryId } })
      await settle()
    },
    phase: (key: string) => session.answer(key)?.attempt.phase,
    text: (key: string) => session.answer(key)?.text.text,
  }
}

describe('trying a server', () => {
  it('is asking, then answering, then ended, and collects the answer on the way', async () => {
    const { session, ask, started, send, phase, text } = setUp()
    expect(session.answer('a')).toBeNull()
    ask('a')
    expect(phase('a')).toBe('asking')
    await started(1)
    send(1)
    expect(phase('a')).toBe('asking')
    send(1, { reasoning: 'hm', tokens: 1, firstTokenMs: 200 })
    expect(session.answer('a')?.attempt).toMatchObject({ phase: 'answering', hasReasoning: true, hasAnswer: false })
    send(1, { text: 'Be', tokens: 2 })
    send(1, { text: 'cause', tokens: 3, tokensPerSecond: 40, end: DONE })
    expect(session.answer('a')?.attempt).toMatchObject({ phase: 'ended', tokens: 3, tokensPerSecond: 40, end: DONE })
    expect(text('a')).toBe('Because')
    expect(session.answer('a')?.reasoning.text).toBe('hm')
  })

  it('takes events that overtook the answer that tells their number, and none of another try', async () => {
    const { ask, started, send, text } = setUp()
    ask('a')
    send(7, { text: 'of another window' })
    send(8, { text: 'first ' })
    await started(8)
    send(7, { text: 'late' })
    send(8, { text: 'second' })
    expect(text('a')).toBe('first second')
  })

  it('says why it could not begin', async () => {
    const { session, ask, starts, settle } = setUp()
    ask('a')
    const error = { code: 'not-running', message: 'It does not run.', hint: 'Start it.' }
    starts.shift()?.({ ok: false, error })
    await settle()
    expect(session.answer('a')?.attempt.end).toEqual({ kind: 'failed', finishReason: null, problem: error })
  })

  it('is stopped by the main process, whose last event may still bring text', async () => {
    const { session, ask, started, send, stops, phase, text } = setUp()
    ask('a')
    await started(1)
    send(1, { text: 'Be', tokens: 1 })
    session.stop('b')
    expect(stops).toEqual([])
    session.stop('a')
    expect(stops).toEqual([1])
    expect(phase('a')).toBe('answering')
    send(1, { text: 'cause', tokens: 2, end: { kind: 'stopped', finishReason: null, problem: null } })
    expect([phase('a'), text('a')]).toEqual(['ended', 'Because'])
  })

  it('ends also if the main process knows nothing of it any more', async () => {
    const { session, ask, started, refuseStops, settle } = setUp()
    refuseStops()
    ask('a')
    await started(1)
    session.stop('a')
    await settle()
    expect(session.answer('a')?.attempt.end?.kind).toBe('stopped')
  })

  it('stops at once before it has a number, and there as soon as it has one', async () => {
    const { session, ask, started, stops, send, phase, text } = setUp()
    ask('a')
    session.stop('a')
    expect(phase('a')).toBe('ended')
    await started(4)
    expect(stops).toEqual([4])
    send(4, { text: 'too late' })
    expect(text('a')).toBe('')
  })

  it('gives way to another one, also of another service, and keeps what it had', async () => {
    const { session, ask, started, send, stops, phase, text } = setUp()
    ask('a')
    await started(1)
    send(1, { text: 'half' })
    ask('b')
    expect(session.answer('a')?.attempt.end?.kind).toBe('stopped')
    send(1, { text: ' of it' })
    await started(2)
    send(2, { text: 'whole', end: DONE })
    expect([text('a'), text('b'), phase('b')]).toEqual(['half', 'whole', 'ended'])
    // The main process has ended the first by itself.
    expect(stops).toEqual([])
  })

  it('does not stop the one that took its place while it had no number yet', async () => {
    const { ask, started, send, stops, text } = setUp()
    ask('a')
    ask('b')
    await started(1)
    await started(2)
    send(2, { text: 'whole' })
    expect([stops, text('a'), text('b')]).toEqual([[], '', 'whole'])
  })

  it('tells of phases at once, and of numbers not more often than they can be read', async () => {
    const { session, ask, started, send, later } = setUp()
    const listener = vi.fn()
    session.subscribe(listener)
    ask('a')
    await started(1)
    listener.mockClear()
    send(1, { text: 'a', tokens: 1 })
    expect(listener).toHaveBeenCalledTimes(1)
    for (let token = 2; token < 100; token += 1) send(1, { text: 'a', tokens: token })
    expect([listener.mock.calls.length, later.length]).toEqual([1, 1])
    later.shift()?.()
    expect(listener).toHaveBeenCalledTimes(2)
    expect(session.answer('a')?.attempt.tokens).toBe(99)
    send(1, { end: DONE, tokens: 99 })
    expect(listener).toHaveBeenCalledTimes(3)
  })
})
