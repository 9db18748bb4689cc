import { describe, expect, it, vi } from 'vitest'
import type { ModelsView, ModelView } from '../../../../src-preload/contract/models-view.ts'
import type { Problem, Reply } from '../../../../src-preload/contract/result.ts'
import { ModelsFeed } from '../../../../src-renderer/features/models/models-feed.ts'
import { makeModel } from './model.ts'

const problem = (message: string): Problem => ({ code: 'no-answer', message, hint: '' })

const viewOf = (models: readonly ModelView[]): ModelsView => ({ models, canLoad: true, canUnload: true, note: null })

/** A server whose answers, and a clock whose time, a test gives by hand. */
function setUp() {
  const questions: ((reply: Reply<ModelsView>) => void)[] = []
  const works: { readonly what: string; readonly settle: (reply: Reply<null>) => void }[] = []
  const timers: { readonly action: () => void; readonly at: number }[] = []
  const told: Problem[] = []
  let now = 1_000_000
  let isVisible = true
  let onVisibility: () => void = () => undefined
  const work = (what: string) => new Promise<Reply<null>>((settle) => works.push({ what, settle }))
  const feed = new ModelsFeed({
    list: () => new Promise((resolve) => questions.push(resolve)),
    load: (model) => work(`load ${model}`),
    unload: (model) => work(`unload ${model}`),
    isVisible: () => isVisible,
    onVisibility: (listener) => {
      onVisibility = listener
      return () => {
        onVisibility = () => undefined
      }
    },
    later: (action, ms) => {
      const timer = { action, at: now + ms }
      timers.push(timer)
      return () => {
        if (timers.includes(timer)) timers.splice(timers.indexOf(timer), 1)
      }
    },
    now: () => now,
    tell: (one) => told.push(one),
  })
  const settle = async () => {
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve()
  }
  return {
    feed,
    questions,
    works,
    told,
    timers,
    models: () => feed.state().view?.models.map(({ id, state }) => `${id} ${state}`),
    async answer(...models: readonly ModelView[]) {
      questions.shift()?.({ ok: true, value: viewOf(models) })
      await settle()
    },
    async refuse(message: string) {
      questions.shift()?.({ ok: false, error: problem(message) })
      await settle()
    },
    async finish(reply: Reply<null> = { ok: true, value: null }) {
      works.shift()?.settle(reply)
      await settle()
    },
    pass(ms: number) {
      now += ms
      for (const timer of timers.filter(({ at }) => at <= now)) {
        timers.splice(timers.indexOf(timer), 1)
        timer.action()
      }
    },
    setVisible(visible: boolean) {
      isVisible = visible
      onVisibility()
    },
  }
}

describe('the models of a service', () => {
  it('are asked for at once, and again some seconds after each answer while somebody looks', async () => {
    const { feed, questions, answer, pass, models } = setUp()
    const end = feed.watch('1')
    expect(questions).toHaveLength(1)
    await answer(makeModel('a'))
    expect(models()).toEqual(['a unloaded'])
    pass(2999)
    expect(questions).toHaveLength(0)
    pass(1)
    expect(questions).toHaveLength(1)
    await answer(makeModel('a', { state: 'loaded' }))
    expect(models()).toEqual(['a loaded'])
    end()
    pass(60_000)
    expect(questions).toHaveLength(0)
  })

  it('are not asked for again while a question is under way, however long it takes', async () => {
    const { feed, questions, answer, pass, setVisible } = setUp()
    feed.watch('1')
    pass(60_000)
    setVisible(true)
    feed.refresh('1')
    expect(questions).toHaveLength(1)
    await answer()
    expect(questions).toHaveLength(0)
  })

  it('rest while the page is hidden, and are asked for as soon as it is seen if they are old', async () => {
    const { feed, questions, answer, pass, setVisible } = setUp()
    feed.watch('1')
    await answer()
    setVisible(false)
    pass(60_000)
    expect(questions).toHaveLength(0)
    setVisible(true)
    expect(questions).toHaveLength(1)
  })

  it('stay on screen when the server does not answer, with the reason', async () => {
    const { feed, answer, refuse, pass, models } = setUp()
    feed.watch('1')
    await answer(makeModel('a'))
    pass(3000)
    await refuse('no answer')
    expect(models()).toEqual(['a unloaded'])
    expect(feed.state().problem?.message).toBe('no answer')
    pass(3000)
    await answer(makeModel('a'))
    expect(feed.state().problem).toBeNull()
  })

  it('are forgotten with the run, and answers about the run before are dropped', async () => {
    const { feed, questions, answer, models } = setUp()
    feed.watch('1')()
    feed.watch('2')
    expect(questions).toHaveLength(2)
    await answer(makeModel('old'))
    expect(models()).toBeUndefined()
    await answer(makeModel('new'))
    expect(models()).toEqual(['new unloaded'])
  })

  it('are asked for once where they are only chosen from, and not again a moment later', async () => {
    const { feed, questions, answer, pass, timers } = setUp()
    feed.refresh('1')
    await answer(makeModel('a'))
    feed.refresh('1')
    expect(questions).toHaveLength(0)
    expect(timers).toHaveLength(0)
    pass(3000)
    feed.refresh('1')
    expect(questions).toHaveLength(1)
  })

  it('keep since when each is loading', async () => {
    const { feed, answer, pass } = setUp()
    feed.watch('1')
    await answer(makeModel('a', { state: 'loading' }))
    const since = feed.state().loadingSince.get('a')
    pass(3000)
    await answer(makeModel('a', { state: 'loading' }), makeModel('b', { state: 'loading' }))
    expect(feed.state().loadingSince.get('a')).toBe(since)
    expect(feed.state().loadingSince.get('b')).toBe((since ?? 0) + 3000)
    pass(3000)
    await answer(makeModel('a', { state: 'loaded' }))
    expect(feed.state().loadingSince.size).toBe(0)
  })
})

