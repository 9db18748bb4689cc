import { describe, expect, it } from 'vitest'
import { RequestError, readChatRequest, readCompletionRequest } from '../../../src-main/demo-server/request-body.ts'

const user = (content: unknown) => [{ role: 'user', content }]

function errorOf(read: (text: string) => unknown, body: unknown) {
  try {
    read(typeof body === 'string' ? body : JSON.stringify(body))
  } catch (error) {
    if (error instanceof RequestError) {
      return { status: error.status, ...error.toJSON().error }
    }
    throw error
  }
  throw new Error('expected an error')
}

it('fills in what is left out', () => {
  expect(readCompletionRequest('{"prompt": "x"}')).toEqual({
    prompt: 'x',
    maxTokens: 64,
    temperature: 0.8,
    seed: expect.any(Number),
    stop: [],
    stream: false,
    includeUsage: false,
  })
})

it('reads the last user message, in text parts as well', () => {
  const messages = [
    { role: 'system', content: 's' },
    ...user('first'),
    { role: 'assistant', content: 'a' },
    ...user([
      { type: 'text', text: 'last' },
      { type: 'text', text: 'part' },
    ]),
  ]
  const body = { messages, max_tokens: 5, max_completion_tokens: 7, stop: 'x', top_p: 0.5, seed: 3, stream: true }
  expect(readChatRequest(JSON.stringify({ ...body, stream_options: { include_usage: true } }))).toEqual({
    prompt: 'last\npart',
    maxTokens: 7,
    temperature: 0.8,
    seed: 3,
    stop: ['x'],
    stream: true,
    includeUsage: true,
  })
})

describe('OpenAI-style errors', () => {
  it.each<[unknown, string, string | null]>([
    ['{"prompt":', 'the body is not valid JSON: ', null],
    ['[]', 'expected the body to be a JSON object, got a list of 0', null],
    [{}, 'prompt: expected a string, or a list of one string, got nothing', 'prompt'],
    [{ prompt: [1, 2] }, 'prompt: expected a string, or a list of one string, got a list of 2', 'prompt'],
    [{ prompt: '', max_tokens: 0 }, 'max_tokens: expected a whole number from 1 to 4096, got 0', 'max_tokens'],
    [{ prompt: '', max_tokens: '9' }, 'max_tokens: expected a whole number from 1 to 4096, got "9"', 'max_tokens'],
    [{ prompt: '', temperature: 3 }, 'temperature: expected a number from 0 to 2, got 3', 'temperature'],
    [{ prompt: '', seed: 1.5 }, 'seed: expected a whole number from ', 'seed'],
    [{ prompt: '', stream: 'yes' }, 'stream: expected true or false, got "yes"', 'stream'],
    [{ prompt: '', n: 2 }, 'n: expected a whole number from 1 to 1, got 2', 'n'],
    [{ prompt: '', stop: ['a', ''] }, 'stop: expected a non-empty string, or a list of at most 4 of them', 'stop'],
    [{ prompt: '', stop: ['a', 'b', 'c', 'd', 'e'] }, 'stop: expected a non-empty string', 'stop'],
    [{ prompt: '', model: 5 }, 'model: expected "agentos-demo-ngram", got 5', 'model'],
  ])('%j', (body, message, param) => {
    expect(errorOf(readCompletionRequest, body)).toEqual({
      status: 400,
      message: expect.stringContaining(message),
      type: 'invalid_request_error',
      param,
      code: null,
    })
  })

  it.each<[unknown, string]>([
    [undefined, 'messages: expected a non-empty list of messages, got nothing'],
    [[], 'messages: expected a non-empty list of messages, got a list of 0'],
    [['hi'], 'messages[0]: expected an object with "role" and "content", got "hi"'],
    [
      [{ role: 'boss', content: '' }],
      'messages[0].role: expected one of system, developer, user, assistant, tool, got "boss"',
    ],
    [user(null), 'messages[0].content: expected a string or a list of text parts, got null'],
    [user([{ type: 'image_url' }]), 'messages[0].content[0]: expected {"type": "text", "text": "..."}'],
  ])('messages: %j', (messages, message) => {
    expect(errorOf(readChatRequest, { messages })).toMatchObject({
      status: 400,
      message: expect.stringContaining(message),
    })
  })

  it('does not pretend to be another model', () => {
    expect(errorOf(readCompletionRequest, { prompt: '', model: 'gpt-4' })).toEqual({
      status: 404,
      message: 'the model "gpt-4" does not exist here; the only one is "agentos-demo-ngram"',
      type: 'invalid_request_error',
      param: 'model',
      code: 'model_not_found',
    })
  })
})
