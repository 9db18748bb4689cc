import type { Socket } from 'node:net'
import { createInterface } from 'node:readline'

// The app and its guard talk in lines of JSON. Both are this app, over a connection that nobody else knows of.

export interface ProcessToPause {
  readonly pid: number
  readonly createdAt: string
}

export type GuardRequest =
  | { readonly id: number; readonly pause: readonly ProcessToPause[] }
  | { readonly id: number; readonly resume: true }

export interface PauseAnswer {
  readonly id: number
  /** Pids of those that were suspended; without those that have ended. */
  readonly paused: readonly number[]
  /** Pids of those that may not be suspended, or do not stand still in time. Then the app has to say `resume`. */
  readonly moving: readonly number[]
}

export type GuardAnswer = { readonly ready: true } | PauseAnswer | { readonly id: number; readonly resumed: true }

export function sendMessage(connection: Socket, message: GuardRequest | GuardAnswer): void {
  connection.write(`${JSON.stringify(message)}\n`)
}

/** Ends with the connection, however that ends. */
export async function* readMessages<T>(connection: Socket): AsyncGenerator<T> {
  // An error is followed by `close`, which ends the lines.
  connection.on('error', () => connection.destroy())
  const lines = createInterface({ input: connection, crlfDelay: Number.POSITIVE_INFINITY })
  connection.once('close', () => lines.close())
  for await (const line of lines) yield JSON.parse(line) as T
}
