import { Detector } from '../services/detection/detector.ts'
import type { Program } from '../services/find-binary.ts'
import { GgufFinder } from '../services/gguf/gguf-finder.ts'
import { keyOf } from '../services/key-of.ts'
import { ModelLoads } from '../services/models/model-loads.ts'
import { presets } from '../services/presets/presets.ts'
import type { Background } from './background.ts'
import { createDetectionHandlers, keyOnPort } from './detection-handlers.ts'
import { createGgufHandlers } from './gguf-handlers.ts'
import { createModelHandlers } from './model-handlers.ts'
import { createSetupHandlers } from './setup-handlers.ts'

export interface ServerHandlersOptions extends Background {
  /** Programs that are part of the app, by their binName. */
  readonly builtIn: Readonly<Record<string, Program>>
  readonly warn: (message: string) => void
}

export type ServerHandlers = ReturnType<typeof createServerHandlers>['handlers']

/** What the app knows of model servers: which there are, how they are set up, and which models they have. */
export function createServerHandlers(options: ServerHandlersOptions) {
  const { manager, config, secrets, builtIn, environment, ready, warn } = options
  const loads = new ModelLoads()
  const detector = new Detector({
    presets,
    sources: async () => {
      await environment
      return { builtIn }
    },
    addresses: () => config.state.definitions,
    keyOf: (port) => keyOnPort(manager.snapshot().services, port),
    warn,
  })
  const handlers = {
    ...createDetectionHandlers({ presets, detector }),
    ...createGgufHandlers({ gguf: new GgufFinder() }),
    ...createModelHandlers({
      definitionOf: (key) => definitionInEffect(options, key),
      presetOf: (id) => (Object.hasOwn(presets, id) ? presets[id] : undefined),
      keyOf: async ({ key, preset }) => {
        const variable = presets[preset]?.keyVariable ?? null
        return variable === null ? null : keyOf({ config, secrets }, key, variable)
      },
      loads,
    }),
    ...createSetupHandlers({ manager, config, secrets, builtIn, ready, warn }),
  }
  return { handlers, dispose: () => loads.abort() }
}

/** Where a running service listens is not what services.json says by now. */
function definitionInEffect({ manager, config }: Pick<Background, 'manager' | 'config'>, key: string) {
  const definition = config.state.definitions.find((service) => service.key === key)
  const running = manager.snapshot().services.find((service) => service.key === key)
  if (definition === undefined || running === undefined) return definition
  return { ...definition, host: running.host, port: running.port }
}
