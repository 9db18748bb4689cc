import * as z from 'zod/mini'
import type { AppInfo, NoticeView, SettingsView } from './app-view.ts'
import type { LogChange, LogExtent, LogMatches, LogPage, LogRow, MatchRanges } from './log-view.ts'
import type { ModelsView, Snippets, TryProgress } from './models-view.ts'
import type { Reply } from './result.ts'
import type { ServicesPatch, ServicesSnapshot, UsageView } from './service-view.ts'
import type {
  DetectionView,
  EntryCheck,
  EntryView,
  GgufScan,
  GgufView,
  PresetView,
  SecretsInfo,
  StoredEntry,
} from './setup-view.ts'

/**
 * The ONE description of the IPC (DESIGN.md, D7). Each channel is declared once: its input as a schema that the main
 * process validates with, its output as a type. The preload and the window derive their functions from it.
 *
 * Inputs are `z.object`: undeclared keys are dropped, never passed on.
 */
interface RequestSpec<Input extends z.ZodMiniType, Output> {
  readonly input: Input
  /** Exists in the type only. */
  readonly output?: Output
}

interface EventSpec<Payload> {
  /** Exists in the type only. */
  readonly payload?: Payload
}

function request<Input extends z.ZodMiniType>(input: Input) {
  return { returns: <Output>(): RequestSpec<Input, Output> => ({ input }) }
}

function event<Payload>(): EventSpec<Payload> {
  return {}
}

/** More rows than any screen shows at once; keeps one request from reading a whole log. */
export const MAX_PAGE_ROWS = 2000
/** Rows picked one by one: each may have to be looked for. */
export const MAX_PICKED_ROWS = 500
/** What the clipboard is given at most, in UTF-16 units; more belongs into a file. */
export const MAX_COPY_LENGTH = 64 * 1024 * 1024

const nothing = z.object({})
const key = z.string().check(z.minLength(1), z.maxLength(200))
const service = z.object({ key })
const stream = z.enum(['stdout', 'stderr'])
const view = z.enum(['stdout', 'stderr', 'merged'])
const count = z.int().check(z.nonnegative())
const logView = z.object({ key, view })
/** Rows of one epoch of a view. */
const inLog = { key, view, epoch: count }
const logTarget = z.discriminatedUnion('to', [
  z.object({ to: z.literal('line'), stream, line: count }),
  z.object({ to: z.literal('time'), time: count }),
  z.object({ to: z.enum(['error', 'mark']), direction: z.enum(['next', 'previous']) }),
])
const searchId = count
/** An entry of services.json; main checks it against the schema of the file, so here it is only JSON. */
const entry = z.record(z.string(), z.json())
/** Secrets by variable; null removes the stored one. */
const secrets = z.record(z.string(), z.nullable(z.string().check(z.maxLength(100_000))))
const path = z.string().check(z.minLength(1), z.maxLength(4000))
const model = z.string().check(z.minLength(1), z.maxLength(1000))
const tryId = count

