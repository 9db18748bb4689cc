import { type IncomingMessage, request } from 'node:http'

// All that the tests ask of a llama-server, in one place. On purpose not by the modules of the app that do the same: these
// tests also say what the real server answers, whatever the app makes of it.

export interface Answer {
  readonly status: number
  readonly text: string
}

export interface RouterModel {
  readonly id: string
  readonly status: { readonly value: string; readonly failed?: boolean; readonly exit_code?: number }
}

function open(port: number, path: string, body?: unknown): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const method = body === undefined ? 'GET' : 'POST'
    const headers = body === undefined ? {} : { 'content-type': 'application/json' }
    // No agent: each request has a connection of its own, which ends with it.
    const sent = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, resolve)
    sent.once('error', reject)
    sent.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

async function ask(port: number, path: string, body?: unknown): Promise<Answer> {
  const response = await open(port, path, body)
  let text = ''
  for await (const chunk of response.setEncoding('utf8')) text += chunk
  return { status: response.statusCode ?? 0, text }
}

async function askJson(port: number, path: string, body?: unknown) {
  const { status, text } = await ask(port, path, body)
  if (status !== 200) throw new Error(`expected 200 from ${path}, got ${status}: ${text}`)
  return JSON.parse(text)
}

export const askHealth = (port: number) => ask(port, '/health')

/** What a server of one model says of it. */
export async function askModel(port: number): Promise<{ id: string; meta: Readonly<Record<string, unknown>> }> {
  const { data } = await askJson(port, '/v1/models')
  return data[0]
}

export async function askRouterModels(port: number): Promise<readonly RouterModel[]> {
  return (await askJson(port, '/models')).data
}

export const loadModel = (port: number, model: string) => askJson(port, '/models/load', { model })
export const unloadModel = (port: number, model: string) => askJson(port, '/models/unload', { model })

const chat = (model: string | null, tokens: number) => ({
  ...(model === null ? {} : { model }),
  messages: [{ role: 'user', content: 'the river opens' }],
  max_tokens: tokens,
  temperature: 0,
})

/** The answer to a prompt, at once. */
export async function askChat(port: number, model: string | null = null, tokens = 16): Promise<string> {
  const { choices } = await askJson(port, '/v1/chat/completions', chat(model, tokens))
  return choices[0].message.content
}

/** The pieces of the answer to a prompt as they come, and why it ended. */
export async function streamChat(port: number, tokens: number) {
  const response = await open(port, '/v1/chat/completions', { ...chat(null, tokens), stream: true })
  const pieces: string[] = []
  let finishReason: string | null = null
  let text = ''
  for await (const chunk of response.setEncoding('utf8')) text += chunk
  const lines = text.split('\n').filter((line) => line.startsWith('data: '))
  for (const line of lines.slice(0, -1)) {
    const [choice] = JSON.parse(line.slice('data: '.length)).choices
    if (choice?.delta.content) pieces.push(choice.delta.content)
    finishReason = choice?.finish_reason ?? finishReason
  }
  return { type: response.headers['content-type'], pieces, finishReason, last: lines.at(-1) }
}

/** Asks for an answer that never ends. Returns what hangs up. */
export function askForever(port: number): () => void {
  const sent = request({
    host: '127.0.0.1',
    port,
    path: '/completion',
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    agent: false,
  })
  // The server hangs up when it is ended: the test is about that, and not about this request.
  sent.on('error', () => undefined)
  sent.end(JSON.stringify({ prompt: 'the river', n_predict: -1, ignore_eos: true }))
  return () => sent.destroy()
}

/** Whether the server is working on a request. */
export async function isBusy(port: number): Promise<boolean> {
  const slots = await askJson(port, '/slots')
  return slots.some((slot: { is_processing: boolean }) => slot.is_processing)
}
