import { MODEL_ID } from './about.ts'

/** A completion request after validation, the same for both endpoints. */
export interface CompletionRequest {
  readonly prompt: string
  readonly maxTokens: number
  readonly temperature: number
  readonly seed: number
  readonly stop: readonly string[]
  readonly stream: boolean
  readonly includeUsage: boolean
}

/** An answer in OpenAI's error shape. */
export class RequestError extends Error {
  readonly status: number
  readonly param: string | null
  readonly code: string | null

  constructor(status: number, message: string, param: string | null = null, code: string | null = null) {
    super(message)
    this.status = status
    this.param = param
    this.code = code
  }

  toJSON() {
    const type = this.status >= 500 ? 'server_error' : 'invalid_request_error'
    return { error: { message: this.message, type, param: this.param, code: this.code } }
  }
}

type Body = Readonly<Record<string, unknown>>

const DEFAULT_TOKENS = 64
const MAX_TOKENS = 4096
const ROLES = ['system', 'developer', 'user', 'assistant', 'tool']

/**
 * Reads the body of /v1/chat/completions; the last user message is the prompt. Parameters it has no use for (`top_p`,
 * `user`, ...) are accepted, as other servers do.
 * @throws RequestError
 */
export function readChatRequest(text: string): CompletionRequest {
  const body = readObject(text)
  return { prompt: chatPrompt(body.messages), ...readCommon(body, body.max_completion_tokens ?? body.max_tokens) }
}

/** Reads the body of /v1/completions. @throws RequestError */
export function readCompletionRequest(text: string): CompletionRequest {
  const body = readObject(text)
  const prompt = Array.isArray(body.prompt) && body.prompt.length === 1 ? body.prompt[0] : body.prompt
  if (typeof prompt !== 'string') {
    throw invalid('prompt', 'a string, or a list of one string', body.prompt)
  }
  return { prompt, ...readCommon(body, body.max_tokens) }
}

function readObject(text: string): Body {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new RequestError(400, `the body is not valid JSON: ${reason}`)
  }
  if (!isObject(value)) {
    throw new RequestError(400, `expected the body to be a JSON object, got ${inWords(value)}`)
  }
  return value
}

function readCommon(body: Body, maxTokens: unknown): Omit<CompletionRequest, 'prompt'> {
  const { model, stream_options: streamOptions } = body
  if (model !== undefined && typeof model !== 'string') {
    throw invalid('model', `"${MODEL_ID}"`, model)
  }
  if (model !== undefined && model !== MODEL_ID) {
    const message = `the model "${model}" does not exist here; the only one is "${MODEL_ID}"`
    throw new RequestError(404, message, 'model', 'model_not_found')
  }
  if (numberOf(body.n, 'n', { from: 1, to: 1, whole: true, otherwise: 1 }) !== 1) {
    throw invalid('n', '1', body.n)
  }
  const stream = booleanOf(body.stream, 'stream')
  if (streamOptions != null && !isObject(streamOptions)) {
    throw invalid('stream_options', 'an object', streamOptions)
  }
  return {
    maxTokens: numberOf(maxTokens, 'max_tokens', { from: 1, to: MAX_TOKENS, whole: true, otherwise: DEFAULT_TOKENS }),
    temperature: numberOf(body.temperature, 'temperature', { from: 0, to: 2, whole: false, otherwise: 0.8 }),
    seed: numberOf(body.seed, 'seed', {
      from: Number.MIN_SAFE_INTEGER,
      to: Number.MAX_SAFE_INTEGER,
      whole: true,
      otherwise: Math.floor(Math.random() * 2 ** 32),
    }),
    stop: stopOf(body.stop),
    stream,
    includeUsage: stream && booleanOf(streamOptions?.include_usage, 'stream_options.include_usage'),
  }
}

function chatPrompt(messages: unknown): string {
  if (!Array.isArray(messages) || messages.length === 0) {
    throw invalid('messages', 'a non-empty list of messages', messages)
  }
  const read = messages.map((message: unknown, index) => {
    const place = `messages[${index}]`
    if (!isObject(message)) {
      throw invalid(place, 'an object with "role" and "content"', message)
    }
    if (typeof message.role !== 'string' || !ROLES.includes(message.role)) {
      throw invalid(`${place}.role`, `one of ${ROLES.join(', ')}`, message.role)
    }
    return { role: message.role, content: contentOf(message.content, `${place}.content`) }
  })
  return read.filter(({ role }) => role === 'user').at(-1)?.content ?? read.at(-1)?.content ?? ''
}

function contentOf(content: unknown, place: string): string {
  if (typeof content === 'string') {
    return content
  }
  if (!Array.isArray(content)) {
    throw invalid(place, 'a string or a list of text parts', content)
  }
  const texts = content.map((part: unknown, index) => {
    if (!isObject(part) || part.type !== 'text' || typeof part.text !== 'string') {
      throw invalid(`${place}[${index}]`, '{"type": "text", "text": "..."}; this model reads text only', part)
    }
    return part.text
  })
  return texts.join('\n')
}

function stopOf(stop: unknown): string[] {
  const list: unknown[] = stop == null ? [] : Array.isArray(stop) ? stop : [stop]
  const texts = list.filter((text) => typeof text === 'string' && text !== '')
  if (texts.length !== list.length || list.length > 4) {
    throw invalid('stop', 'a non-empty string, or a list of at most 4 of them', stop)
  }
  return texts.map(String)
}

interface NumberRule {
  readonly from: number
  readonly to: number
  readonly whole: boolean
  readonly otherwise: number
}

function numberOf(value: unknown, param: string, { from, to, whole, otherwise }: NumberRule): number {
  if (value == null) {
    return otherwise
  }
  if (typeof value !== 'number' || value < from || value > to || (whole && !Number.isInteger(value))) {
    throw invalid(param, `a ${whole ? 'whole ' : ''}number from ${from} to ${to}`, value)
  }
  return value
}

function booleanOf(value: unknown, param: string): boolean {
  if (value != null && typeof value !== 'boolean') {
    throw invalid(param, 'true or false', value)
  }
  return value ?? false
}

function invalid(param: string, expected: string, value: unknown): RequestError {
  return new RequestError(400, `${param}: expected ${expected}, got ${inWords(value)}`, param)
}

function inWords(value: unknown): string {
  if (value === undefined) {
    return 'nothing'
  }
  if (typeof value === 'object' && value !== null) {
    return Array.isArray(value) ? `a list of ${value.length}` : 'an object'
  }
  const text = JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}

function isObject(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
