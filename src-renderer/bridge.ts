import type {
  AgentosApi,
  EventChannel,
  EventPayload,
  RequestChannel,
  RequestInput,
  RequestOutput,
} from '../src-preload/contract/contract.ts'
import type { Reply } from '../src-preload/contract/result.ts'

declare global {
  interface Window {
    /** Put there by the preload; the page's only way out. */
    readonly agentos: AgentosApi
  }
}

/**
 * Asks the main process. Never rejects: expected failures are values already (DESIGN.md, D7), and what is left, such as
 * a bug in a handler, becomes one here so that it is shown to the person and not lost in a console nobody reads.
 */
export async function call<C extends RequestChannel>(
  channel: C,
  input: RequestInput<C>,
): Promise<Reply<RequestOutput<C>>> {
  try {
    return await window.agentos.request[channel](input)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { ok: false, error: { code: 'internal', message: `${channel} failed: ${message}`, hint: '' } }
  }
}

/** Listens to an event of the main process; returns the function that ends it. */
export function listen<E extends EventChannel>(event: E, listener: (payload: EventPayload<E>) => void): () => void {
  return window.agentos.on[event](listener)
}
