import { describe, expect, it, vi } from 'vitest'
import { dispatch, type Handlers, okReply } from '../../src-main/shell/ipc-dispatch.ts'
import type { Page } from '../../src-main/shell/page.ts'
import { MAX_PAGE_ROWS, MAX_PICKED_ROWS, type RequestChannel, requests } from '../../src-preload/contract/contract.ts'

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
const oneModel: Examples = {
  good: [{ key: 'ollama:main', model: 'qwen3:8b' }],
  bad: [
    { input: { key: 'ollama:main' }, place: 'model' },
    { input: { key: 'ollama:main', model: 'x'.repeat(1001) }, place: 'model' },
    { input: { model: 'qwen3:8b' }, place: 'key' },
  ],
}
const oneView: Examples = {
  good: ['stdout', 'stderr', 'merged'].map((view) => ({ key: 'ollama:main', view })),
  bad: [
    { input: { key: 'ollama:main' }, place: 'view' },
    { input: { key: 'ollama:main', view: 'stdin' }, place: 'view' },
    { input: { view: 'stdout' }, place: 'key' },
  ],
}
const inLog = { key: 'ollama:main', view: 'merged', epoch: 1 }
const badPlaces = [
  { input: { ...inLog, epoch: '1' }, place: 'epoch' },
  { input: { ...inLog, view: '../../etc/passwd' }, place: 'view' },
]
/** Whatever else a channel takes, given with a wrong epoch and a wrong view. */
const outside = (rest: object) => badPlaces.map(({ input, place }) => ({ input: { ...rest, ...input }, place }))
const page = { ...inLog, from: 0, count: 100 }
const prompt = { key: 'ollama:main', model: null, prompt: 'Hello', maxTokens: 100 }
const search = { key: 'a:b', view: 'stdout', text: 'x', isPattern: false, matchCase: true, wholeWord: false }

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
  'setup.suggest': { good: [{ preset: 'ollama' }], bad: [{ input: {}, place: 'preset' }] },
  'setup.check': {
    good: [
      { entry: {}, replaces: null },
      { entry: { key: 5, args: { extraArgs: [null] } }, replaces: 'ollama:main' },
    ],
    bad: [
      { input: { entry: {} }, place: 'replaces' },
      { input: { entry: 'x', replaces: null }, place: 'entry' },
      { input: { entry: { env: undefined }, replaces: null }, place: 'entry.env' },
      { input: { entry: { env: new Map() }, replaces: null }, place: 'entry.env' },
    ],
  },
  'setup.choosePath': {
    good: ['program', 'folder', 'model', 'file'].map((kind) => ({ kind })),
    bad: [{ input: { kind: 'url' }, place: 'kind' }],
  },
  'secrets.info': noInput,
  'config.entry': oneService,
  'config.add': {
    good: [
      { entry: { key: 'a:b' }, secrets: {} },
      { entry: {}, secrets: { TOKEN: 'x', OTHER: null } },
    ],
    bad: [
      { input: { entry: {} }, place: 'secrets' },
      { input: { secrets: {} }, place: 'entry' },
      { input: { entry: {}, secrets: { TOKEN: 5 } }, place: 'secrets.TOKEN' },
      { input: { entry: {}, secrets: { TOKEN: 'x'.repeat(100_001) } }, place: 'secrets.TOKEN' },
    ],
  },
  'config.change': {
    good: [{ key: 'a:b', revision: 'x', entry: {}, secrets: {} }],
    bad: [
      { input: { key: 'a:b', entry: {}, secrets: {} }, place: 'revision' },
      { input: { key: '', revision: 'x', entry: {}, secrets: {} }, place: 'key' },
      { input: { key: 'a:b', revision: 'x', entry: [], secrets: {} }, place: 'entry' },
    ],
  },
  'config.duplicate': oneService,
  'config.move': {
    good: [
      { key: 'a:b', before: null },
      { key: 'a:b', before: 'c:d' },
    ],
    bad: [
      { input: { key: 'a:b' }, place: 'before' },
      { input: { key: 'a:b', before: '' }, place: 'before' },
    ],
  },
  'config.delete': oneService,
  'config.undoDelete': { good: [{ undo: 1 }], bad: [{ input: { undo: -1 }, place: 'undo' }] },
  'usage.watch': {
    good: [{ active: true }, { active: false }],
    bad: [
      { input: {}, place: 'active' },
      { input: { active: 1 }, place: 'active' },
    ],
  },
  'presets.list': noInput,
  'detection.get': { good: [{ refresh: true }], bad: [{ input: { refresh: 'yes' }, place: 'refresh' }] },
  'gguf.scan': { good: [{ refresh: false }], bad: [{ input: {}, place: 'refresh' }] },
  'gguf.read': {
    good: [{ file: '/models/a.gguf' }],
    bad: [
      { input: { file: '' }, place: 'file' },
      { input: { file: 'a'.repeat(4001) }, place: 'file' },
    ],
  },
  'models.list': oneService,
  'models.load': oneModel,
  'models.unload': oneModel,
  'try.start': {
    good: [prompt, { ...prompt, model: 'qwen3:8b' }],
    bad: [
      { input: { ...prompt, key: '' }, place: 'key' },
      { input: { ...prompt, model: '' }, place: 'model' },
      { input: { ...prompt, prompt: '' }, place: 'prompt' },
      { input: { ...prompt, prompt: 'x'.repeat(100_001) }, place: 'prompt' },
      { input: { ...prompt, maxTokens: 0 }, place: 'maxTokens' },
      { input: { ...prompt, maxTokens: 1.5 }, place: 'maxTokens' },
    ],
  },
  'try.stop': { good: [{ tryId: 1 }], bad: [{ input: { tryId: -1 }, place: 'tryId' }] },
  'try.snippets': {
    good: [
      { key: 'ollama:main', model: null },
      { key: 'ollama:main', model: 'qwen3:8b' },
    ],
    bad: [{ input: { key: 'ollama:main' }, place: 'model' }],
  },
  'logs.open': oneView,
  'logs.close': oneView,
  'logs.page': {
    good: [page, { ...page, count: MAX_PAGE_ROWS }],
    bad: [
      ...outside(page),
      { input: { ...page, from: -1 }, place: 'from' },
      { input: { ...page, from: 0.5 }, place: 'from' },
      { input: { ...page, from: Number.NaN }, place: 'from' },
      { input: { ...page, count: MAX_PAGE_ROWS + 1 }, place: 'count' },
    ],
  },
  'logs.rows': {
    good: [
      { ...inLog, rows: [] },
      { ...inLog, rows: [7, 3] },
    ],
    bad: [
      ...outside({ rows: [1] }),
      { input: { ...inLog, rows: [1, -1] }, place: 'rows.1' },
      { input: { ...inLog, rows: Array.from({ length: MAX_PICKED_ROWS + 1 }, () => 0) }, place: 'rows' },
    ],
  },
  'logs.find': {
    good: [
      { ...inLog, row: 0, target: { to: 'line', stream: 'stderr', line: 12 } },
      { ...inLog, row: 0, target: { to: 'time', time: 1_700_000_000_000 } },
      { ...inLog, row: 9, target: { to: 'error', direction: 'next' } },
      { ...inLog, row: 9, target: { to: 'mark', direction: 'previous' } },
    ],
    bad: [
      ...outside({ row: 0, target: { to: 'time', time: 1 } }),
      { input: { ...inLog, row: -1, target: { to: 'time', time: 1 } }, place: 'row' },
      { input: { ...inLog, row: 0, target: { to: 'nowhere' } }, place: 'target.to' },
      { input: { ...inLog, row: 0, target: { to: 'error', direction: 'up' } }, place: 'target.direction' },
      { input: { ...inLog, row: 0, target: { to: 'line', stream: 'stdin', line: 1 } }, place: 'target.stream' },
    ],
  },
  'logs.search': {
    good: [search, { ...search, isPattern: true, text: '(' }],
    bad: [
      { input: { ...search, text: '' }, place: 'text' },
      { input: { ...search, text: 'x'.repeat(1001) }, place: 'text' },
      { input: { ...search, matchCase: 1 }, place: 'matchCase' },
      { input: { ...search, view: 'all' }, place: 'view' },
    ],
  },
  'logs.endSearch': { good: [{ searchId: 1 }], bad: [{ input: { searchId: -1 }, place: 'searchId' }] },
  'logs.ranges': {
    good: [{ searchId: 1, texts: ['a', ''] }],
    bad: [
      { input: { searchId: 1, texts: ['x'.repeat(20_001)] }, place: 'texts.0' },
      { input: { searchId: 1, texts: Array.from({ length: MAX_PICKED_ROWS + 1 }, () => '') }, place: 'texts' },
    ],
  },
  'logs.export': {
    good: [{ ...inLog, from: 0, to: 10, withTimes: true }],
    bad: [
      ...outside({ from: 0, to: 1, withTimes: true }),
      { input: { ...inLog, from: 0, to: -1, withTimes: true }, place: 'to' },
      { input: { ...inLog, from: 0, to: 1 }, place: 'withTimes' },
    ],
  },
  'logs.clear': oneService,
  'logs.openWindow': oneService,
  'logs.reveal': oneService,
  'app.info': noInput,
  'app.copyText': {
    good: [{ text: '' }, { text: 'two\nlines' }],
    bad: [{ input: { text: 7 }, place: 'text' }],
  },
  'app.openLink': {
    good: [{ url: 'https://example.org/' }],
    bad: [{ input: { url: 'x'.repeat(4001) }, place: 'url' }],
  },
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

