import type { Problem, Reply } from '../../../../src-preload/contract/result.ts'
import type { EntryCheck, EntryView } from '../../../../src-preload/contract/setup-view.ts'

/** What a person types is asked about once they pause. */
export const CHECK_DELAY_MS = 150

export interface CheckQuestion {
  readonly entry: EntryView
  /** Key of the entry that it would replace; null for a new one. */
  readonly replaces: string | null
}

/** The latest answer, and what it was about. */
export interface CheckAnswer {
  readonly question: CheckQuestion
  readonly check: EntryCheck | null
  /** Why it could not be asked; null if it could. */
  readonly problem: Problem | null
}

export interface CheckApi {
  readonly ask: (question: CheckQuestion) => Promise<Reply<EntryCheck>>
  /** Runs `action` after a pause; returns the function that cancels it. */
  readonly later: (action: () => void, milliseconds: number) => () => void
}

/** Asks what an entry would do, while it is typed. Answers to older questions than the latest are dropped. */
export class EntryChecker {
  readonly #api: CheckApi
  readonly #onAnswer: (answer: CheckAnswer) => void
  #number = 0
  #cancel: () => void = () => undefined

  constructor(api: CheckApi, onAnswer: (answer: CheckAnswer) => void) {
    this.#api = api
    this.#onAnswer = onAnswer
  }

  /** Asks after a pause, unless something else is asked before. */
  ask(question: CheckQuestion): void {
    this.#cancel()
    this.#cancel = this.#api.later(() => void this.#put(question), CHECK_DELAY_MS)
  }

  /** Asks at once, for somebody who waits for it. */
  now(question: CheckQuestion): Promise<CheckAnswer> {
    this.#cancel()
    return this.#put(question)
  }

  end(): void {
    this.#cancel()
    this.#number += 1
  }

  async #put(question: CheckQuestion): Promise<CheckAnswer> {
    this.#number += 1
    const number = this.#number
    const reply = await this.#api.ask(question)
    const answer: CheckAnswer = reply.ok
      ? { question, check: reply.value, problem: null }
      : { question, check: null, problem: reply.error }
    if (number === this.#number) this.#onAnswer(answer)
    return answer
  }
}
