import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { MODEL_ID, SYSTEM_FINGERPRINT } from './about.ts'
import type { Completion, FinishReason } from './completion.ts'
import { RequestError } from './request-body.ts'

/** How the two endpoints wrap the same text. */
export interface AnswerShape {
  readonly idPrefix: string
  readonly object: string
  readonly chunkObject: string
  readonly choice: (text: string) => object
  /** Sent before the first piece of a stream; null: nothing. */
  readonly firstChunk: object | null
  readonly chunk: (text: string) => object
  readonly lastChunk: object
}

export const CHAT: AnswerShape = {
  idPrefix: 'chatcmpl-demo',
  object: 'chat.completion',
  chunkObject: 'chat.completion.chunk',
  choice: (content) => ({ message: { role: 'assistant', content, refusal: null } }),
  firstChunk: { delta: { role: 'assistant', content: '' } },
  chunk: (content) => ({ delta: { content } }),
  lastChunk: { delta: {} },
}

export const TEXT: AnswerShape = {
  idPrefix: 'cmpl-demo',
  object: 'text_completion',
  chunkObject: 'text_completion',
  choice: (text) => ({ text }),
  firstChunk: null,
  chunk: (text) => ({ text }),
  lastChunk: { text: '' },
}

let answers = 0

function envelope(shape: AnswerShape, object: string) {
  answers += 1
  return {
    id: `${shape.idPrefix}-${answers}`,
    object,
    created: Math.floor(Date.now() / 1000),
    model: MODEL_ID,
    system_fingerprint: SYSTEM_FINGERPRINT,
  }
}

function choice(content: object, finishReason: FinishReason | null) {
  return { index: 0, ...content, logprobs: null, finish_reason: finishReason }
}

/** The whole answer as one object. */
export function wholeAnswer(completion: Completion, shape: AnswerShape): object {
  const text = [...completion.pieces()].join('')
  return {
    ...envelope(shape, shape.object),
    choices: [choice(shape.choice(text), completion.finishReason)],
    usage: completion.usage,
  }
}

export interface StreamOptions {
  readonly tokenMs: number
  readonly includeUsage: boolean
  /** The server stops: the stream ends with an error event, so that nobody takes it for complete. */
  readonly stopping: AbortSignal
}

/** The answer as server-sent events. Returns when the stream ended or the client has gone. */
export async function streamAnswer(
  response: ServerResponse,
  completion: Completion,
  shape: AnswerShape,
  { tokenMs, includeUsage, stopping }: StreamOptions,
): Promise<void> {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  const head = envelope(shape, shape.chunkObject)
  const usageLater = includeUsage ? { usage: null } : {}
  const send = async (data: object) => {
    if (!response.write(`data: ${JSON.stringify(data)}\n\n`)) {
      await once(response, 'drain', { signal: gone.signal })
    }
  }
  const sendChoice = (content: object, reason: FinishReason | null) =>
    send({ ...head, choices: [choice(content, reason)], ...usageLater })

  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' })
  try {
    if (shape.firstChunk !== null) {
      await sendChoice(shape.firstChunk, null)
    }
    for (const piece of completion.pieces()) {
      if (gone.signal.aborted) {
        return
      }
      if (stopping.aborted) {
        await send(new RequestError(503, 'the server is shutting down', null, 'shutting_down').toJSON())
        response.end('data: [DONE]\n\n')
        return
      }
      if (piece !== '') {
        await sendChoice(shape.chunk(piece), null)
        await pause(tokenMs, stopping)
      }
    }
    await sendChoice(shape.lastChunk, completion.finishReason)
    if (includeUsage) {
      await send({ ...head, choices: [], usage: completion.usage })
    }
    response.end('data: [DONE]\n\n')
  } catch (error) {
    if (!gone.signal.aborted) {
      throw error
    }
  }
}

/** A pause that ends early when the server stops. */
async function pause(milliseconds: number, stopping: AbortSignal): Promise<void> {
  // Also without a pause other requests get their turn.
  await delay(milliseconds, undefined, { signal: stopping }).catch(() => undefined)
}