/** Who asks; these handlers look at nothing of it. */
const sender = {} as Page

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
    const reply = await dispatch(channel, sender, input, { handlers, onBug: vi.fn() })
    expect(reply).toEqual({ ok: true, value: null })
    expect(calls).toEqual([{ channel, input }])
  })

  it.each(bad)('refuses $input and names $place', async ({ input, place }) => {
    const { calls, handlers } = recordingHandlers()
    const reply = await dispatch(channel, sender, input, { handlers, onBug: vi.fn() })
    expect(calls).toEqual([])
    expect(reply).toMatchObject({ ok: false, error: { code: 'bad-input' } })
    expect((reply as { error: { message: string } }).error.message).toMatch(new RegExp(`^${channel}: ${place}: \\S`))
  })

  it('drops keys that the contract does not declare', async () => {
    const { calls, handlers } = recordingHandlers()
    const [input = {}] = good
    const hostile = { ...input, command: 'rm -rf /', constructor: 'x' }
    await dispatch(channel, sender, hostile, { handlers, onBug: vi.fn() })
    expect(calls).toEqual([{ channel, input }])
  })

  it('refuses any other sender before it looks at the input', async () => {
    const { calls, handlers } = recordingHandlers()
    const reply = await dispatch(channel, null, good[0], { handlers, onBug: vi.fn() })
    expect(reply).toMatchObject({ ok: false, error: { code: 'forbidden' } })
    expect(calls).toEqual([])
  })
})

describe('dispatch', () => {
  it.each(['services.destroy', 'toString', '__proto__', ''])('refuses the undeclared channel "%s"', async (channel) => {
    const { handlers } = recordingHandlers()
    const reply = await dispatch(channel, sender, {}, { handlers, onBug: vi.fn() })
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
    const reply = await dispatch('app.info', sender, {}, { handlers: failing, onBug })
    expect(reply).toMatchObject({ ok: false, error: { code: 'internal', message: expect.stringContaining('boom') } })
    expect(onBug).toHaveBeenCalledExactlyOnceWith('app.info', bug)
  })

  it('says in words what was expected', async () => {
    const { handlers } = recordingHandlers()
    const reply = await dispatch('usage.watch', sender, { active: 'x' }, { handlers, onBug: vi.fn() })
    expect(reply).toMatchObject({
      error: { message: 'usage.watch: active: Invalid input: expected boolean, received string' },
    })
  })
})
