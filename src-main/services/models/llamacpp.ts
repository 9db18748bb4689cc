import { z } from 'zod'
import { anId, detailsOf, readAnswer, readItems, someCount, someFlag, someObject, someText, told } from './answers.ts'
import type { AskServer, ModelsApi, ServerModel } from './models-api.ts'
import { failureOf } from './server-answer-error.ts'

// llama-server, tools/server/README.md. Without a model it is a router, whose models have a "status"; with one, /models
// is the same as /v1/models. llamafile has the same API, in older releases without /models.

const listSchema = z.object({ data: z.array(z.unknown()) })

const metaSchema = someObject({
  n_ctx: someCount,
  n_ctx_train: someCount,
  n_params: someCount,
  size: someCount,
  ftype: someText,
})

const itemSchema = z.object({
  id: anId,
  // Null while the model is loading.
  meta: z.null().or(metaSchema),
  status: someObject({
    value: someText,
    failed: someFlag,
    exit_code: z.int().optional().catch(undefined),
    progress: z
      .record(z.string(), z.object({ done: z.number(), total: z.number() }))
      .optional()
      .catch(undefined),
  }),
})

const propsSchema = z.object({
  is_sleeping: someFlag,
  default_generation_settings: someObject({ n_ctx: someCount }),
})

type Item = z.output<typeof itemSchema>
type Status = NonNullable<Item['status']>

export const llamacppModels: ModelsApi = {
  list: async (ask) => {
    const items = await readList(ask)
    if (items.some(({ status }) => status !== undefined)) return items.map(routed)
    const [item] = items
    return item === undefined ? [] : [await single(ask, item)]
  },
  load: async (ask, model) => {
    await ask('/models/load', { model })
  },
  unload: async (ask, model) => {
    await ask('/models/unload', { model })
  },
}

async function readList(ask: AskServer): Promise<Item[]> {
  const read = (answer: unknown, path: string) =>
    readItems(itemSchema, readAnswer(listSchema, answer, path, 'a list "data"').data)
  try {
    return read(await ask('/models'), '/models')
  } catch (error) {
    if (failureOf(error)?.code !== 'not-supported') throw error
    return read(await ask('/v1/models'), '/v1/models')
  }
}

function routed({ id, meta, status = {} }: Item): ServerModel {
  return {
    id,
    state: stateOf(status),
    ...told({
      sizeBytes: meta?.size,
      contextLength: meta?.n_ctx ?? meta?.n_ctx_train,
      details: detailsOf(parameters(meta?.n_params), meta?.ftype, downloaded(status)),
      problem: problemOf(status),
    }),
  }
}

function stateOf({ value, failed }: Status): ServerModel['state'] {
  switch (value) {
    case 'loading':
    case 'downloading':
      return 'loading'
    case 'loaded':
    case 'sleeping':
      return value
    case 'unloaded':
    case 'downloaded':
      return failed === true ? 'failed' : 'unloaded'
    default:
      return 'unknown'
  }
}

function problemOf({ failed, exit_code: code }: Status): string | undefined {
  if (failed !== true) return undefined
  const end = code === undefined ? 'ended' : `ended with code ${code}`
  return `Its process ${end} while it was loading or running; the service’s output says why.`
}

function downloaded({ value, progress }: Status): string | undefined {
  if (value !== 'downloading') return undefined
  const files = Object.values(progress ?? {})
  const total = files.reduce((sum, file) => sum + file.total, 0)
  const done = files.reduce((sum, file) => sum + file.done, 0)
  return total > 0 ? `downloading, ${Math.floor((100 * done) / total)} %` : 'downloading'
}

/** The one model that the server was started with. */
async function single(ask: AskServer, { id, meta }: Item): Promise<ServerModel> {
  const props = meta === null ? undefined : await askProps(ask)
  const isSleeping = props?.is_sleeping === true
  return {
    id,
    state: meta === null ? 'loading' : isSleeping ? 'sleeping' : 'loaded',
    isFixed: true,
    ...told({
      sizeBytes: meta?.size,
      contextLength: props?.default_generation_settings?.n_ctx ?? meta?.n_ctx ?? meta?.n_ctx_train,
      details: detailsOf(parameters(meta?.n_params), meta?.ftype),
    }),
  }
}

/** Says no more than the list where it is switched off, older or behind a key. */
async function askProps(ask: AskServer): Promise<z.output<typeof propsSchema> | undefined> {
  try {
    return propsSchema.safeParse(await ask('/props')).data
  } catch (error) {
    if (failureOf(error) === undefined) throw error
    return undefined
  }
}

/** E.g. `8.0B` for 8 030 261 312, `270M`: as models are named. */
function parameters(count: number | undefined): string | undefined {
  if (count === undefined || count < 1e6) return undefined
  return count >= 1e9 ? `${(count / 1e9).toFixed(1)}B` : `${Math.round(count / 1e6)}M`
}
