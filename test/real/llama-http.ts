import { type IncomingMessage, request } from 'node:http'

// What the tests ask of a llama-server beside the app's own modules (app-view.ts): what the real server answers, whatever the
// app makes of it.

interface Answer {
  readonly status: number
  readonly text: string
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

/** The answer to a prompt, at once. */
export async function askChat(port: number): Promise<string> {
  const { choices } = await askJson(port, '/v1/chat/completions', {
    messages: [{ role: 'user', content: 'the river opens' }],
    max_tokens: 16,
    temperature: 0,
  })
  return choices[0].message.content
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