export const requests = {
  /** Snapshot and subscription as one step; `services.patch` events follow without a gap. */
  'services.subscribe': request(nothing).returns<ServicesSnapshot>(),
  'services.start': request(service).returns<{ message: string }>(),
  'services.stop': request(z.object({ key, force: z.optional(z.boolean()) })).returns<{ message: string }>(),
  'services.restart': request(service).returns<{ message: string }>(),
  /** Ends the foreign server on the service's port. `pid` is the process that the person saw and confirmed. */
  'services.stopExternal': request(z.object({ key, pid: z.int().check(z.minimum(2)) })).returns<{ message: string }>(),
  /** Starts the service on the next free port after its own; services.json stays as it is. */
  'services.startOnFreePort': request(service).returns<{ message: string }>(),
  'services.startAll': request(nothing).returns<{ message: string }>(),
  'services.stopAll': request(nothing).returns<{ message: string }>(),
  /** Opens the service's own loopback address in the default browser. */
  'services.openUrl': request(service).returns<null>(),
  'services.copyUrl': request(service).returns<null>(),
  'presets.list': request(nothing).returns<readonly PresetView[]>(),
  /** What is installed and what runs. Looked up at most once a minute unless `refresh` is set; nothing is started that has side effects. */
  'detection.get': request(z.object({ refresh: z.boolean() })).returns<DetectionView>(),
  /** A new entry of this kind: with a key that is not taken and a port that is free. Nothing is saved. */
  'setup.suggest': request(z.object({ preset: z.string() })).returns<{ entry: EntryView }>(),
  /** What an entry would do. `replaces`: the key of the entry that it would replace; null for a new one. */
  'setup.check': request(z.object({ entry, replaces: z.nullable(key) })).returns<EntryCheck>(),
  /** A dialog for a file or a folder. Null if the person changed their mind. */
  'setup.choosePath': request(z.object({ kind: z.enum(['program', 'folder', 'model', 'file']) })).returns<
    string | null
  >(),
  /** Model files in the usual folders. Looked up anew if `refresh` is set. */
  'gguf.scan': request(z.object({ refresh: z.boolean() })).returns<GgufScan>(),
  'gguf.read': request(z.object({ file: path })).returns<GgufView>(),
  'secrets.info': request(nothing).returns<SecretsInfo>(),
  /** The entry as services.json has it. Fails with `no-such-entry`, and with `config-broken` while the file has problems. */
  'config.entry': request(service).returns<StoredEntry>(),
  /** Fails with `bad-entry`, `key-taken`, `config-broken`, `no-safe-storage`; so do the others. */
  'config.add': request(z.object({ entry, secrets })).returns<StoredEntry>(),
  /** Fails with `config-changed` if the entry on disk is not of `revision` any more: nothing is overwritten unseen. */
  'config.change': request(z.object({ key, revision: z.string(), entry, secrets })).returns<StoredEntry>(),
  /** A copy with a key and a port of its own, after the original. Secrets are copied too. */
  'config.duplicate': request(service).returns<StoredEntry>(),
  /** Moves the entry in front of another one, or to the end. */
  'config.move': request(z.object({ key, before: z.nullable(key) })).returns<null>(),
  /** Stops the service first. Its logs stay. `undo` puts the entry back where it was, secrets too. */
  'config.delete': request(service).returns<{ undo: number }>(),
  'config.undoDelete': request(z.object({ undo: count })).returns<{ key: string }>(),
  'models.list': request(service).returns<ModelsView>(),
  /** Settles when the server says that it is loaded, or says why not. */
  'models.load': request(z.object({ key, model })).returns<null>(),
  'models.unload': request(z.object({ key, model })).returns<null>(),
  /** Sends a prompt; `try.progress` events follow to this window. A new one ends the one before of this window. */
  'try.start': request(
    z.object({
      key,
      model: z.nullable(model),
      prompt: z.string().check(z.minLength(1), z.maxLength(100_000)),
      maxTokens: z.int().check(z.minimum(1), z.maximum(100_000)),
    }),
  ).returns<{ tryId: number }>(),
  'try.stop': request(z.object({ tryId })).returns<null>(),
  'try.snippets': request(z.object({ key, model: z.nullable(model) })).returns<Snippets>(),
  /** Usage is sampled only while somebody looks; the window says when it does. */
  'usage.watch': request(z.object({ active: z.boolean() })).returns<null>(),
  /** Starts `logs.changed` events for this view. Idempotent. */
  'logs.open': request(logView).returns<LogExtent>(),
  'logs.close': request(logView).returns<null>(),
  /** Rows `from` up to `from + count`, fewer at the end. Fails with `log-changed` if `epoch` is not the current one. */
  'logs.page': request(
    z.object({ ...inLog, from: count, count: count.check(z.maximum(MAX_PAGE_ROWS)) }),
  ).returns<LogPage>(),
  /** Rows picked one by one, in the order asked for; null for those that are gone. Fails with `log-changed`. */
  'logs.rows': request(z.object({ ...inLog, rows: z.array(count).check(z.maxLength(MAX_PICKED_ROWS)) })).returns<{
    epoch: number
    rows: readonly (LogRow | null)[]
  }>(),
  /** The row of a line, of a time (the first row not before it), or of the next error or mark from `row` on; null if there is none. */
  'logs.find': request(z.object({ ...inLog, row: count, target: logTarget })).returns<{ row: number | null }>(),
  /**
   * Begins a search of a view, and ends the one before of this window. `logs.matches` events follow, first for what is
   * there, then for what is printed. Fails with `bad-pattern` for a pattern that is none.
   */
  'logs.search': request(
    z.object({
      key,
      view,
      text: z.string().check(z.minLength(1), z.maxLength(1000)),
      isPattern: z.boolean(),
      matchCase: z.boolean(),
      wholeWord: z.boolean(),
    }),
  ).returns<{ searchId: number }>(),
  'logs.endSearch': request(z.object({ searchId })).returns<null>(),
  /** Where a search's matches lie in texts that are on screen. Fails with `search-over` or `too-slow`. */
  'logs.ranges': request(
    z.object({
      searchId,
      texts: z.array(z.string().check(z.maxLength(20_000))).check(z.maxLength(MAX_PICKED_ROWS)),
    }),
  ).returns<{ ranges: readonly MatchRanges[] }>(),
  /** Asks where to, and writes rows `from` up to `to` as text into that file. Null if the person changed their mind. */
  'logs.export': request(z.object({ ...inLog, from: count, to: count, withTimes: z.boolean() })).returns<{
    file: string
    rows: number
  } | null>(),
  /** Removes all that the service has printed so far, archives too, after asking. False if the person changed their mind. */
  'logs.clear': request(service).returns<{ cleared: boolean }>(),
  /** A window of its own for this service's output. */
  'logs.openWindow': request(service).returns<null>(),
  'logs.reveal': request(service).returns<null>(),
  'app.info': request(nothing).returns<AppInfo>(),
  'app.copyText': request(z.object({ text: z.string().check(z.maxLength(MAX_COPY_LENGTH)) })).returns<null>(),
  /** Opens an http(s) address that a log holds in the default browser, after asking. */
  'app.openLink': request(z.object({ url: z.string().check(z.maxLength(4000)) })).returns<null>(),
  'app.openConfig': request(nothing).returns<null>(),
  'app.quit': request(nothing).returns<null>(),
  'notices.get': request(nothing).returns<readonly NoticeView[]>(),
  'notices.dismiss': request(z.object({ id: count })).returns<null>(),
  'settings.get': request(nothing).returns<SettingsView>(),
  'settings.set': request(
    z.object({
      quitAction: z.optional(z.enum(['ask', 'stop', 'leave'])),
      theme: z.optional(z.enum(['system', 'light', 'dark'])),
      afterReboot: z.optional(z.enum(['stay-stopped', 'start-again'])),
    }),
  ).returns<SettingsView>(),
} as const

