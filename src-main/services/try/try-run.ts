import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import type { Failure } from '../../core/failure.ts'
import { ServerAnswerError } from '../models/server-answer-error.ts'
import { calledOff, connectionError, failureOfStatus } from '../models/server-failure.ts'
import { requestOptions, type ServerTarget } from '../models/server-target.ts'
import { wordsOfText } from '../models/server-words.ts'
import { type AnswerPart, readAnswerPart } from './answer-part.ts'
import { SseParser, SseTooLargeError } from './sse-parser.ts'
import { bodyOf, firstWording, nextWording, type TryPrompt, type TryWording } from './try-request.ts'

export interface TryRunOptions {
  readonly target: ServerTarget
  /** Path below which the OpenAI-compatible API lies, e.g. `/v1`. */
  readonly openAiPath: string
  readonly prompt: TryPrompt
  /** Aborted: the connection is closed at once, which makes servers stop generating. */
  readonly signal: AbortSignal
  /** Each part of the answer as it comes. */
  readonly onPart: (part: AnswerPart) => void
  /** How long the server may be silent. Default: 60 s. */
  readonly silenceMs?: number
  /** How long it may be silent before the first byte; longer where it has to load the model first. Default: as `silenceMs`. */
  readonly firstByteMs?: number
}

/** How a try ended, in the words of src-preload/contract/models-view.ts. */
export interface TryEnd {
  readonly kind: 'done' | 'stopped' | 'failed'
  readonly finishReason: string | null
  readonly problem: Failure | null
}

const SILENCE_MS = 60_000
/** Of an answer that is no success: only its words are shown. */
const MAX_ERROR_BYTES = 64 * 1024
/** Of an answer: a hundred thousand tokens with all that servers wrap around each. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024

/** Sends a prompt and reads the answer, streamed or not. Never rejects for what a server does. */
export async function runTry(options: TryRunOptions): Promise<TryEnd> {
  try {
    return await attempt(options)
  } catch (error) {
    if (options.signal.aborted) return { kind: 'stopped', finishReason: null, problem: null }
    if (!(error instanceof ServerAnswerError)) throw error
    return failed(error.failure)
  }
}

const failed = (problem: Failure): TryEnd => ({ kind: 'failed', finishReason: null, problem })

/** In other words, if the server refuses how it was asked. */
async function attempt(options: TryRunOptions): Promise<TryEnd> {
  let first: Failure | null = null
  for (let wording = firstWording; ; ) {
    const reply: Attempt = await ask(options, wording)
    if (reply.kind === 'answered') return { kind: 'done', finishReason: reply.finishReason, problem: null }
    // That the second choice is not there either says less than what became of the first.
    const problem: Failure = first !== null && reply.failure.code === 'not-supported' ? first : reply.failure
    if (reply.next === null) return failed(problem)
    first ??= problem
    wording = reply.next
  }
}

type Attempt =
  | { readonly kind: 'answered'; readonly finishReason: string | null }
  | { readonly kind: 'refused'; readonly failure: Failure; readonly next: TryWording | null }

async function ask(options: TryRunOptions, wording: TryWording): Promise<Attempt> {
  const { target, openAiPath, prompt, signal, silenceMs = SILENCE_MS, firstByteMs = silenceMs } = options
  if (signal.aborted) throw new ServerAnswerError(calledOff)
  const path = `${openAiPath}/${wording.endpoint}`
  const body = bodyOf(prompt, wording)
  const silence = new Silence()
  const call = request(requestOptions(target, path, body))
  const connection: { current: ClientRequest | IncomingMessage } = { current: call }
  const abort = () => connection.current.destroy()
  signal.addEventListener('abort', abort, { once: true })
  try {
    silence.allow(firstByteMs, () => connection.current.destroy(silent(path, firstByteMs)))
    const response = await responseOf(call, body)
    connection.current = response
    silence.allow(silenceMs, () => connection.current.destroy(silent(path, silenceMs)))
    const reply: Reply = { response, path, heard: () => silence.restart() }
    const status = response.statusCode ?? 0
    if (status < 200 || status >= 300) {
      const words = wordsOfText(await readText(reply, MAX_ERROR_BYTES))
      const failure = failureOfStatus(status, path, words, target)
      return { kind: 'refused', failure, next: nextWording(wording, status, words, failure) }
    }
    return { kind: 'answered', finishReason: await readReply(reply, options) }
  } catch (error) {
    throw error instanceof SseTooLargeError ? tooLarge(path) : connectionError(error, path, target)
  } finally {
    signal.removeEventListener('abort', abort)
    silence.end()
    call.destroy()
  }
}

