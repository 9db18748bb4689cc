import { describe, expect, it, vi } from 'vitest'
import { dispatch, type Handlers, okReply } from '../../src-main/shell/ipc-dispatch.ts'
import { MAX_PAGE_LINES, type RequestChannel, requests } from '../../src-preload/contract/contract.ts'

interface Examples {
  readonly good: readonly Record<string, unknown>[]
  /** Each with the place its message must name. */
  readonly bad: readonly { readonly input: unknown; readonly place: string }[]
}

const noInput: Examples = { good: [{}], bad: [{ input: undefined, place: 'the input' }] }
const oneService: Examples = {
  good: [{ key: 'ollama:main' }],
  bad: [
    { input: {}, place: 'key' },
    { input: { key: '' }, place: 'key' },
    { input: { key: 7 }, place: 'key' },
    { input: { key: 'x'.repeat(201) }, place: 'key' },
    { input: null, place: 'the input' },
    { input: 'ollama:main', place: 'the input' },
  ],
}
const oneStream: Examples = {
  good: [
    { key: 'ollama:main', stream: 'stdout' },
    { key: 'ollama:main', stream: 'stderr' },
  ],
  bad: [
    { input: { key: 'ollama:main' }, place: 'stream' },
    { input: { key: 'ollama:main', stream: 'stdin' }, place: 'stream' },
  ],
}
const page = { key: 'ollama:main', stream: 'stdout', epoch: 1, from: 0, count: 100 }

/** A channel without examples does not compile. */
const examples: Readonly<Record<RequestChannel, Examples>> = {
  'services.subscribe': noInput,
  'services.start': oneService,
  'services.stop': {
    good: [{ key: 'ollama:main' }, { key: 'ollama:main', force: true }],
    bad: [...oneService.bad, { input: { key: 'ollama:main', force: 'yes' }, place: 'force' }],
  },
  'services.restart': oneService,
  'services.stopExternal': {
    good: [{ key: 'ollama:main', pid: 4711 }],
    bad: [
      { input: { key: 'ollama:main' }, place: 'pid' },
      ...[0, 1, -5, 1.5, '7', Number.MAX_VALUE].map((pid) => ({ input: { key: 'ollama:main', pid }, place: 'pid' })),
    ],
  },
  'services.startOnFreePort': oneService,
  'services.startAll': noInput,
  'services.stopAll': noInput,
  'services.openUrl': oneService,
  'services.copyUrl': oneService,
  'usage.watch': {
    good: [{ active: true }, { active: false }],
    bad: [
      { input: {}, place: 'active' },
      { input: { active: 1 }, place: 'active' },
    ],
  },
  'logs.open': oneStream,
  'logs.close': oneStream,
  'logs.page': {
    good: [page, { ...page, count: MAX_PAGE_LINES }],
    bad: [
      { input: { ...page, from: -1 }, place: 'from' },
      { input: { ...page, from: 0.5 }, place: 'from' },
      { input: { ...page, from: Number.NaN }, place: 'from' },
      { input: { ...page, epoch: '1' }, place: 'epoch' },
      { input: { ...page, count: MAX_PAGE_LINES + 1 }, place: 'count' },
      { input: { ...page, stream: '../../etc/passwd' }, place: 'stream' },
    ],
  },
  'logs.reveal': oneService,
  'app.info': noInput,
  'app.openConfig': noInput,
  'app.quit': noInput,
  'notices.get': noInput,
  'notices.dismiss': {
    good: [{ id: 1 }],
    bad: [
      { input: {}, place: 'id' },
      { input: { id: -1 }, place: 'id' },
    ],
  },
  'settings.get': noInput,
  'settings.set': {
    good: [{}, { theme: 'dark' }, { quitAction: 'leave', theme: 'system' }, { afterReboot: 'start-again' }],
    bad: [
      { input: { theme: 'pink' }, place: 'theme' },
      { input: { quitAction: true }, place: 'quitAction' },
      { input: { afterReboot: 'maybe' }, place: 'afterReboot' },
    ],
  },
}

/** Handlers that record what reaches them. */
function recordingHandlers() {
  const calls: { channel: string; input: unknown }[] = []
  const entries = Object.keys(requests).map((channel) => [
    channel,
    (input: unknown) => {
      calls.push({ channel, input })
      return okReply(null)
    },
  ])
  return { calls, handlers: Object.fromEntries(entries) as Handlers }
}

const channels = Object.keys(examples) as RequestChannel[]

describe.each(channels)('%s', (channel) => {
  const { good, bad } = examples[channel]

  it.each(good)('passes %j on to its handler', async (input) => {
    const { calls, handlers } = recordingHandlers()
    const reply = await dispatch(channel, true, input, { handlers, onBug: vi.fn() })
    expect(reply).toEqual({ ok: true, value: null })
    expect(calls).toEqual([{ channel, input }])
  })

  it.each(bad)('refuses $input and names $place', async ({ input, place }) => {
    const { calls, handlers } = recordingHandlers()
    const reply = await dispatch(channel, true, input, { handlers, onBug: vi.fn() })
    expect(calls).toEqual([])
    expect(reply).toMatchObject({ ok: false, error: { code: 'bad-input' } })
    expect((reply as { error: { message: string } }).error.message).toMatch(new RegExp(`^${channel}: ${place}: \\S`))
  })

  it('drops keys that the contract does not declare', async () => {
    const { calls, handlers } = recordingHandlers()
    const [input = {}] = good
    const hostile = { ...input, command: 'rm -rf /', constructor: 'x' }
    await dispatch(channel, true, hostile, { handlers, onBug: vi.fn() })
    expect(calls).toEqual([{ channel, input }])
  })

  it('refuses any other sender before it looks at the input', async () => {
    const { calls, handlers } = recordingHandlers()
    const reply = await dispatch(channel, false, good[0], { handlers, onBug: vi.fn() })
    expect(reply).toMatchObject({ ok: false, error: { code: 'forbidden' } })
    expect(calls).toEqual([])
  })
})

describe('dispatch', () => {
  it.each(['services.destroy', 'toString', '__proto__', ''])('refuses the undeclared channel "%s"', async (channel) => {
    const { handlers } = recordingHandlers()
    const reply = await dispatch(channel, true, {}, { handlers, onBug: vi.fn() })
    expect(reply).toMatchObject({ ok: false, error: { code: 'unknown-channel' } })
  })

  it('answers an exception with a value, and reports it as a bug', async () => {
    const { handlers } = recordingHandlers()
    const bug = new Error('boom')
    const onBug = vi.fn()
    const failing: Handlers = {
      ...handlers,
      'app.info': () => {
        throw bug
      },
    }
    const reply = await dispatch('app.info', true, {}, { handlers: failing, onBug })
    expect(reply).toMatchObject({ ok: false, error: { code: 'internal', message: expect.stringContaining('boom') } })
    expect(onBug).toHaveBeenCalledExactlyOnceWith('app.info', bug)
  })

  it('says in words what was expected', async () => {
    const { handlers } = recordingHandlers()
    const reply = await dispatch('usage.watch', true, { active: 'x' }, { handlers, onBug: vi.fn() })
    expect(reply).toMatchObject({
      error: { message: 'usage.watch: active: Invalid input: expected boolean, received string' },
    })
  })
})
