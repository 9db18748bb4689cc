import type { ModelsView, ModelView } from '../../../src-preload/contract/models-view.ts'
import type { Problem, Reply } from '../../../src-preload/contract/result.ts'
import { inOrder, nextOrder } from './model-order.ts'

export interface ModelsSource {
  readonly list: () => Promise<Reply<ModelsView>>
  readonly load: (model: string) => Promise<Reply<null>>
  readonly unload: (model: string) => Promise<Reply<null>>
  readonly isVisible: () => boolean
  readonly onVisibility: (listener: () => void) => () => void
  /** Runs `action` after so many milliseconds; returns the function that cancels it. */
  readonly later: (action: () => void, ms: number) => () => void
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Tells of a failure that nobody looks at the list to see. */
  readonly tell: (problem: Problem) => void
}

/** Something this window asked the server to do with a model, and is not done yet. */
export interface ModelWork {
  readonly kind: 'load' | 'unload'
  /** Milliseconds since the epoch. */
  readonly since: number
}

export interface ModelsState {
  /** The last good list, in the order it is shown in; null until there was one. */
  readonly view: ModelsView | null
  /** Why the latest question was not answered; null if it was. */
  readonly problem: Problem | null
  readonly works: ReadonlyMap<string, ModelWork>
  /** Why the last wish for a model failed. */
  readonly failures: ReadonlyMap<string, Problem>
  /** Since when a model was seen loading, whoever asked for it. */
  readonly loadingSince: ReadonlyMap<string, number>
  /** What happened last, to be said aloud. */
  readonly news: string
}

const NOTHING: ModelsState = {
  view: null,
  problem: null,
  works: new Map(),
  failures: new Map(),
  loadingSince: new Map(),
  news: '',
}

const REFRESH_MS = 3000

/**
 * The models of one service. The list is asked for again and again while somebody looks at it, one question at a time: the
 * next waits for the answer to the one before and then some seconds. What is being loaded goes on without anybody looking.
 */
export class ModelsFeed {
  readonly #source: ModelsSource
  readonly #listeners = new Set<() => void>()
  #state = NOTHING
  #order: readonly string[] = []
  /** Of the service; answers about an earlier one are dropped. */
  #run: string | null = null
  #watchers = 0
  #stopListening: () => void = () => undefined
  #cancelNext: () => void = () => undefined
  #isAsking = false
  /** Something changed while a question was under way, whose answer may be older than that. */
  #isOutdated = false
  #askedAt = Number.NEGATIVE_INFINITY

  constructor(source: ModelsSource) {
    this.#source = source
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  state = (): ModelsState => this.#state

  /** Keeps the list of this run up to date; returns the function that ends it. */
  watch(run: string): () => void {
    this.#enter(run)
    this.#watchers += 1
    if (this.#watchers === 1) {
      // Whoever comes to look finds what is in memory at the top; afterwards nothing moves under the pointer.
      this.#order = []
      this.#stopListening = this.#source.onVisibility(() => this.#next())
    }
    this.#next()
    return () => {
      this.#watchers -= 1
      if (this.#watchers > 0) return
      this.#stopListening()
      this.#cancelNext()
    }
  }

  /** Asks once, unless that was done a moment ago. */
  refresh(run: string): void {
    this.#enter(run)
    if (!this.#isAsking && this.#source.now() - this.#askedAt >= REFRESH_MS) void this.#ask()
  }

  async load(model: string): Promise<void> {
    await this.#work(model, 'load')
  }

  async unload(model: string): Promise<void> {
    await this.#work(model, 'unload')
  }

  #enter(run: string): void {
    if (run === this.#run) return
    this.#run = run
    this.#order = []
    this.#isAsking = false
    this.#askedAt = Number.NEGATIVE_INFINITY
    this.#set(NOTHING)
  }

  /** Asks now or, if it was asked a moment ago, later. */
  #next(): void {
    this.#cancelNext()
    if (this.#watchers === 0 || this.#isAsking || !this.#source.isVisible()) return
    const wait = this.#askedAt + REFRESH_MS - this.#source.now()
    if (wait <= 0) void this.#ask()
    else this.#cancelNext = this.#source.later(() => this.#next(), wait)
  }

  async #ask(): Promise<void> {
    if (this.#isAsking) {
      this.#isOutdated = true
      return
    }
    const run = this.#run
    this.#isAsking = true
    this.#isOutdated = false
    const reply = await this.#source.list()
    if (run !== this.#run) return
    this.#isAsking = false
    if (this.#isOutdated) {
      void this.#ask()
      return
    }
    this.#askedAt = this.#source.now()
    if (reply.ok) this.#take(reply.value)
    else this.#set({ ...this.#state, problem: reply.error })
    this.#next()
  }

  #take(view: ModelsView): void {
    this.#order = nextOrder(this.#order, view.models)
    const loading = view.models.filter(({ state }) => state === 'loading')
    const now = this.#source.now()
    const loadingSince = new Map(loading.map(({ id }) => [id, this.#state.loadingSince.get(id) ?? now]))
    const models = inOrder(view.models, this.#order)
    this.#set({ ...this.#state, view: { ...view, models }, problem: null, loadingSince })
  }

  async #work(model: string, kind: ModelWork['kind']): Promise<void> {
    const { works, failures } = this.#state
    if (works.has(model)) return
    const run = this.#run
    const work = { kind, since: this.#source.now() }
    this.#set({ ...this.#state, works: new Map(works).set(model, work), failures: without(failures, model), news: '' })
    const reply = await (kind === 'load' ? this.#source.load(model) : this.#source.unload(model))
    // A server that was stopped meanwhile has nothing loaded, and its failure is no news.
    if (run !== this.#run) return
    this.#set({ ...this.#state, works: without(this.#state.works, model) })
    if (reply.ok) this.#done(model, kind)
    else this.#failed(model, kind, reply.error)
    if (this.#watchers > 0) void this.#ask()
  }

  /** Shown at once: the list that confirms it is a moment away. */
  #done(model: string, kind: ModelWork['kind']): void {
    const state: ModelView['state'] = kind === 'load' ? 'loaded' : 'unloaded'
    const { view } = this.#state
    const models = view?.models.map((other) => (other.id === model ? { ...other, state } : other)) ?? []
    this.#set({
      ...this.#state,
      view: view === null ? null : { ...view, models },
      news: kind === 'load' ? `${model} is loaded.` : `${model} is unloaded.`,
    })
  }

  #failed(model: string, kind: ModelWork['kind'], problem: Problem): void {
    const failures = new Map(this.#state.failures).set(model, problem)
    this.#set({ ...this.#state, failures, news: `Could not ${kind} ${model}: ${problem.message}` })
    if (this.#watchers === 0) this.#source.tell(problem)
  }

  #set(state: ModelsState): void {
    this.#state = state
    for (const listener of this.#listeners) listener()
  }
}

function without<T>(map: ReadonlyMap<string, T>, key: string): ReadonlyMap<string, T> {
  const rest = new Map(map)
  rest.delete(key)
  return rest
}
