import { setTimeout as delay } from 'node:timers/promises'
import type { Failure } from '../../core/failure.ts'
import type { ModelsApi, ServerModel } from './models-api.ts'
import { failureOf, ServerAnswerError } from './server-answer-error.ts'
import { type AskOptions, createAskServer } from './server-client.ts'
import { calledOff } from './server-failure.ts'
import type { ServerTarget } from './server-target.ts'

/** A server and how its models are handled. */
export interface ModelServer {
  /** The service's key. */
  readonly key: string
  readonly target: ServerTarget
  readonly api: ModelsApi
}

export interface ModelLoadsOptions {
  /** How long a model may take until it is loaded. Default: 30 minutes. */
  readonly loadTimeoutMs?: number
  /** How long an unload may take; a server may finish its requests first. Default: 30 s. */
  readonly unloadTimeoutMs?: number
  /** Between two looks at whether it is done. Default: 500 ms. */
  readonly pollMs?: number
  /** How long a server may take to show that it has begun what it was told. Default: 3 s. */
  readonly settleMs?: number
}

interface Load {
  readonly server: ModelServer
  readonly model: string
  readonly controller: AbortController
  readonly done: Promise<void>
}

const MINUTE = 60_000

/**
 * Lists, loads and unloads models of running servers, and knows which loads are under way. Its functions throw
 * `ServerAnswerError` for whatever a server may do.
 */
export class ModelLoads {
  readonly #loadTimeoutMs: number
  readonly #unloadTimeoutMs: number
  readonly #pollMs: number
  readonly #settleMs: number
  readonly #loads = new Set<Load>()

  constructor(options: ModelLoadsOptions = {}) {
    this.#loadTimeoutMs = options.loadTimeoutMs ?? 30 * MINUTE
    this.#unloadTimeoutMs = options.unloadTimeoutMs ?? MINUTE / 2
    this.#pollMs = options.pollMs ?? 500
    this.#settleMs = options.settleMs ?? 3000
  }

  /** What the server tells, and which of its models this app is loading: not every server shows that. */
  async list({ key, target, api }: ModelServer): Promise<readonly ServerModel[]> {
    const models = await api.list(createAskServer(target))
    return models.map((model) =>
      model.state === 'unloaded' && this.#find(key, model.id) !== undefined ? { ...model, state: 'loading' } : model,
    )
  }

  /** Settles when the model is loaded. One that is being loaded already is waited for. */
  load(server: ModelServer, model: string): Promise<void> {
    const running = this.#find(server.key, model)
    if (running !== undefined) return running.done
    const controller = new AbortController()
    const done = this.#load(server, model, controller.signal).finally(() => this.#loads.delete(load))
    const load: Load = { server, model, controller, done }
    this.#loads.add(load)
    return done
  }

