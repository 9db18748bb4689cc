import { z } from 'zod'
import { anId, detailsOf, longText, readAnswer, readItems, someCount, someObject, someText, told } from './answers.ts'
import type { ModelsApi, ServerModel } from './models-api.ts'
import { ServerAnswerError } from './server-answer-error.ts'

// Ollama, docs/api.md: /api/tags has what is downloaded, /api/ps what is loaded.

const listSchema = z.object({ models: z.array(z.unknown()).nullable() })

const modelSchema = z.object({
  name: anId,
  size: someCount,
  size_vram: someCount,
  expires_at: longText,
  context_length: someCount,
  remote_host: someText,
  details: someObject({ parameter_size: someText, quantization_level: someText, family: someText }),
})

type Listed = z.output<typeof modelSchema>

/** With `keep_alive` -1 it is told to be unloaded in some hundred years. */
const NEVER = Date.UTC(2200, 0)

export const ollamaModels: ModelsApi = {
  list: async (ask) => {
    const [tags, running] = await Promise.all([
      ask('/api/tags').then((answer) => read(answer, '/api/tags')),
      ask('/api/ps').then((answer) => read(answer, '/api/ps')),
    ])
    const loaded = new Map(running.map((model) => [model.name, model]))
    const models = tags.map((model) => toModel(model, loaded.get(model.name)))
    const names = new Set(tags.map(({ name }) => name))
    // It may have been removed from disk while it is loaded.
    const others = running.filter(({ name }) => !names.has(name)).map((model) => toModel(undefined, model))
    return [...models, ...others]
  },
  load: async (ask, model) => {
    try {
      // Without a prompt it only loads, and answers when it has.
      await ask('/api/generate', { model, stream: false })
    } catch (error) {
      if (!(error instanceof ServerAnswerError) || !error.serverWords.includes('does not support generate')) throw error
      // A model for embeddings.
      await ask('/api/embed', { model, input: [] })
    }
  },
  unload: async (ask, model) => {
    await ask('/api/generate', { model, keep_alive: 0, stream: false })
  },
}

function read(answer: unknown, path: string): Listed[] {
  const { models } = readAnswer(listSchema, answer, path, 'a list "models"')
  return readItems(modelSchema, models ?? [])
}

function toModel(onDisk: Listed | undefined, inMemory: Listed | undefined): ServerModel {
  const model = onDisk ?? inMemory
  const remote = onDisk?.remote_host
  const details = model?.details
  return {
    id: model?.name ?? '',
    // One that runs on somebody else's machine is not loaded here.
    state: inMemory !== undefined ? 'loaded' : remote !== undefined ? 'unknown' : 'unloaded',
    ...told({
      sizeBytes: onDisk?.size,
      memoryBytes: inMemory?.size,
      vramBytes: inMemory?.size_vram,
      contextLength: inMemory?.context_length,
      expiresAt: expiry(inMemory?.expires_at),
      cpuFallback: cpuShare(inMemory),
      details: detailsOf(
        details?.parameter_size,
        details?.quantization_level,
        details?.family,
        remote === undefined ? undefined : `runs on ${remote}`,
      ),
    }),
  }
}

function expiry(text: string | undefined): number | undefined {
  const time = Date.parse(text ?? '')
  return Number.isNaN(time) || time <= 0 || time >= NEVER ? undefined : time
}

/** As `ollama ps` counts it. */
function cpuShare(model: Listed | undefined): string | undefined {
  const { size, size_vram: vram } = model ?? {}
  if (size === undefined || size === 0 || vram === undefined || vram >= size) return undefined
  const percent = Math.round((1 - vram / size) * 100)
  return percent === 0 ? undefined : `${percent} % on the CPU`
}
