import { baseUrl } from '../core/address.ts'
import type { Failure } from '../core/failure.ts'
import type { ServiceDefinition } from '../core/service-config.ts'
import type { ModelLoads, ModelServer } from '../services/models/model-loads.ts'
import { failureOf } from '../services/models/server-answer-error.ts'
import { canConnect } from '../services/models/server-client.ts'
import { notRunning } from '../services/models/server-failure.ts'
import type { ServerTarget } from '../services/models/server-target.ts'
import type { Preset } from '../services/presets/preset.ts'
import { chooseModel } from '../services/try/choose-model.ts'
import { makeSnippets } from '../services/try/snippets.ts'
import { type Handlers, okReply, problemReply } from './ipc-dispatch.ts'
import { toModelsView } from './model-view.ts'

export interface ModelHandlerContext {
  /** The service as it runs, or as it would be started; undefined if there is none of this key. */
  readonly definitionOf: (key: string) => ServiceDefinition | undefined
  /** By the `preset` of a definition. */
  readonly presetOf: (id: string) => Preset | undefined
  /** The API key that the service was given: the value of its preset's `keyVariable`. Null: it has none. */
  readonly keyOf: (service: ServiceDefinition) => Promise<string | null>
  readonly loads: ModelLoads
}

type Channel = 'models.list' | 'models.load' | 'models.unload' | 'try.start' | 'try.stop' | 'try.snippets'

/** Where a model has to be loaded before it answers; as Ollama's own bound. */
const LOAD_SILENCE_MS = 300_000

/** A failure instead of what was asked for. */
class Refusal {
  readonly failure: Failure

  constructor(failure: Failure) {
    this.failure = failure
  }
}

interface Service {
  readonly title: string
  readonly preset: Preset
  readonly target: ServerTarget
}

/** Carries out what a window asks of the models of a server. */
export function createModelHandlers(context: ModelHandlerContext): Pick<Handlers, Channel> {
  const { loads } = context
  return {
    'models.list': async ({ key }) => {
      const server = await modelServer(context, key)
      if (server instanceof Refusal) return problemReply(server.failure)
      return settle(async () => toModelsView(server.api, await loads.list(server)))
    },
    'models.load': async ({ key, model }) => {
      const server = await modelServer(context, key)
      if (server instanceof Refusal) return problemReply(server.failure)
      return settle(() => loads.load(server, model).then(() => null))
    },
    'models.unload': async ({ key, model }) => {
      const server = await modelServer(context, key)
      if (server instanceof Refusal) return problemReply(server.failure)
      return settle(() => loads.unload(server, model).then(() => null))
    },
    'try.start': async ({ key, model, prompt, maxTokens }, { tries }) => {
      const service = await findService(context, key)
      if (service instanceof Refusal) return problemReply(service.failure)
      const { preset, target } = service
      if (preset.openAiPath === null) return problemReply(noPrompts(service))
      // From here on the try before is over, also if this one cannot begin.
      const tryId = tries.take()
      if (!(await canConnect(target))) return problemReply(notRunning(target))
      const chosen = await choose(context, key, service, model)
      const hasBegun = tries.begin(tryId, {
        target,
        openAiPath: preset.openAiPath,
        prompt: { model: chosen.model, prompt, maxTokens },
        ...(chosen.isLoaded ? {} : { firstByteMs: LOAD_SILENCE_MS }),
      })
      return hasBegun ? okReply({ tryId }) : problemReply(OVERTAKEN)
    },
    'try.stop': ({ tryId }, { tries }) => {
      tries.stop(tryId)
      return okReply(null)
    },
    'try.snippets': async ({ key, model }) => {
      const service = await findService(context, key)
      if (service instanceof Refusal) return problemReply(service.failure)
      const { preset, target } = service
      if (preset.openAiPath === null) return problemReply(noPrompts(service))
      return okReply(
        makeSnippets({
          baseUrl: `${baseUrl(target.host, target.port)}${preset.openAiPath}`,
          model,
          keyVariable: target.key === null ? null : target.keyVariable,
        }),
      )
    },
  }
}

async function findService(context: ModelHandlerContext, key: string): Promise<Service | Refusal> {
  const definition = context.definitionOf(key)
  if (definition === undefined) return new Refusal(UNKNOWN_SERVICE)
  const preset = context.presetOf(definition.preset)
  if (preset === undefined || definition.port === null) return new Refusal(noPort(definition.name))
  const target: ServerTarget = {
    host: definition.host,
    port: definition.port,
    key: await context.keyOf(definition),
    keyVariable: preset.keyVariable,
  }
  return { title: preset.title, preset, target }
}

async function modelServer(context: ModelHandlerContext, key: string): Promise<ModelServer | Refusal> {
  const service = await findService(context, key)
  if (service instanceof Refusal) return service
  const { preset, target, title } = service
  if (preset.models !== null) return { key, target, api: preset.models }
  const message = `${title} does not tell which models it has.`
  return new Refusal({ code: 'not-supported', message, hint: '' })
}

/** The model to ask, and whether it is known to be loaded. A server that cannot tell now may answer all the same. */
async function choose({ loads }: ModelHandlerContext, key: string, { preset, target }: Service, model: string | null) {
  if (preset.models === null) return { model, isLoaded: true }
  try {
    const models = await loads.list({ key, target, api: preset.models })
    const chosen = model === null ? chooseModel(models) : models.find(({ id }) => id === model)
    return { model: model ?? chosen?.id ?? null, isLoaded: chosen?.state === 'loaded' }
  } catch (error) {
    if (failureOf(error) === undefined) throw error
    return { model, isLoaded: false }
  }
}

async function settle<T>(work: () => Promise<T>) {
  try {
    return okReply(await work())
  } catch (error) {
    const failure = failureOf(error)
    if (failure === undefined) throw error
    return problemReply(failure)
  }
}

const UNKNOWN_SERVICE: Failure = {
  code: 'unknown-service',
  message: 'There is no such service any more.',
  hint: '',
}

const OVERTAKEN: Failure = { code: 'stopped', message: 'Another try was begun meanwhile.', hint: '' }

function noPort(name: string): Failure {
  return { code: 'no-port', message: `${name} has no port to ask it on.`, hint: 'Give it "port" in "args".' }
}

function noPrompts({ title }: Service): Failure {
  return { code: 'not-supported', message: `${title} has no OpenAI-compatible API to send a prompt to.`, hint: '' }
}