describe('loading a model', () => {
  async function listed() {
    const world = setUp()
    const end = world.feed.watch('1')
    await world.answer(makeModel('a'), makeModel('b'))
    return { ...world, end }
  }

  it('shows that it is under way and, once done, the model as loaded before the server is asked anew', async () => {
    const { feed, works, questions, finish, models } = await listed()
    void feed.load('a')
    expect(feed.state().works.get('a')).toEqual({ kind: 'load', since: 1_000_000 })
    void feed.load('a')
    expect(works.map(({ what }) => what)).toEqual(['load a'])
    await finish()
    expect(feed.state().works.size).toBe(0)
    expect(models()).toEqual(['a loaded', 'b unloaded'])
    expect(feed.state().news).toBe('a is loaded.')
    expect(questions).toHaveLength(1)
  })

  it('takes no list for the present one that was asked for before it was done', async () => {
    const { feed, pass, finish, answer, models, questions } = await listed()
    void feed.load('a')
    pass(3000)
    expect(questions).toHaveLength(1)
    await finish()
    await answer(makeModel('a'), makeModel('b'))
    expect(models()).toEqual(['a loaded', 'b unloaded'])
    await answer(makeModel('a', { state: 'loaded' }), makeModel('b'))
    expect(models()).toEqual(['a loaded', 'b unloaded'])
  })

  it('says at the model why it failed, until it is tried again', async () => {
    const { feed, finish, told, models } = await listed()
    void feed.load('a')
    await finish({ ok: false, error: problem('out of memory') })
    expect(feed.state().failures.get('a')?.message).toBe('out of memory')
    expect(feed.state().news).toBe('Could not load a: out of memory')
    expect(models()).toEqual(['a unloaded', 'b unloaded'])
    expect(told).toEqual([])
    void feed.load('a')
    expect(feed.state().failures.size).toBe(0)
  })

  it('tells of a failure elsewhere if nobody looks at the list any more', async () => {
    const { feed, finish, told, end, questions } = await listed()
    void feed.load('a')
    end()
    await finish({ ok: false, error: problem('out of memory') })
    expect(told).toEqual([problem('out of memory')])
    expect(questions).toHaveLength(0)
  })

  it('is no news of a server that was stopped meanwhile', async () => {
    const { feed, finish, told, end } = await listed()
    void feed.load('a')
    end()
    feed.refresh('2')
    await finish({ ok: false, error: problem('connection lost') })
    expect(told).toEqual([])
    expect(feed.state().failures.size).toBe(0)
  })

  it('tells its listeners until they leave', async () => {
    const { feed, finish } = await listed()
    const listener = vi.fn()
    const leave = feed.subscribe(listener)
    void feed.unload('a')
    expect(listener).toHaveBeenCalled()
    leave()
    listener.mockClear()
    await finish()
    expect(listener).not.toHaveBeenCalled()
    expect(feed.state().news).toBe('a is unloaded.')
  })
})
