import { type IncomingMessage, request } from 'node:http'
import { connect } from 'node:net'
import { reachableHost } from '../../core/address.ts'
import type { AskServer } from './models-api.ts'
import { ServerAnswerError } from './server-answer-error.ts'
import {
  calledOff,
  connectionError,
  failureOfStatus,
  isNobodyThere,
  timedOut,
  unexpectedAnswer,
} from './server-failure.ts'
import { requestOptions, type ServerTarget } from './server-target.ts'
import { wordsOf, wordsOfText } from './server-words.ts'

/** Far more than a list of models has. */
const MAX_BODY_BYTES = 4 * 1024 * 1024
const DEFAULT_TIMEOUT_MS = 10_000
const CONNECT_TIMEOUT_MS = 2000

export interface AskOptions {
  /** Over the whole call: an answer that trickles in does not keep it alive. Default: 10 s. */
  readonly timeoutMs?: number
  /** Ends a call under way, and every later one, with the failure `stopped`. */
  readonly signal?: AbortSignal
}

/**
 * Asks one server for JSON over connections of their own, to its own address only. An empty answer is null.
 *
 * Every call that does not succeed throws a `ServerAnswerError` whose failure has one of the codes `not-running`,
 * `connection-lost`, `timeout`, `stopped`, `key-needed`, `bad-key`, `redirected`, `loading`, `busy`, `no-such-model`, `not-supported`,
 * `refused`, `too-large`, `bad-answer`.
 */
export function createAskServer(
  target: ServerTarget,
  { timeoutMs = DEFAULT_TIMEOUT_MS, signal }: AskOptions = {},
): AskServer {
  return async (path, body) => {
    const sent = body === undefined ? null : JSON.stringify(body)
    const { status, text } = await exchange(target, path, sent, timeoutMs, signal)
    if (status < 200 || status >= 300) {
      const words = wordsOfText(text)
      throw new ServerAnswerError(failureOfStatus(status, path, words, target), words)
    }
    return parse(path, text)
  }
}

function parse(path: string, text: string): unknown {
  if (text.trim() === '') return null
  let answer: unknown
  try {
    answer = JSON.parse(text)
  } catch {
    throw unexpectedAnswer(path, 'JSON', text)
  }
  const words = wordsOf(answer)
  // How LM Studio says 404.
  if (/^unexpected endpoint or method/i.test(words)) {
    throw new ServerAnswerError(
      {
        code: 'not-supported',
        message: `The server has nothing at ${path}. It says: ${words}`,
        hint: 'A newer version may.',
      },
      words,
    )
  }
  return answer
}

interface Answer {
  readonly status: number
  readonly text: string
}

function exchange(
  target: ServerTarget,
  path: string,
  body: string | null,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  return new Promise<Answer>((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(new ServerAnswerError(calledOff))
      return
    }
    const call = request(requestOptions(target, path, body))
    const end = (settle: () => void) => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
      // A promise settles once: what the destroyed connection says afterwards changes nothing.
      settle()
      call.destroy()
    }
    const fail = (error: unknown) => end(() => reject(connectionError(error, path, target)))
    const abort = () => fail(new ServerAnswerError(calledOff))
    const timer = setTimeout(() => fail(new ServerAnswerError(timedOut(path, timeoutMs))), timeoutMs)
    signal?.addEventListener('abort', abort, { once: true })
    call.on('error', fail)
    call.once('response', (response) => {
      readBody(response, path).then((text) => end(() => resolve({ status: response.statusCode ?? 0, text })), fail)
    })
    call.end(body ?? undefined)
  })
}

async function readBody(response: IncomingMessage, path: string): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response) {
    const bytes: Buffer = chunk
    size += bytes.length
    if (size > MAX_BODY_BYTES) {
      throw new ServerAnswerError({
        code: 'too-large',
        message: `The answer to ${path} has more than ${MAX_BODY_BYTES / 1024 / 1024} MB.`,
        hint: 'Is another program listening on this port?',
      })
    }
    chunks.push(bytes)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** Whether anybody listens at an address. One that takes longer than two seconds may be slow, so that counts as somebody. */
export function canConnect({ host, port }: ServerTarget): Promise<boolean> {
  return new Promise<boolean>((resolve) => {
    const socket = connect({ host: reachableHost(host), port })
    const end = (result: boolean) => {
      resolve(result)
      socket.destroy()
    }
    socket.setTimeout(CONNECT_TIMEOUT_MS, () => end(true))
    socket.once('connect', () => end(true))
    socket.on('error', (error) => end(!isNobodyThere(error)))
  })
}
