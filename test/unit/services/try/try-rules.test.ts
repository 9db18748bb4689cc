import { describe, expect, it } from 'vitest'
import type { ServerModel } from '../../../../src-main/services/models/models-api.ts'
import { type AnswerPart, readAnswerPart } from '../../../../src-main/services/try/answer-part.ts'
import { chooseModel } from '../../../../src-main/services/try/choose-model.ts'
import { makeSnippets } from '../../../../src-main/services/try/snippets.ts'
import { TryMeter } from '../../../../src-main/services/try/try-meter.ts'
import { bodyOf, firstWording, nextWording } from '../../../../src-main/services/try/try-request.ts'

describe('a part of an answer', () => {
  const part = (json: unknown) => {
    const reading = readAnswerPart(json)
    if (reading.kind !== 'part') throw new Error(reading.kind)
    return reading.part
  }
  const nothing: AnswerPart = {
    text: '',
    reasoning: '',
    isPiece: false,
    finishReason: null,
    completionTokens: null,
    tokensPerSecond: null,
  }

  it.each<[string, unknown, Partial<AnswerPart>]>([
    ['a delta', { choices: [{ delta: { content: 'a' } }] }, { text: 'a', isPiece: true }],
    ['a message', { choices: [{ message: { content: 'a' } }] }, { text: 'a', isPiece: true }],
    ['a completion', { choices: [{ text: 'a' }] }, { text: 'a', isPiece: true }],
    [
      'parts',
      { choices: [{ delta: { content: [{ type: 'text', text: 'a' }, { text: 'b' }, {}] } }] },
      { text: 'ab', isPiece: true },
    ],
    ['reasoning', { choices: [{ delta: { reasoning: 'r' } }] }, { reasoning: 'r', isPiece: true }],
    ['the role alone', { choices: [{ delta: { role: 'assistant', content: '' } }] }, {}],
    ['an end', { choices: [{ delta: {}, finish_reason: 'stop' }] }, { finishReason: 'stop' }],
    ['usage', { choices: [], usage: { completion_tokens: 7 } }, { completionTokens: 7 }],
    ['no usage yet', { choices: [], usage: null }, {}],
    [
      'timings',
      { choices: [], timings: { predicted_n: 9, predicted_per_second: 33.3 } },
      { completionTokens: 9, tokensPerSecond: 33.3 },
    ],
    [
      'rubbish in its fields',
      {
        error: null,
        choices: [{ delta: { content: 7, reasoning: {} }, text: [], finish_reason: {} }],
        usage: 'x',
        timings: { predicted_per_second: -1 },
      },
      {},
    ],
    ['rubbish in its place', { choices: ['x'] }, {}],
  ])('%s', (_what, json, expected) => {
    expect(part(json)).toEqual({ ...nothing, ...expected })
  })

  it.each([
    [{ error: { message: 'no' } }, 'no'],
    [{ error: 'no' }, 'no'],
    [{ object: 'error', message: 'no', code: 400 }, 'no'],
    [{ error: {} }, ''],
  ])('%j is an error', (json, words) => {
    expect(readAnswerPart(json)).toEqual({ kind: 'error', words })
  })

  it.each([null, 7, 'text', [], {}, { choices: 'x' }])('%j is none', (json) => {
    expect(readAnswerPart(json)).toEqual({ kind: 'other' })
  })
})

describe('the meter', () => {
  const piece = { isPiece: true, completionTokens: null, tokensPerSecond: null } as AnswerPart
  const told = (fields: Partial<AnswerPart>) => ({ ...piece, isPiece: false, ...fields })

  it('counts pieces from the first one on', () => {
    const meter = new TryMeter(1000)
    expect(meter.figures).toEqual({ tokens: 0, firstTokenMs: null, tokensPerSecond: null })
    meter.add(told({}), 1100)
    expect(meter.figures.firstTokenMs).toBeNull()
    meter.add(piece, 1500)
    expect(meter.figures).toEqual({ tokens: 1, firstTokenMs: 500, tokensPerSecond: null })
    meter.add(piece, 1600)
    meter.add(piece, 1700)
    expect(meter.figures).toEqual({ tokens: 3, firstTokenMs: 500, tokensPerSecond: 10 })
  })

  it('believes the server at the end', () => {
    const meter = new TryMeter(0)
    meter.add(piece, 100)
    meter.add(piece, 200)
    meter.add(told({ completionTokens: 11 }), 250)
    meter.end()
    expect(meter.figures).toEqual({ tokens: 11, firstTokenMs: 100, tokensPerSecond: 100 })
    meter.add(told({ tokensPerSecond: 42 }), 260)
    expect(meter.figures.tokensPerSecond).toBe(42)
  })

  it('does not go back to an old count while pieces come', () => {
    const meter = new TryMeter(0)
    meter.add({ ...piece, completionTokens: 1 }, 1)
    meter.add(piece, 2)
    meter.add(piece, 3)
    expect(meter.figures.tokens).toBe(3)
  })

  it('tells no speed of what came at once', () => {
    const meter = new TryMeter(0)
    meter.add({ ...piece, completionTokens: 50 }, 10)
    expect(meter.figures).toEqual({ tokens: 50, firstTokenMs: 10, tokensPerSecond: null })
    meter.add(piece, 10)
    expect(meter.figures.tokensPerSecond).toBeNull()
  })
})

