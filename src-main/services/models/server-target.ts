import type { RequestOptions } from 'node:http'
import { reachableHost } from '../../core/address.ts'
import { ServerAnswerError } from './server-answer-error.ts'

/** A running server: where it is asked, and with which key. */
export interface ServerTarget {
  /** What it listens on; it is reached over a literal address of this machine. */
  readonly host: string
  readonly port: number
  /** The API key; null: none is known. It goes into one header of requests to this server and nowhere else. */
  readonly key: string | null
  /** The variable in which the server expects its key, for hints; null: it has none. */
  readonly keyVariable: string | null
}

/** What an HTTP header may hold, beyond which Node refuses to send it. */
const HEADER_TEXT = /^[\t\x20-\x7e\x80-\xff]+$/

/**
 * Options of a request with a JSON body, or with none: a connection of its own, that no redirect and no proxy moves
 * elsewhere.
 * @throws ServerAnswerError if the key is none that a header can hold.
 */
export function requestOptions(target: ServerTarget, path: string, body: string | null): RequestOptions {
  return {
    host: reachableHost(target.host),
    port: target.port,
    path,
    method: body === null ? 'GET' : 'POST',
    agent: false,
    headers: {
      accept: 'application/json, text/event-stream',
      ...(body === null ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
      ...authorization(target),
    },
  }
}

function authorization({ key, keyVariable }: ServerTarget): { authorization?: string } {
  const trimmed = key?.trim() ?? ''
  if (trimmed === '') return {}
  if (HEADER_TEXT.test(trimmed)) return { authorization: `Bearer ${trimmed}` }
  const where = keyVariable ?? 'its variable'
  throw new ServerAnswerError({
    code: 'bad-key',
    message: `The key in ${where} has characters that cannot be sent.`,
    hint: `Set ${where} again; a key is a single line of plain letters, digits and signs.`,
  })
}
