import type { TryProgress } from '../../../src-preload/contract/models-view.ts'
import type { Reply } from '../../../src-preload/contract/result.ts'
import { type Attempt, ended, newAttempt, withProgress } from './attempt.ts'
import { GrowingText } from './growing-text.ts'

export interface Question {
  readonly key: string
  readonly model: string | null
  readonly prompt: string
  readonly maxTokens: number
}

export interface TryApi {
  readonly start: (question: Question) => Promise<Reply<{ tryId: number }>>
  readonly stop: (tryId: number) => Promise<Reply<null>>
  readonly onProgress: (listener: (progress: TryProgress) => void) => () => void
  /** Runs `action` after so many milliseconds. */
  readonly later: (action: () => void, ms: number) => void
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/** The latest answer of a service. Another object whenever the attempt changed, but for its texts, which grow. */
export interface Answer {
  readonly attempt: Attempt
  readonly text: GrowingText
  readonly reasoning: GrowingText
}

interface Running {
  readonly key: string
  answer: Answer
  /** Null until the main process has answered. */
  tryId: number | null
  /** It was stopped before it had a number. */
  isUnwanted: boolean
}

/** Numbers that change with every token are shown as often as eyes can follow. */
const SHOW_MS = 100

/**
 * Prompts of this window: one at a time, as the main process does, and the latest answer of each service. Goes on while
 * nobody looks.
 */
export class TrySession {
  readonly #api: TryApi
  readonly #listeners = new Set<() => void>()
  readonly #answers = new Map<string, Answer>()
  #running: Running | null = null
  /** Events that overtook the answer that tells their number. */
  #early: TryProgress[] = []
  #isShowing = false

  constructor(api: TryApi) {
    this.#api = api
    api.onProgress((progress) => this.#receive(progress))
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Null if nothing was asked yet. */
  answer(key: string): Answer | null {
    return this.#answers.get(key) ?? null
  }

  /** Asks, in the place of what this window asked before. */
  async ask(question: Question): Promise<void> {
    this.#giveUp()
    const answer = { attempt: newAttempt(this.#api.now()), text: new GrowingText(), reasoning: new GrowingText() }
    const running: Running = { key: question.key, answer, tryId: null, isUnwanted: false }
    this.#running = running
    this.#early = []
    this.#set(running, answer.attempt)
    const reply = await this.#api.start(question)
    if (running.isUnwanted) {
      // Ended here already; there it has just begun. One that took its place has ended it there, too.
      if (reply.ok && this.#running === null) void this.#api.stop(reply.value.tryId)
      return
    }
    if (!reply.ok) {
      this.#set(running, ended(running.answer.attempt, 'failed', reply.error))
      return
    }
    running.tryId = reply.value.tryId
    const early = this.#early
    this.#early = []
    for (const progress of early) this.#receive(progress)
  }

  /** What came so far stays. */
  stop(key: string): void {
    const running = this.#running
    if (running === null || running.key !== key) return
    if (running.tryId === null) this.#giveUp()
    else void this.#stopRunning(running, running.tryId)
  }

  async #stopRunning(running: Running, tryId: number): Promise<void> {
    const reply = await this.#api.stop(tryId)
    // Its last event follows. Without one, nothing more comes.
    if (!reply.ok) this.#set(running, ended(running.answer.attempt, 'stopped', null))
  }

  /** Nothing of what runs is waited for any more. */
  #giveUp(): void {
    const running = this.#running
    if (running === null) return
    running.isUnwanted = true
    this.#set(running, ended(running.answer.attempt, 'stopped', null))
  }

  #receive(progress: TryProgress): void {
    const running = this.#running
    if (running === null) return
    if (running.tryId === null) {
      this.#early.push(progress)
      return
    }
    if (progress.tryId !== running.tryId) return
    const { answer } = running
    answer.text.append(progress.text)
    answer.reasoning.append(progress.reasoning)
    this.#set(running, withProgress(answer.attempt, progress))
  }

  #set(running: Running, attempt: Attempt): void {
    const before = running.answer.attempt
    running.answer = { ...running.answer, attempt }
    this.#answers.set(running.key, running.answer)
    if (attempt.phase === 'ended' && this.#running === running) this.#running = null
    const isNews =
      before === attempt ||
      before.phase !== attempt.phase ||
      before.hasAnswer !== attempt.hasAnswer ||
      before.hasReasoning !== attempt.hasReasoning
    if (isNews) this.#show()
    else this.#showSoon()
  }

  #showSoon(): void {
    if (this.#isShowing) return
    this.#isShowing = true
    this.#api.later(() => {
      this.#isShowing = false
      this.#show()
    }, SHOW_MS)
  }

  #show(): void {
    for (const listener of this.#listeners) listener()
  }
}
