import { locales } from 'zod/mini'
import {
  type RequestChannel,
  type RequestInput,
  type RequestOutput,
  requests,
} from '../../src-preload/contract/contract.ts'
import type { Problem, Reply } from '../../src-preload/contract/result.ts'
import type { Page } from './page.ts'

/** One function per channel of the contract; a missing one does not compile. `page` is who asks. */
export type Handlers = {
  readonly [C in RequestChannel]: (
    input: RequestInput<C>,
    page: Page,
  ) => Reply<RequestOutput<C>> | Promise<Reply<RequestOutput<C>>>
}

export interface DispatchOptions {
  readonly handlers: Handlers
  /** Told about exceptions: each is a bug of ours (DESIGN.md, D7). */
  readonly onBug: (channel: string, error: unknown) => void
}

/** zod/mini brings no words of its own. */
const inEnglish = { error: locales.en().localeError }

const refuse = (code: string, message: string, hint = ''): Reply<never> => ({
  ok: false,
  error: { code, message, hint },
})

/** A failure for the window. */
export function problemReply(problem: Problem): Reply<never> {
  return { ok: false, error: problem }
}

export const okReply = <T>(value: T): Reply<T> => ({ ok: true, value })

/**
 * Answers one message from a window: checks who sent it, validates its input, copies declared keys only, and calls the
 * handler. Always answers with a value.
 *
 * @param sender the page it came from; null if that is none of ours
 */
export async function dispatch(
  channel: string,
  sender: Page | null,
  input: unknown,
  { handlers, onBug }: DispatchOptions,
): Promise<Reply<unknown>> {
  if (sender === null) return refuse('forbidden', 'Expected a message from the app’s own window, got another sender.')
  if (!isRequestChannel(channel)) return refuse('unknown-channel', `There is no channel "${channel}".`)
  const { input: schema } = requests[channel]
  const parsed = schema.safeParse(input)
  if (!parsed.success) return refuse('bad-input', `${channel}: ${whatIsWrong(schema, input)}`)
  try {
    // The compiler cannot see that handler and input belong to the same channel; `Handlers` and the schema say so.
    const handler = handlers[channel] as (input: unknown, page: Page) => Promise<Reply<unknown>>
    return await handler(parsed.data, sender)
  } catch (error) {
    onBug(channel, error)
    const hint = 'Please report it with the steps that led here.'
    return refuse('internal', `Something went wrong in the app: ${messageOf(error)}`, hint)
  }
}

/**
 * Looked at once more, for words. Not each time: given options, what V8 makes of zod's code puts every result among its old
 * objects, where it stays for minutes (docs/decisions/0019-garbage.md).
 */
function whatIsWrong(schema: (typeof requests)[RequestChannel]['input'], input: unknown): string {
  const [issue] = schema.safeParse(input, inEnglish).error?.issues ?? []
  const place = issue === undefined || issue.path.length === 0 ? 'the input' : issue.path.join('.')
  return `${place}: ${issue?.message ?? 'invalid'}`
}

const isRequestChannel = (channel: string): channel is RequestChannel => Object.hasOwn(requests, channel)

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))