function responseOf(call: ClientRequest, body: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    // Stays: what the connection says after the answer is of no interest, but must not be an exception.
    call.on('error', reject)
    call.once('response', resolve)
    call.once('close', () => reject(new Error('the connection was closed')))
    call.end(body)
  })
}

interface Reply {
  readonly response: IncomingMessage
  readonly path: string
  /** Something came. */
  readonly heard: () => void
}

/** Its finish reason. */
async function readReply(reply: Reply, { onPart }: TryRunOptions): Promise<string | null> {
  const type = reply.response.headers['content-type'] ?? ''
  if (/^application\/json\b/i.test(type)) {
    // It does not stream.
    return take(parse(await readText(reply, MAX_ANSWER_BYTES)), reply.path, onPart) ?? null
  }
  const parser = new SseParser()
  let finishReason: string | null = null
  let isAnything = false
  /** Whether that was the last event. */
  const read = (events: ReturnType<SseParser['push']>): boolean => {
    for (const { event, data } of events) {
      isAnything = true
      if (data.trim() === '[DONE]') return true
      if (event === 'error') throw serverError(wordsOfText(data))
      finishReason = take(parse(data), reply.path, onPart) ?? finishReason
    }
    return false
  }
  for await (const bytes of bytesOf(reply, MAX_ANSWER_BYTES)) {
    if (read(parser.push(bytes))) return finishReason
  }
  read(parser.end())
  if (!isAnything) throw noAnswer(reply.path, 'none of its events')
  return finishReason
}

function take(json: unknown, path: string, onPart: (part: AnswerPart) => void): string | null {
  const reading = readAnswerPart(json)
  if (reading.kind === 'error') throw serverError(reading.words)
  if (reading.kind === 'other')
    throw noAnswer(path, typeof json === 'string' ? JSON.stringify(json.slice(0, 100)) : 'other JSON')
  onPart(reading.part)
  return reading.part.finishReason
}

/** Text that is no JSON stays text. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

async function readText(reply: Reply, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const bytes of bytesOf(reply, maxBytes)) chunks.push(bytes)
  return Buffer.concat(chunks).toString('utf8')
}

async function* bytesOf({ response, path, heard }: Reply, maxBytes: number): AsyncGenerator<Uint8Array> {
  let size = 0
  for await (const chunk of response) {
    const bytes: Buffer = chunk
    heard()
    size += bytes.length
    if (size > maxBytes) throw tooLarge(path)
    yield bytes
  }
}

/** Ends what is silent for too long. */
class Silence {
  #timer: NodeJS.Timeout | undefined

  allow(milliseconds: number, end: () => void): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(end, milliseconds)
  }

  restart(): void {
    this.#timer?.refresh()
  }

  end(): void {
    clearTimeout(this.#timer)
  }
}

function silent(path: string, milliseconds: number): ServerAnswerError {
  const message = `The server said nothing to ${path} for ${Math.round(milliseconds / 1000)} s.`
  const hint =
    'A large model may take longer to load: load it first. If it is loaded, the server may hang: look at its log.'
  return new ServerAnswerError({ code: 'timeout', message, hint })
}

function serverError(words: string): ServerAnswerError {
  const message = words === '' ? 'The server broke off with an error.' : `The server broke off. It says: ${words}`
  return new ServerAnswerError({ code: 'server-error', message, hint: 'Its log may say more.' }, words)
}

function noAnswer(path: string, came: string): ServerAnswerError {
  return new ServerAnswerError({
    code: 'bad-answer',
    message: `${path}: expected an answer as OpenAI’s API gives it, got ${came}.`,
    hint: 'Is another program listening on this port?',
  })
}

function tooLarge(path: string): ServerAnswerError {
  const message = `The answer of ${path} is larger than this app reads.`
  return new ServerAnswerError({ code: 'too-large', message, hint: 'Ask for fewer tokens.' })
}
