import type { AnswerPart } from './answer-part.ts'

/** What is known of the speed of an answer. */
export interface TryFigures {
  /** As the server counts them, else one per piece. */
  readonly tokens: number
  /** Milliseconds from the request to the first token; null before it. */
  readonly firstTokenMs: number | null
  /** After the first token, or as the server measured it; null before there is a second. */
  readonly tokensPerSecond: number | null
}

/** Measures an answer while it comes. */
export class TryMeter {
  readonly #begin: number
  #pieces = 0
  #counted: number | null = null
  #measured: number | null = null
  #first: number | null = null
  #last = 0
  #isOver = false

  /** @param now milliseconds of a clock that never goes back; the request is sent now */
  constructor(now: number) {
    this.#begin = now
  }

  add({ isPiece, completionTokens, tokensPerSecond }: AnswerPart, now: number): void {
    if (isPiece) {
      this.#pieces += 1
      this.#first ??= now
      this.#last = now
    }
    this.#counted = completionTokens ?? this.#counted
    this.#measured = tokensPerSecond ?? this.#measured
  }

  /** Nothing more comes: the server's last count is the whole. */
  end(): void {
    this.#isOver = true
  }

  get figures(): TryFigures {
    const counted = this.#counted ?? 0
    const tokens = this.#isOver && counted > 0 ? counted : Math.max(counted, this.#pieces)
    return {
      tokens,
      firstTokenMs: this.#first === null ? null : this.#first - this.#begin,
      tokensPerSecond: this.#measured ?? this.#ownMeasure(tokens),
    }
  }

  #ownMeasure(tokens: number): number | null {
    // An answer that came in one piece says nothing about time.
    if (this.#first === null || this.#pieces < 2 || tokens < 2) return null
    const seconds = (this.#last - this.#first) / 1000
    return seconds > 0 ? (tokens - 1) / seconds : null
  }
}
