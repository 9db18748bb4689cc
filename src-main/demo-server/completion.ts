import type { NgramModel } from './ngram-model.ts'
import type { CompletionRequest } from './request-body.ts'
import { StopStrings } from './stop-strings.ts'
import { pieceOf, tokenize } from './tokens.ts'

export interface Usage {
  readonly prompt_tokens: number
  readonly completion_tokens: number
  readonly total_tokens: number
}

export type FinishReason = 'stop' | 'length'

/** One answer in the making. `pieces` is to be read once; the rest is known when it ends. */
export class Completion {
  finishReason: FinishReason = 'length'
  readonly #model: NgramModel
  readonly #request: CompletionRequest
  readonly #kind: 'answer' | 'continuation'
  #made = 0

  constructor(model: NgramModel, request: CompletionRequest, kind: 'answer' | 'continuation') {
    this.#model = model
    this.#request = request
    this.#kind = kind
  }

  /** The text token by token; a piece is empty while it may be the beginning of a stop string. */
  *pieces(): Generator<string, void> {
    const { prompt, stop } = this.#request
    const isAnswer = this.#kind === 'answer'
    const tokens = isAnswer
      ? this.#model.answer(prompt, this.#request)
      : this.#model.continueText(prompt, this.#request)
    const stops = new StopStrings(stop)
    for (let next = tokens.next(); ; next = tokens.next()) {
      if (next.done === true) {
        this.finishReason = next.value
        yield stops.flush()
        return
      }
      this.#made += 1
      // A continuation begins with the space that its prompt does not end with.
      const isFirst = this.#made === 1 && (isAnswer || prompt === '' || /\s$/.test(prompt))
      const { text, stopped } = stops.push(pieceOf(next.value, isFirst))
      yield text
      if (stopped) {
        this.finishReason = 'stop'
        return
      }
    }
  }

  get usage(): Usage {
    const prompt = tokenize(this.#request.prompt).length
    return { prompt_tokens: prompt, completion_tokens: this.#made, total_tokens: prompt + this.#made }
  }
}