  /** Settles when it is not loaded any more. A load of it that is under way is called off. */
  async unload(server: ModelServer, model: string): Promise<void> {
    const { api, target } = server
    const { unload } = api
    if (unload === undefined) throw new ServerAnswerError(cannot('unload'))
    const running = this.#find(server.key, model)
    running?.controller.abort()
    await running?.done.catch(() => undefined)
    const ask = createAskServer(target)
    const before = find(await api.list(ask), model)
    if (before === undefined) throw new ServerAnswerError(noSuchModel(model))
    if (before.isFixed === true) throw new ServerAnswerError(fixed)
    if (before.state === 'unloaded' || before.state === 'failed') return
    await unload(createAskServer(target, { timeoutMs: this.#unloadTimeoutMs }), model)
    if (before.state === 'unknown') return
    const deadline = performance.now() + this.#unloadTimeoutMs
    for (;;) {
      const now = find(await api.list(ask), model)
      if (now === undefined || now.state === 'unloaded' || now.state === 'failed' || now.state === 'unknown') return
      if (performance.now() >= deadline) throw new ServerAnswerError(stillLoaded(this.#unloadTimeoutMs))
      await delay(this.#pollMs)
    }
  }

  /** Calls off the loads of a service, or all. */
  abort(key?: string): void {
    for (const { server, controller } of this.#loads) {
      if (key === undefined || server.key === key) controller.abort()
    }
  }

  #find(key: string, model: string): Load | undefined {
    return [...this.#loads].find((load) => load.server.key === key && load.model === model)
  }

  async #load({ target, api }: ModelServer, model: string, signal: AbortSignal): Promise<void> {
    const { load } = api
    if (load === undefined) throw new ServerAnswerError(cannot('load'))
    const deadline = performance.now() + this.#loadTimeoutMs
    const ask = createAskServer(target, { signal })
    const before = find(await api.list(ask), model)
    if (before === undefined) throw new ServerAnswerError(noSuchModel(model))
    if (isReady(before)) return
    if (before.isFixed === true) throw new ServerAnswerError(fixed)
    // Asked for twice, some servers refuse, some load it twice.
    if (before.state !== 'loading') {
      const left: AskOptions = { signal, timeoutMs: this.#loadTimeoutMs }
      await load(createAskServer(target, left), model)
    }
    await this.#waitUntilLoaded(() => api.list(ask), model, deadline, signal)
  }

  async #waitUntilLoaded(
    list: () => Promise<readonly ServerModel[]>,
    model: string,
    deadline: number,
    signal: AbortSignal,
  ): Promise<void> {
    const settled = performance.now() + this.#settleMs
    for (;;) {
      const now = await lookPatiently(list, model)
      if (now !== 'busy') {
        if (now === undefined) throw new ServerAnswerError(noSuchModel(model))
        // Where a server does not tell, its answer to the load has to do.
        if (isReady(now) || now.state === 'unknown') return
        if (now.state === 'failed') throw new ServerAnswerError(loadFailed(now))
        if (now.state === 'unloaded' && performance.now() >= settled) throw new ServerAnswerError(notLoaded)
      }
      if (performance.now() >= deadline) throw new ServerAnswerError(tooSlow(this.#loadTimeoutMs))
      await delay(this.#pollMs, undefined, { signal }).catch(() => {
        throw new ServerAnswerError(calledOff)
      })
    }
  }
}

/** A server that loads a model may not answer in time meanwhile. */
async function lookPatiently(
  list: () => Promise<readonly ServerModel[]>,
  model: string,
): Promise<ServerModel | undefined | 'busy'> {
  try {
    return find(await list(), model)
  } catch (error) {
    const code = failureOf(error)?.code
    if (code === 'timeout' || code === 'loading' || code === 'busy') return 'busy'
    throw error
  }
}

const find = (models: readonly ServerModel[], id: string) => models.find((model) => model.id === id)

/** A sleeping one wakes up by itself. */
const isReady = ({ state }: ServerModel) => state === 'loaded' || state === 'sleeping'

function cannot(what: 'load' | 'unload'): Failure {
  const message = `This kind of server cannot be told to ${what} a model.`
  return { code: 'not-supported', message, hint: '' }
}

const fixed: Failure = {
  code: 'not-supported',
  message: 'The server was started with this model and keeps it.',
  hint: 'Change the service’s arguments and restart it.',
}

function noSuchModel(model: string): Failure {
  const shown = model.length > 100 ? `${model.slice(0, 100)}…` : model
  const message = `The server does not list a model "${shown}".`
  return { code: 'no-such-model', message, hint: 'It may have been removed; list the models anew.' }
}

function loadFailed({ problem }: ServerModel): Failure {
  const message = `The server could not load it. ${problem ?? ''}`.trim()
  return { code: 'load-failed', message, hint: 'Often there is not enough memory: unload another model first.' }
}

const notLoaded: Failure = {
  code: 'load-failed',
  message: 'The server accepted to load the model, but does not have it loaded.',
  hint: 'Its log should say why; often there is not enough memory.',
}

function tooSlow(timeoutMs: number): Failure {
  const message = `The model is not loaded after ${Math.round(timeoutMs / MINUTE)} minutes.`
  return { code: 'timeout', message, hint: 'The server may still be loading it: look at its log.' }
}

function stillLoaded(timeoutMs: number): Failure {
  const message = `The server was told to unload the model, but still has it after ${Math.round(timeoutMs / 1000)} s.`
  return { code: 'still-loaded', message, hint: 'It may be answering a request: try again when that is done.' }
}
