import { setTimeout as delay } from 'node:timers/promises'
import { Message, type MessageBus } from 'dbus-next'

export interface DbusCall {
  readonly destination: string
  readonly path: string
  readonly interface: string
  readonly member: string
  readonly signature?: string
  readonly body?: unknown[]
}

const TIMEOUT_MS = 5000

/**
 * Calls a method with a plain message (Electron's objects offer no introspection) and returns the reply's arguments.
 * dbus-next would wait for ever for a peer that hangs.
 */
export async function callMethod(bus: MessageBus, call: DbusCall): Promise<unknown[]> {
  const answered = new AbortController()
  const expiry = delay(TIMEOUT_MS, undefined, { signal: answered.signal }).then(
    () => Promise.reject(new Error(`${call.interface}.${call.member}: no answer within ${TIMEOUT_MS} ms.`)),
    () => null,
  )
  try {
    const reply = await Promise.race([bus.call(new Message(call)), expiry])
    return reply?.body ?? []
  } finally {
    answered.abort()
  }
}
