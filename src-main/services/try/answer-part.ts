import { z } from 'zod'
import { wordsOf } from '../models/server-words.ts'

// OpenAI's chat completions and completions, streamed or not, and what servers add: llama.cpp its "timings", reasoning
// models `reasoning_content` (llama.cpp, vLLM, SGLang) or `reasoning` (Ollama, newer vLLM). Whatever is of another type is left out.

/** What a piece of a stream, or a whole answer, says. */
export interface AnswerPart {
  readonly text: string
  readonly reasoning: string
  /** Whether it holds a part of the answer, be it empty: pieces are counted as tokens where the server does not count. */
  readonly isPiece: boolean
  readonly finishReason: string | null
  /** Tokens generated so far, as the server counts them. */
  readonly completionTokens: number | null
  /** As the server measured it. */
  readonly tokensPerSecond: number | null
}

export type AnswerReading =
  | { readonly kind: 'part'; readonly part: AnswerPart }
  /** The server says in place of an answer what went wrong. */
  | { readonly kind: 'error'; readonly words: string }
  /** Nothing of the kind. */
  | { readonly kind: 'other' }

const lenient = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined)
const text = lenient(z.string())
const positive = lenient(z.number().positive())

/** Some servers send a text as a list of parts. */
const content = z
  .string()
  .or(z.array(z.object({ text })).transform((parts) => parts.map((part) => part.text ?? '').join('')))
  .optional()
  .catch(undefined)

const message = lenient(z.object({ content, reasoning_content: text, reasoning: text }))

const choiceSchema = z.object({ text, delta: message, message, finish_reason: lenient(z.string().max(100)) })

const answerSchema = z.object({
  choices: z.array(z.unknown()),
  usage: lenient(z.object({ completion_tokens: positive })),
  timings: lenient(z.object({ predicted_per_second: positive, predicted_n: positive })),
})

/** Reads one JSON value of an answer. */
export function readAnswerPart(json: unknown): AnswerReading {
  if (typeof json !== 'object' || json === null) return { kind: 'other' }
  const isError = 'error' in json ? json.error !== null : 'object' in json && json.object === 'error'
  if (isError) return { kind: 'error', words: wordsOf(json) }
  const parsed = answerSchema.safeParse(json)
  if (!parsed.success) return { kind: 'other' }
  const { choices, usage, timings } = parsed.data
  // One answer was asked for, so there is one choice at most.
  const choice = choiceSchema.safeParse(choices[0]).data
  const said = choice?.delta ?? choice?.message
  const answer = said?.content ?? choice?.text ?? ''
  const reasoning = said?.reasoning_content ?? said?.reasoning ?? ''
  return {
    kind: 'part',
    part: {
      text: answer,
      reasoning,
      isPiece: answer !== '' || reasoning !== '',
      finishReason: choice?.finish_reason ?? null,
      completionTokens: usage?.completion_tokens ?? timings?.predicted_n ?? null,
      tokensPerSecond: timings?.predicted_per_second ?? null,
    },
  }
}