describe('the wording', () => {
  const failure = (code: string) => ({ code, message: '', hint: '' })

  it('leaves out the model where none is named', () => {
    const body = JSON.parse(bodyOf({ model: null, prompt: 'x', maxTokens: 1 }, firstWording))
    expect(Object.keys(body)).toEqual(['messages', 'max_tokens', 'stream', 'stream_options'])
  })

  it('gives up one thing after another, and then ends', () => {
    const plain = nextWording(firstWording, 400, 'Unknown parameter: stream_options', failure('refused'))
    expect(plain).toEqual({ endpoint: 'chat/completions', withUsage: false })
    if (plain === null) return
    expect(nextWording(plain, 400, 'Unknown parameter: stream_options', failure('refused'))).toBeNull()
    const completion = nextWording(plain, 404, '', failure('not-supported'))
    expect(completion).toEqual({ endpoint: 'completions', withUsage: false })
    if (completion === null) return
    expect(nextWording(completion, 404, '', failure('not-supported'))).toBeNull()
  })

  it.each([
    [400, 'max_tokens must be at least 1', 'refused'],
    [500, 'unknown parameter', 'refused'],
    [404, 'model not found', 'no-such-model'],
    [401, '', 'key-needed'],
    [503, 'loading', 'loading'],
  ])('stays where another one would not help: %i %s', (status, words, code) => {
    expect(nextWording(firstWording, status, words, failure(code))).toBeNull()
  })
})

describe('the model that is asked', () => {
  const model = (id: string, state: ServerModel['state'], details: string[] = []): ServerModel => ({
    id,
    state,
    details,
  })

  it.each([
    [[], undefined],
    [[model('a', 'unloaded'), model('b', 'loaded')], 'b'],
    [[model('a', 'unloaded'), model('b', 'sleeping')], 'b'],
    [[model('a', 'unknown'), model('b', 'unknown')], 'a'],
    [[model('nomic-embed-text', 'loaded'), model('b', 'unloaded')], 'b'],
    [[model('minilm', 'loaded', ['23M', 'bert']), model('b', 'unloaded')], 'b'],
    [[model('minilm', 'loaded', ['nomic-bert'])], 'minilm'],
  ])('is chosen: case %#', (models, expected) => {
    expect(chooseModel(models)?.id).toBe(expected)
  })
})

describe('the snippet for PowerShell', () => {
  const model = `it's "quoted" $(calc) \`n ’curly’ 模型 🦙 \n`
  const { curl } = makeSnippets({ baseUrl: 'http://127.0.0.1:1/v1', model, keyVariable: 'MY_KEY' }, 'win32')
  const literal = /^'((?:[^']|'')*)' \| /.exec(curl)?.[1] ?? ''

  it('has the body as one literal of plain ASCII', () => {
    expect(JSON.parse(literal.replaceAll("''", "'"))).toEqual({
      model,
      messages: [{ role: 'user', content: 'Say hello.' }],
    })
    // PowerShell takes curly quotes for straight ones.
    expect(literal).toMatch(/^[\x20-\x7e]*$/)
  })

  it('has nothing else that depends on the model', () => {
    const other = makeSnippets({ baseUrl: 'http://127.0.0.1:1/v1', model: 'm', keyVariable: 'MY_KEY' }, 'win32').curl
    expect(curl.slice(curl.indexOf("' | "))).toBe(other.slice(other.indexOf("' | ")))
    expect(curl).toContain('-H "Authorization: Bearer $env:MY_KEY"')
  })
})
