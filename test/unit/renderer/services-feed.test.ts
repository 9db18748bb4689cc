import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { createStore } from 'zustand/vanilla'
import type { Reply } from '../../../src-preload/contract/result.ts'
import type { ServicesPatch, ServicesSnapshot } from '../../../src-preload/contract/service-view.ts'
import { ServicesFeed } from '../../../src-renderer/store/services-feed.ts'
import { initialServices } from '../../../src-renderer/store/services-state.ts'
import { makeView } from './service-view.ts'

const names = ['a', 'b', 'c'] as const

function patch(seq: number, pid: number, key = 'a'): ServicesPatch {
  return { seq, upserted: [makeView({ key, pid })], order: null, configProblems: null }
}

function snapshot(seq: number, pid = 0): ServicesSnapshot {
  return { seq, services: names.map((key) => makeView({ key, pid })), configProblems: [] }
}

/** A main process whose answers a test gives by hand. */
function setUp() {
  const questions: ((reply: Reply<ServicesSnapshot>) => void)[] = []
  const retries: (() => void)[] = []
  let send: (patch: ServicesPatch) => void = () => undefined
  const store = createStore(() => initialServices)
  const feed = new ServicesFeed(
    {
      subscribe: () => new Promise((resolve) => questions.push(resolve)),
      onPatch: (listener) => {
        send = listener
        return () => {
          send = () => undefined
        }
      },
      later: (action) => {
        retries.push(action)
        return () => undefined
      },
    },
    store,
  )
  const answer = async (value: ServicesSnapshot) => {
    questions.shift()?.({ ok: true, value })
    await Promise.resolve()
  }
  const pidOf = (key: string) => store.getState().byKey.get(key)?.pid
  return { feed, store, questions, retries, answer, pidOf, send: (one: ServicesPatch) => send(one) }
}

describe('the services of the page', () => {
  it('are loading until the snapshot comes, and keep its order', async () => {
    const { store, answer } = setUp()
    expect(store.getState().phase).toBe('loading')
    await answer(snapshot(3))
    expect(store.getState()).toMatchObject({ phase: 'ready', seq: 3, order: names })
  })

  it('take patches that overtook the snapshot, but none that it contains', async () => {
    const { answer, send, pidOf } = setUp()
    send(patch(3, 33))
    send(patch(4, 44, 'b'))
    await answer(snapshot(3, 1))
    expect([pidOf('a'), pidOf('b'), pidOf('c')]).toEqual([1, 44, 1])
  })

  it('are asked for anew when a patch is missing, and what came meanwhile is not lost', async () => {
    const { answer, send, pidOf, questions, store } = setUp()
    await answer(snapshot(1))
    send(patch(3, 33))
    expect(questions).toHaveLength(1)
    send(patch(4, 44, 'b'))
    expect(pidOf('a')).toBe(0)
    await answer(snapshot(3, 3))
    expect([store.getState().seq, pidOf('a'), pidOf('b')]).toEqual([4, 3, 44])
  })

  it('are asked for again after a pause, not at once, if the new snapshot leaves a gap too', async () => {
    const { answer, send, questions, retries, pidOf } = setUp()
    send(patch(9, 99))
    await answer(snapshot(3))
    expect([questions.length, retries.length]).toEqual([0, 1])
    retries[0]?.()
    await answer(snapshot(8))
    expect(pidOf('a')).toBe(99)
  })

  it('say why they cannot be loaded, and try again', async () => {
    const { store, questions, retries, answer } = setUp()
    const error = { code: 'internal', message: 'No.', hint: '' }
    questions.shift()?.({ ok: false, error })
    await vi.waitFor(() => expect(store.getState().problem).toEqual(error))
    retries[0]?.()
    await answer(snapshot(1))
    expect(store.getState().problem).toBeNull()
  })

  it('follow an order, and forget who left it', async () => {
    const { store, answer, send } = setUp()
    await answer(snapshot(1))
    send({ seq: 2, upserted: [makeView({ key: 'd' })], order: ['d', 'a'], configProblems: null })
    expect(store.getState().order).toEqual(['d', 'a'])
    expect([...store.getState().byKey.keys()].sort()).toEqual(['a', 'd'])
  })

  it('keep the identity of what a patch does not name', async () => {
    const { store, answer, send } = setUp()
    await answer(snapshot(1))
    const before = store.getState().byKey.get('b')
    send(patch(2, 5))
    expect(store.getState().byKey.get('b')).toBe(before)
  })

  it('change no more once the feed ended', async () => {
    const { feed, store, answer } = setUp()
    feed.end()
    await answer(snapshot(1))
    expect(store.getState().phase).toBe('loading')
  })

  it('end up as the main process has them, whatever is lost and whenever the snapshots come', async () => {
    const step = fc.record({ key: fc.constantFrom(...names), isLost: fc.boolean(), answers: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { answer, send, pidOf, questions, retries } = setUp()
        const truth = new Map<string, number>(names.map((key) => [key, 0]))
        let seq = 0
        const current = () => ({
          seq,
          services: names.map((key) => makeView({ key, pid: truth.get(key) ?? null })),
          configProblems: [],
        })
        for (const { key, isLost, answers } of [...steps, { key: 'a', isLost: false, answers: true } as const]) {
          seq += 1
          truth.set(key, seq)
          if (!isLost) send(patch(seq, seq, key))
          if (answers && questions.length > 0) await answer(current())
        }
        while (questions.length + retries.length > 0) {
          retries.shift()?.()
          await answer(current())
        }
        expect(names.map(pidOf)).toEqual([...truth.values()])
      }),
    )
  })
})
