import type { ServerTarget } from '../models/server-target.ts'
import type { AnswerPart } from './answer-part.ts'
import { type TryFigures, TryMeter } from './try-meter.ts'
import type { TryPrompt } from './try-request.ts'
import { runTry, type TryEnd } from './try-run.ts'

/** As in src-preload/contract/models-view.ts: what has come since the one before, the figures so far. */
export interface TryProgress extends TryFigures {
  readonly tryId: number
  readonly text: string
  readonly reasoning: string
  /** Set in the last one. */
  readonly end: TryEnd | null
}

export interface TryOptions {
  readonly target: ServerTarget
  readonly openAiPath: string
  readonly prompt: TryPrompt
  /** See `TryRunOptions`. */
  readonly silenceMs?: number
  readonly firstByteMs?: number
}

/** 20 events a second. */
const PAUSE_MS = 50

const broken: TryEnd = {
  kind: 'failed',
  finishReason: null,
  problem: { code: 'internal', message: 'Something went wrong in the app.', hint: 'Please report it.' },
}

/** One window's place for trying servers: one try at a time. */
export class TrySeat {
  readonly #tell: (progress: TryProgress) => void
  #running: RunningTry | null = null
  #lastId = 0
  /** The try that may begin; null: none. */
  #taken: number | null = null

  constructor(tell: (progress: TryProgress) => void) {
    this.#tell = tell
  }

  /** Makes room for another try and gives it its number: the one before is ended. */
  take(): number {
    this.reset()
    this.#lastId += 1
    this.#taken = this.#lastId
    return this.#lastId
  }

  /**
   * Sends the prompt. Progress follows, the last one with an `end`. False if another one was taken or the seat was left
   * since: nothing is sent then.
   */
  begin(tryId: number, options: TryOptions): boolean {
    if (this.#taken !== tryId) return false
    this.#taken = null
    const running = new RunningTry(tryId, options, (progress) => {
      if (progress.end !== null && this.#running === running) this.#running = null
      this.#tell(progress)
    })
    this.#running = running
    return true
  }

  /** Ends a try; its last progress follows. One that is over is left alone. */
  stop(tryId: number): void {
    if (this.#running?.tryId === tryId) this.#running.stop()
  }

  /** Ends whatever is tried: the window is gone, or begins another one. */
  reset(): void {
    this.#taken = null
    this.#running?.stop()
  }
}

/** A try under way, which gathers what comes and tells it at most 20 times a second. */
class RunningTry {
  readonly tryId: number
  readonly #tell: (progress: TryProgress) => void
  readonly #controller = new AbortController()
  readonly #meter = new TryMeter(performance.now())
  #text = ''
  #reasoning = ''
  #timer: NodeJS.Timeout | undefined
  #toldAt = Number.NEGATIVE_INFINITY

  constructor(tryId: number, options: TryOptions, tell: (progress: TryProgress) => void) {
    this.tryId = tryId
    this.#tell = tell
    // Later, so that whoever began it knows its number first.
    setImmediate(() => void this.#run(options))
  }

  stop(): void {
    this.#controller.abort()
  }

  async #run(options: TryOptions): Promise<void> {
    const { signal } = this.#controller
    // Rejects for nothing that a server does; but nobody must wait for an end that never comes.
    const end = await runTry({ ...options, signal, onPart: (part) => this.#add(part) }).catch(() => broken)
    this.#meter.end()
    this.#send(end)
  }

  #add(part: AnswerPart): void {
    const now = performance.now()
    this.#meter.add(part, now)
    this.#text += part.text
    this.#reasoning += part.reasoning
    if (this.#timer !== undefined) return
    const wait = this.#toldAt + PAUSE_MS - now
    if (wait <= 0) this.#send(null)
    else this.#timer = setTimeout(() => this.#send(null), wait)
  }

  #send(end: TryEnd | null): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#toldAt = performance.now()
    const [text, reasoning] = [this.#text, this.#reasoning]
    this.#text = ''
    this.#reasoning = ''
    this.#tell({ tryId: this.tryId, text, reasoning, ...this.#meter.figures, end })
  }
}
