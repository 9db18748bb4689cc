import * as z from 'zod/mini'
import type { AppInfo, NoticeView, SettingsView } from './app-view.ts'
import type { LogChange, LogExtent, LogPage } from './log-view.ts'
import type { Reply } from './result.ts'
import type { ServicesPatch, ServicesSnapshot, UsageView } from './service-view.ts'

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

/** More lines than any screen shows at once; keeps one request from reading a whole log. */
export const MAX_PAGE_LINES = 2000

const nothing = z.object({})
const key = z.string().check(z.minLength(1), z.maxLength(200))
const service = z.object({ key })
const stream = z.enum(['stdout', 'stderr'])
const count = z.int().check(z.nonnegative())

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
  /** Usage is sampled only while somebody looks; the window says when it does. */
  'usage.watch': request(z.object({ active: z.boolean() })).returns<null>(),
  /** Starts `logs.changed` events for this stream. Idempotent. */
  'logs.open': request(z.object({ key, stream })).returns<LogExtent>(),
  'logs.close': request(z.object({ key, stream })).returns<null>(),
  /** Lines `from` up to `from + count`, fewer at the end. Fails with `log-changed` if `epoch` is not the current one. */
  'logs.page': request(
    z.object({ key, stream, epoch: count, from: count, count: count.check(z.maximum(MAX_PAGE_LINES)) }),
  ).returns<LogPage>(),
  'logs.reveal': request(service).returns<null>(),
  'app.info': request(nothing).returns<AppInfo>(),
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
  /** "Stream X now has N lines", at most 20 times a second. */
  'logs.changed': event<LogChange>(),
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
