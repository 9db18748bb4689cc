import { Worker } from 'node:worker_threads'
import type { LogExtent, LogPage, LogRow, LogStream, LogTarget, LogView } from '../../core/log-row.ts'
import type { TimelineEntry } from '../../core/timeline-entry.ts'
import type { LogSpan } from './log-queries.ts'
import type { LogChange } from './service-log.ts'
import type { EngineArguments, EngineMessage, EngineMethod, EngineResult, LogWorkerData } from './worker-protocol.ts'

/** Rows are garbage as soon as they are sent: room for a few pages of them is enough, and V8 would take 48 MB in the end. */
const LIMITS = { maxYoungGenerationSizeMb: 6 }

export interface LogReaderClientOptions {
  /** File of the worker's entry, `log-worker`. */
  readonly workerPath: string
  readonly logDir: string
  /** What changes without a call that could answer with it (see `LogEngine`). */
  readonly onChange: (change: LogChange) => void
  /** Milliseconds without an open view after which the thread is ended. Default 30 s. */
  readonly idleMs?: number
}

interface Pending {
  readonly id: number
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
}

interface ViewName {
  readonly key: string
  readonly view: LogView
}

const idOf = ({ key, view }: ViewName) => `${view} ${key}`

/** A thread that ended sooner than this is not started again by itself, but by the next call. */
const MIN_LIFE_MS = 1000

/**
 * The main thread's side of the reader thread: `LogEngine`'s methods. The thread is started when it is needed and does not
 * keep the process alive. If it ends by itself, calls under way reject, and open views are opened again; that they have
 * other epochs then is told through `onChange`.
 */
export class LogReaderClient {
  readonly #options: LogReaderClientOptions
  readonly #views = new Map<string, ViewName>()
  /** Open views that the thread does not know, since it is a new one. */
  readonly #lost = new Map<string, ViewName>()
  /** A few at most. Not a Map: one that empties leaves a table behind each time (docs/decisions/0019-garbage.md). */
  #pending: Pending[] = []
  #worker: Worker | null = null
  #startedAt = 0
  #lastId = 0
  #idleTimer: NodeJS.Timeout | undefined
  #isDisposed = false

  constructor(options: LogReaderClientOptions) {
    this.#options = options
  }

