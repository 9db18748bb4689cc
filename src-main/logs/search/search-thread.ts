import { Worker } from 'node:worker_threads'
import type { Failure } from '../../core/failure.ts'
import type { SearchPattern } from './pattern.ts'
import { newPulse, PulseWatch, type WorkLimits } from './pulse.ts'
import type { SearchSpan } from './scan.ts'
import type { FromSearchThread, Ranges, SearchJob, SearchProgress, ToSearchThread } from './search-messages.ts'

export type RangesReply =
  | { readonly ok: true; readonly ranges: readonly Ranges[] }
  | { readonly ok: false; readonly error: Failure }

interface SearchThreadOptions {
  /** The file of search-worker.ts, as it is or bundled. */
  readonly entry: string | URL
  readonly folder: string
  readonly pattern: SearchPattern
  readonly onProgress: (progress: SearchProgress) => void
  /** The search ended by itself, too early. Nothing else is told afterwards. */
  readonly onFailure: (failure: Failure) => void
}

/** Beyond these nobody waits any longer, and no sensible pattern takes that long: for a few lines; for a screenful. */
const LIMITS: WorkLimits = { scan: 2000, ranges: 300 }
/** A search needs a tenth; a pattern that needs more must not take the app's memory. */
const MAX_HEAP_MB = 256

const TOO_SLOW: Failure = {
  code: 'too-slow',
  message: 'This pattern takes too long on some line of this log, so the search was ended.',
  hint: 'Repetitions of repetitions, such as (a+)+, do that. Try a simpler pattern.',
}

export const SEARCH_OVER: Failure = { code: 'search-over', message: 'This search has ended.', hint: '' }

/** One search in a thread of its own, which is ended with the search, or when a match takes for ever. */
export class SearchThread {
  readonly #worker: Worker
  readonly #watch: PulseWatch
  readonly #options: SearchThreadOptions
  readonly #waiting = new Map<number, (reply: RangesReply) => void>()
  #requests = 0
  #sent = 0
  #finished = 0
  #ended: Promise<void> | null = null

  constructor(options: SearchThreadOptions) {
    this.#options = options
    const pulse = newPulse()
    const workerData: SearchJob = { folder: options.folder, pattern: options.pattern, pulse }
    this.#watch = new PulseWatch(pulse, LIMITS, () => this.#fail(TOO_SLOW))
    this.#worker = new Worker(options.entry, { workerData, resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB } })
    this.#worker.on('message', (message: FromSearchThread) => this.#receive(message))
    this.#worker.on('error', (error) => this.#fail(broken(error.message)))
    this.#worker.on('exit', () => this.#fail(broken('its thread ended')))
    // After the listeners: adding one makes it count again.
    this.#worker.unref()
  }

  /** Also these. */
  search(spans: readonly SearchSpan[]): void {
    this.#sent += 1
    this.#post({ kind: 'search', spans })
  }

  ranges(texts: readonly string[]): Promise<RangesReply> {
    if (this.#ended !== null) return Promise.resolve({ ok: false, error: SEARCH_OVER })
    this.#requests += 1
    const request = this.#requests
    return new Promise((resolve) => {
      this.#waiting.set(request, resolve)
      this.#post({ kind: 'ranges', request, texts })
    })
  }

  /** Ends it, whatever it is doing. Whoever waits for ranges gets the failure `search-over`. */
  end(): Promise<void> {
    return this.#end(SEARCH_OVER)
  }

  #post(message: ToSearchThread): void {
    if (this.#ended !== null) return
    this.#worker.postMessage(message)
    this.#watch.start()
  }

  #receive(message: FromSearchThread): void {
    if (this.#ended !== null) return
    switch (message.kind) {
      case 'progress':
        this.#finished = message.finished
        this.#options.onProgress(message.progress)
        break
      case 'ranges':
        this.#waiting.get(message.request)?.({ ok: true, ranges: message.ranges })
        this.#waiting.delete(message.request)
        break
      case 'failed':
        this.#fail(message.failure)
        return
    }
    if (this.#finished === this.#sent && this.#waiting.size === 0) this.#watch.stop()
  }

  #fail(failure: Failure): void {
    if (this.#ended !== null) return
    void this.#end(failure)
    this.#options.onFailure(failure)
  }

  #end(reason: Failure): Promise<void> {
    if (this.#ended !== null) return this.#ended
    this.#watch.stop()
    this.#ended = this.#worker.terminate().then(() => undefined)
    for (const answer of this.#waiting.values()) answer({ ok: false, error: reason })
    this.#waiting.clear()
    return this.#ended
  }
}

function broken(reason: string): Failure {
  return { code: 'search-failed', message: `The search failed: ${reason}.`, hint: 'Search again.' }
}
