import type { Failure } from '../../core/failure.ts'

/** What a person wants to try. */
export interface TryPrompt {
  /** Null: the server chooses. */
  readonly model: string | null
  readonly prompt: string
  readonly maxTokens: number
}

/** How one attempt is worded. */
export interface TryWording {
  readonly endpoint: 'chat/completions' | 'completions'
  /** Ask for a count of tokens at the end; a few servers refuse the option. */
  readonly withUsage: boolean
}

export const firstWording: TryWording = { endpoint: 'chat/completions', withUsage: true }

export function bodyOf({ model, prompt, maxTokens }: TryPrompt, { endpoint, withUsage }: TryWording): string {
  return JSON.stringify({
    ...(model === null ? {} : { model }),
    ...(endpoint === 'completions' ? { prompt } : { messages: [{ role: 'user', content: prompt }] }),
    max_tokens: maxTokens,
    stream: true,
    ...(withUsage ? { stream_options: { include_usage: true } } : {}),
  })
}

const UNKNOWN_FIELD =
  /stream_options|include_usage|extra (?:fields|inputs)|(?:unknown|unexpected|unrecognized|unsupported) (?:field|parameter|argument|property)/i

/**
 * The next wording after one that the server refused before it answered anything; null: it would not help.
 * `words` is what the server said.
 */
export function nextWording(refused: TryWording, status: number, words: string, failure: Failure): TryWording | null {
  const { endpoint, withUsage } = refused
  if (withUsage && (status === 400 || status === 422) && UNKNOWN_FIELD.test(words)) {
    return { endpoint, withUsage: false }
  }
  const hasNoChat = failure.code === 'not-supported' || (status >= 400 && /chat[ _-]?template/i.test(words))
  return endpoint === 'chat/completions' && hasNoChat ? { endpoint: 'completions', withUsage } : null
}