  async open(key: string, view: LogView): Promise<LogExtent> {
    clearTimeout(this.#idleTimer)
    const extent = await this.#call('open', key, view)
    this.#views.set(idOf({ key, view }), { key, view })
    return extent
  }

  async close(key: string, view: LogView): Promise<void> {
    this.#views.delete(idOf({ key, view }))
    this.#lost.delete(idOf({ key, view }))
    try {
      if (this.#worker !== null) await this.#call('close', key, view)
    } finally {
      this.#endWhenIdle()
    }
  }

  /** Costs nothing while no view of the service is open. */
  async advance(key: string, entries: readonly TimelineEntry[]): Promise<LogChange[]> {
    if (![...this.#views.values()].some((view) => view.key === key)) return []
    this.#start()
    for (const view of this.#lost.values()) if (view.key === key) await this.#reopen(view)
    return await this.#call('advance', key, entries)
  }

  page(key: string, view: LogView, epoch: number, from: number, count: number): Promise<LogPage | null> {
    return this.#call('page', key, view, epoch, from, count)
  }

  rows(key: string, view: LogView, epoch: number, rows: readonly number[]): Promise<(LogRow | null)[] | null> {
    return this.#call('rows', key, view, epoch, rows)
  }

  find(
    key: string,
    view: LogView,
    epoch: number,
    row: number,
    target: LogTarget,
  ): Promise<number | null | 'log-changed'> {
    return this.#call('find', key, view, epoch, row, target)
  }

  export(
    key: string,
    view: LogView,
    epoch: number,
    from: number,
    to: number,
    file: string,
    options: { readonly withTimes: boolean },
  ): Promise<{ rows: number } | null> {
    return this.#call('export', key, view, epoch, from, to, file, options)
  }

  spans(key: string, view: LogView, epoch: number): Promise<readonly LogSpan[] | null> {
    return this.#call('spans', key, view, epoch)
  }

  rowsOf(
    key: string,
    view: LogView,
    epoch: number,
    stream: LogStream,
    lines: readonly number[],
  ): Promise<number[] | null> {
    return this.#call('rowsOf', key, view, epoch, stream, lines)
  }

  /** Ends the thread, after it has saved what it counted. Calls reject afterwards. */
  async dispose(): Promise<void> {
    if (this.#isDisposed) return
    clearTimeout(this.#idleTimer)
    this.#views.clear()
    this.#lost.clear()
    // The thread may end meanwhile, which is what is wanted.
    if (this.#worker !== null) await this.#call('release').catch(() => undefined)
    this.#isDisposed = true
    await this.#end()
  }

  #call<M extends EngineMethod>(method: M, ...args: EngineArguments<M>): Promise<EngineResult<M>> {
    if (this.#isDisposed) return Promise.reject(new Error('the log reader was disposed of'))
    const worker = this.#start()
    this.#lastId += 1
    const id = this.#lastId
    return new Promise((resolve, reject) => {
      this.#pending.push({ id, resolve: (value) => resolve(value as EngineResult<M>), reject })
      worker.postMessage({ id, method, args })
    })
  }

  #start(): Worker {
    if (this.#worker !== null) return this.#worker
    const { workerPath, logDir } = this.#options
    const workerData: LogWorkerData = { logDir }
    const worker = new Worker(workerPath, { workerData, name: 'log-reader', resourceLimits: LIMITS })
    this.#worker = worker
    this.#startedAt = Date.now()
    let reason = ''
    worker.on('message', (message: EngineMessage) => this.#receive(message))
    worker.on('error', (error) => {
      reason = `: ${error.message}`
    })
    worker.on('exit', () => this.#ended(worker, reason))
    worker.unref()
    for (const [id, view] of this.#views) this.#lost.set(id, view)
    for (const view of this.#lost.values()) void this.#reopen(view)
    return worker
  }

  #receive(message: EngineMessage): void {
    if (message.kind === 'change') {
      // One that was sent before its view was closed is of no interest any longer.
      if (this.#views.has(idOf(message.change))) this.#options.onChange(message.change)
      return
    }
    const pending = this.#pending.find(({ id }) => id === message.id)
    this.#pending = this.#pending.filter((other) => other !== pending)
    if (message.kind === 'result') pending?.resolve(message.value)
    else pending?.reject(errorOf(message.message, message.code))
    if (this.#pending.length === 0) this.#endWhenIdle()
  }

  #ended(worker: Worker, reason: string): void {
    if (this.#worker !== worker) return
    this.#worker = null
    const error = new Error(`the log reader ended unexpectedly${reason}`)
    for (const { reject } of this.#takePending()) reject(error)
    // One that always crashes at once would be started for ever.
    if (this.#views.size > 0 && Date.now() - this.#startedAt >= MIN_LIFE_MS) this.#start()
  }

  /** Opens a view that is open for everybody but the thread. If that fails it is tried with the next entry. */
  async #reopen(name: ViewName): Promise<void> {
    const { key, view } = name
    try {
      const extent = await this.#call('open', key, view)
      if (this.#lost.delete(idOf(name))) this.#options.onChange({ key, view, ...extent })
    } catch {
      // Its files cannot be read, or the thread has ended once more.
    }
  }

  #endWhenIdle(): void {
    clearTimeout(this.#idleTimer)
    if (this.#views.size > 0 || this.#worker === null) return
    this.#idleTimer = setTimeout(() => {
      // An export goes on without a view.
      if (this.#pending.length > 0) this.#endWhenIdle()
      else this.#end().catch(() => undefined)
    }, this.#options.idleMs ?? 30_000)
    this.#idleTimer.unref()
  }

  async #end(): Promise<void> {
    const worker = this.#worker
    this.#worker = null
    for (const { reject } of this.#takePending()) reject(new Error('the log reader was ended'))
    await worker?.terminate()
  }

  #takePending(): Pending[] {
    const pending = this.#pending
    this.#pending = []
    return pending
  }
}

function errorOf(message: string, code: string | null): Error {
  const error = new Error(message)
  return code === null ? error : Object.assign(error, { code })
}
