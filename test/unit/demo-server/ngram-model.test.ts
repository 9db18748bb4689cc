import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type GenerateOptions, NgramModel } from '../../../src-main/demo-server/ngram-model.ts'
import { pieceOf, tokenize } from '../../../src-main/demo-server/tokens.ts'

const text = readFileSync(new URL('../../../assets/demo/text.txt', import.meta.url), 'utf8')
const model = new NgramModel(text)
const options: GenerateOptions = { maxTokens: 64, temperature: 0.8, seed: 1 }

const inText = (tokens: Iterable<string>) => [...tokens].map((token, index) => pieceOf(token, index === 0)).join('')

it('keeps words, punctuation and paragraphs apart, and puts them together again', () => {
  expect(tokenize('It’s ready-made: "yes", 3 of 4!\n\n  Next\nline.')).toEqual(
    ['It’s', 'ready-made', ':', 'yes', ',', '3', 'of', '4', '!', '\n\n', 'Next', 'line', '.'], // quotes are left out
  )
  expect(inText(tokenize('A word, and another: one.'))).toBe('A word, and another: one.')
})

it('says the same for the same seed, and something else for another', () => {
  const answers = [1, 1, 2].map((seed) => inText(model.answer('the garden', { ...options, seed })))
  expect(answers[0]).toBe(answers[1])
  expect(answers[0]).not.toBe(answers[2])
})

it('takes the most frequent word at temperature 0, whatever the seed', () => {
  const small = new NgramModel('one two three. one two three. one two four.')
  const say = (seed: number) => inText(small.continueText('one', { maxTokens: 3, temperature: 0, seed }))
  expect(say(1)).toBe('two three.')
  expect(say(99)).toBe('two three.')
})

it('backs off to shorter contexts', () => {
  const small = new NgramModel('alpha beta gamma. delta beta gamma. omega.')
  const next = (prompt: string) => [...small.continueText(prompt, { ...options, maxTokens: 1 })][0]
  expect(next('alpha beta')).toBe('gamma')
  expect(next('never beta')).toBe('gamma')
  expect(tokenize('alpha beta gamma. delta omega')).toContain(next('never heard'))
})

it('begins with a sentence about the rarest word it knows', () => {
  expect(inText(model.answer('What about the lighthouse, please?', { ...options, maxTokens: 2 }))).toMatch(
    /^(There is|The keeper)$/,
  )
})

it('speaks only in the words of its text, ends, and counts to its limit', () => {
  const words = new Set(tokenize(text))
  fc.assert(
    fc.property(
      fc.string(),
      fc.integer({ min: 1, max: 200 }),
      fc.double({ min: 0, max: 2, noNaN: true }),
      fc.maxSafeInteger(),
      (prompt, maxTokens, temperature, seed) => {
        for (const kind of ['answer', 'continueText'] as const) {
          const tokens = [...model[kind](prompt, { maxTokens, temperature, seed })]
          expect(tokens.length).toBeLessThanOrEqual(maxTokens)
          expect(tokens.every((token) => words.has(token))).toBe(true)
        }
      },
    ),
    { numRuns: 200 },
  )
})
