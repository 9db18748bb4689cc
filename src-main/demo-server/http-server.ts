import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { MODEL_ID, NOTE, SYSTEM_FINGERPRINT } from './about.ts'
import { type AnswerShape, CHAT, streamAnswer, TEXT, wholeAnswer } from './answers.ts'
import { Completion } from './completion.ts'
import type { DemoLog } from './log.ts'
import type { NgramModel } from './ngram-model.ts'
import { type CompletionRequest, RequestError, readChatRequest, readCompletionRequest } from './request-body.ts'

const MAX_BODY_BYTES = 1024 * 1024

export interface DemoHttpOptions {
  /** Null while it is loading. */
  readonly model: () => NgramModel | null
  readonly tokenMs: number
  readonly stopping: AbortSignal
  readonly log: DemoLog
}

interface Route {
  readonly method: 'GET' | 'POST'
  readonly handle: (request: IncomingMessage, response: ServerResponse) => Promise<void> | void
}

/** The HTTP side of the demo server: OpenAI's endpoints, errors in OpenAI's shape, one log line per request. */
export function createDemoHttpServer(options: DemoHttpOptions): Server {
  const routes = routesOf(options)
  return createServer((request, response) => {
    logWhenDone(request, response, options.log)
    dispatch(routes, request, response).catch((error: unknown) => {
      const known = error instanceof RequestError ? error : new RequestError(500, `unexpected error: ${String(error)}`)
      if (known.status === 500) {
        options.log.error(error instanceof Error ? (error.stack ?? error.message) : String(error))
      }
      if (response.headersSent) {
        response.destroy()
      } else {
        sendJson(response, known.status, known.toJSON())
      }
    })
  })
}

function routesOf({ model, tokenMs, stopping }: DemoHttpOptions): ReadonlyMap<string, Route> {
  const complete =
    (read: (text: string) => CompletionRequest, kind: 'answer' | 'continuation', shape: AnswerShape) =>
    async (request: IncomingMessage, response: ServerResponse) => {
      const wanted = read(await readBody(request, response))
      const loaded = model()
      if (loaded === null) {
        throw new RequestError(503, 'the model is still loading; ask again in a moment', null, 'loading')
      }
      const completion = new Completion(loaded, wanted, kind)
      if (wanted.stream) {
        await streamAnswer(response, completion, shape, { tokenMs, includeUsage: wanted.includeUsage, stopping })
      } else {
        sendJson(response, 200, wholeAnswer(completion, shape))
      }
    }
  const root = {
    name: 'AgentOS demo server',
    note: NOTE,
    model: MODEL_ID,
    system_fingerprint: SYSTEM_FINGERPRINT,
    endpoints: ['GET /health', 'GET /v1/models', 'POST /v1/chat/completions', 'POST /v1/completions'],
  }
  const models = { object: 'list', data: [{ id: MODEL_ID, object: 'model', created: 0, owned_by: 'agentos-demo' }] }
  return new Map<string, Route>([
    ['/', { method: 'GET', handle: (_request, response) => sendJson(response, 200, root) }],
    [
      '/health',
      {
        method: 'GET',
        handle: (_request, response) =>
          model() === null ? sendJson(response, 503, { status: 'loading' }) : sendJson(response, 200, { status: 'ok' }),
      },
    ],
    ['/v1/models', { method: 'GET', handle: (_request, response) => sendJson(response, 200, models) }],
    ['/v1/chat/completions', { method: 'POST', handle: complete(readChatRequest, 'answer', CHAT) }],
    ['/v1/completions', { method: 'POST', handle: complete(readCompletionRequest, 'continuation', TEXT) }],
  ])
}

async function dispatch(
  routes: ReadonlyMap<string, Route>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/'
  const route = routes.get(path)
  if (route === undefined) {
    throw new RequestError(404, `there is nothing at ${path}; known are ${[...routes.keys()].join(', ')}`)
  }
  const method = request.method === 'HEAD' ? 'GET' : request.method
  if (method !== route.method) {
    response.setHeader('allow', route.method === 'GET' ? 'GET, HEAD' : route.method)
    throw new RequestError(405, `expected ${route.method} for ${path}, got ${request.method}`)
  }
  await route.handle(request, response)
}

function sendJson(response: ServerResponse, status: number, value: object): void {
  const text = `${JSON.stringify(value)}\n`
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
  })
  response.end(text)
}

async function readBody(request: IncomingMessage, response: ServerResponse): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    const bytes: Buffer = chunk
    size += bytes.length
    if (size > MAX_BODY_BYTES) {
      // The rest is not read, so the connection cannot be used again.
      response.setHeader('connection', 'close')
      throw new RequestError(413, `expected a body of at most ${MAX_BODY_BYTES} bytes`)
    }
    chunks.push(bytes)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function logWhenDone(request: IncomingMessage, response: ServerResponse, log: DemoLog): void {
  const start = performance.now()
  response.once('close', () => {
    const what = `${request.method} ${request.url}`
    const duration = `${(performance.now() - start).toFixed(1)} ms`
    if (response.writableFinished) {
      log.info(`${what} ${response.statusCode} ${duration}`)
    } else {
      log.warn(`${what} given up by the client after ${duration}`)
    }
  })
}