export const events = {
  'services.patch': event<ServicesPatch>(),
  /** Latest sample of every running service, by key. */
  'usage.changed': event<Readonly<Record<string, UsageView>>>(),
  /** "View X now goes to row N", at most 20 times a second. */
  'logs.changed': event<LogChange>(),
  'logs.matches': event<LogMatches>(),
  'try.progress': event<TryProgress>(),
  /** All notices there are, oldest first. */
  'notices.changed': event<readonly NoticeView[]>(),
  /** The tray asks the window to show this service's output. */
  'window.showService': event<{ key: string }>(),
} as const

export type RequestChannel = keyof typeof requests
export type EventChannel = keyof typeof events
export type RequestInput<C extends RequestChannel> = z.infer<(typeof requests)[C]['input']>
export type RequestOutput<C extends RequestChannel> = Exclude<(typeof requests)[C]['output'], undefined>
export type EventPayload<E extends EventChannel> = NonNullable<(typeof events)[E]['payload']>

/** What the preload puts on `window.agentos`: one function per channel, and nothing else. */
export interface AgentosApi {
  readonly request: {
    readonly [C in RequestChannel]: (input: RequestInput<C>) => Promise<Reply<RequestOutput<C>>>
  }
  /** Each returns the function that ends the subscription. */
  readonly on: {
    readonly [E in EventChannel]: (listener: (payload: EventPayload<E>) => void) => () => void
  }
}

/** Every channel name on the wire carries this prefix, so that ours can be told from any other. */
export const CHANNEL_PREFIX = 'agentos:'
